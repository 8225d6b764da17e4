"""Batches in the container that a model was fitted on: pandas, Polars or numpy."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError, MissingExtraError
from assay.models.layout import Layout

if TYPE_CHECKING:
    import pandas as pd

Container = Literal["pandas", "polars", "numpy"]
CONTAINERS: tuple[str, ...] = get_args(Container)


def check_container(container: str | None) -> None:
    """Refuse a container that nobody knows.

    Raises
    ------
    InputError
        If `container` is neither None nor one of `CONTAINERS`.
    """
    if container is not None and container not in CONTAINERS:
        msg = f"unknown model input {container!r}; choose one of: {', '.join(CONTAINERS)}"
        raise InputError(msg)


def container_of(rows: object) -> Container | None:
    """Name the container of the user's own rows; None for what is no container of these.

    Examples
    --------
    >>> container_of(pl.DataFrame({"a": [1]}))
    'polars'
    """
    if isinstance(rows, np.ndarray):
        return "numpy"
    if isinstance(rows, pl.DataFrame | pl.Series):
        return "polars"
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(rows, pandas.DataFrame | pandas.Series):
        return "pandas"
    return None


def copy_rows(rows: Any) -> Any:  # noqa: ANN401  any container, or what the user's own is
    """Return rows that a model may write into without changing these.

    Examples
    --------
    >>> rows = np.zeros((1, 1))
    >>> copy_rows(rows)[:] = 1.0
    >>> rows.tolist()
    [[0.0]]
    """
    copy = getattr(rows, "clone" if container_of(rows) == "polars" else "copy", None)
    return rows if copy is None else copy()


def to_container(
    batch: pl.DataFrame,
    columns: Sequence[str],
    layout: Layout,
    container: str,
    *,
    one_column: bool = False,
) -> "pd.DataFrame | pd.Series | pl.DataFrame | pl.Series | NDArray[Any]":
    """Turn columns of a batch into what a model is given.

    Parameters
    ----------
    batch : polars.DataFrame
    columns : sequence of str
        What to take, in this order.
    layout : Layout
        Whole-column facts of the table that the batch is from.
    container : {"pandas", "polars", "numpy"}
    one_column : bool
        Give the single column as a series or 1-D array (vectorizers of text want that).

    Raises
    ------
    MissingExtraError
        If pandas is wanted and not installed.

    Examples
    --------
    >>> batch = pl.DataFrame({"a": [1, None], "b": [True, False]})
    >>> to_container(batch, ["a", "b"], Layout(), "numpy").tolist()
    [[1.0, 1.0], [nan, 0.0]]
    """
    if container == "polars":
        chosen = batch.select(columns)
        return chosen.to_series() if one_column else chosen
    if container == "numpy":
        array = to_numpy(batch, columns, layout)
        return array[:, 0] if one_column else array
    frame = to_pandas(batch, columns, layout)
    return frame.iloc[:, 0] if one_column else frame


def to_numpy(batch: pl.DataFrame, columns: Sequence[str], layout: Layout) -> NDArray[Any]:
    """Return one array, shape (n_rows, n_columns): int64, float64, or objects beside text.

    Missing values are NaN; a batch has the dtype of the whole table.
    """
    numeric, whole = True, True
    for name in columns:
        dtype = batch.schema[name]
        numeric &= dtype.is_numeric() or dtype in (pl.Boolean, pl.Null) or name in layout.empty
        whole &= dtype.is_integer() and not (name in layout.nullable or batch[name].has_nulls())
    if numeric:
        kind = np.int64 if whole and columns else np.float64
        out = np.empty((batch.height, len(columns)), dtype=kind)
        for place, name in enumerate(columns):
            out[:, place] = batch[name].cast(pl.Int64 if whole else pl.Float64).to_numpy()
        return out
    objects = np.empty((batch.height, len(columns)), dtype=object)
    for place, name in enumerate(columns):
        objects[:, place] = [np.nan if value is None else value for value in batch[name]]
    return objects


def to_pandas(batch: pl.DataFrame, columns: Sequence[str], layout: Layout) -> "pd.DataFrame":
    """Return the columns as pandas' own readers would have given them.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.
    """
    pandas = require_pandas()
    series = {name: _to_pandas_series(batch[name], layout) for name in columns}
    return pandas.DataFrame(series, index=pandas.RangeIndex(batch.height), columns=list(columns))


def require_pandas() -> Any:  # noqa: ANN401  (the module)
    """Import pandas, or say which extra brings it and what else can be done.

    Raises
    ------
    MissingExtraError
        If pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        purpose = (
            "to give the model a pandas frame (a model that was fitted on Polars or numpy gets "
            "that with --model-input polars or numpy, in Python container=…)"
        )
        raise MissingExtraError(library="pandas", extra="pandas", purpose=purpose) from error
    return pandas


def _to_pandas_series(series: pl.Series, layout: Layout) -> "pd.Series[Any]":
    name = series.name
    nullable = name in layout.nullable or series.has_nulls()
    if layout.source == "csv":
        return _as_read_csv(series, nullable=nullable, empty=name in layout.empty)
    target = layout.dtypes.get(name)
    if str(target) == "category":
        return _decoded(series).to_arrow().to_pandas().astype(target)
    out = _with_nulls(series, nullable=nullable)
    if target is None or out.dtype == target:
        return out
    if nullable and isinstance(target, np.dtype) and target.kind in "iub":
        return out
    return out.astype(target)


def _as_read_csv(series: pl.Series, *, nullable: bool, empty: bool) -> "pd.Series[Any]":
    """Text is text, nothing at all is float64, times (declared) have pandas' default unit."""
    pandas = require_pandas()
    if empty or series.dtype == pl.Null:
        return pandas.Series(np.full(series.len(), np.nan), name=series.name)
    if series.dtype in (pl.Date, pl.Datetime):
        unit = pandas.to_datetime(["2020-01-01"]).dtype
        times = series.cast(pl.Datetime("us")) if series.dtype == pl.Date else series
        out = times.to_arrow().to_pandas()
        return out if out.dt.tz is not None else out.astype(unit)
    out = _with_nulls(_decoded(series), nullable=nullable)
    return out.where(out.notna(), np.nan) if out.dtype == object else out


def _decoded(series: pl.Series) -> pl.Series:
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


def _with_nulls(series: pl.Series, *, nullable: bool) -> "pd.Series[Any]":
    """Arrow's conversion, but with the dtype that the column has where a value is missing."""
    if nullable and series.dtype.is_integer():
        series = series.cast(pl.Float64)
    out = series.to_arrow().to_pandas()
    return out.astype(object) if nullable and series.dtype == pl.Boolean else out
