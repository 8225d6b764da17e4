"""Tables of any kind in; rows in the container that the model reads, out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.schema import Schema
from assay.errors import InputError
from assay.explainability.named_columns import names_of, with_names
from assay.models.containers import container_of, to_container
from assay.models.features import choose_columns
from assay.models.local import LocalModel
from assay.models.scoring import layout_of


def rows_for(model: object, table: Any, *, what: str = "the rows") -> Any:  # noqa: ANN401
    """Return a table's rows as the model is given them, with only the columns that it reads.

    Parameters
    ----------
    model : object
        Where it is a Predictor, its columns are chosen by name, in its order.
    table : Dataset, pandas or Polars frame, ndarray of 1 or 2 dimensions, or mapping of columns
        One dimension is one row.
    what : str
        What the table is, for messages.

    Returns
    -------
    pandas or Polars frame, or ndarray of shape (n_rows, n_columns)

    Raises
    ------
    InputError
        If it is no table, holds no rows, or lacks a column that the model reads.

    Examples
    --------
    >>> rows_for(None, np.array([1.0, 2.0])).tolist()
    [[1.0, 2.0]]
    """
    if isinstance(table, Dataset):
        rows = rows_of_dataset(model, table)
    elif isinstance(table, Mapping):
        rows = _chosen(model, pl.DataFrame(table))
    elif container_of(table) is None:
        msg = (
            f"{what} must be a Dataset, a pandas or Polars frame or a numpy array, not "
            f"{type(table).__name__}"
        )
        raise InputError(msg)
    else:
        rows = _two_dimensional(_chosen(model, table), what)
    if len(rows) == 0:
        msg = f"{what} hold no rows; give at least one"
        raise InputError(msg)
    return rows


def rows_of_dataset(
    model: object,
    dataset: Dataset,
    frame: pl.DataFrame | None = None,
) -> Any:  # noqa: ANN401  the model's container
    """Return rows of a dataset in the model's container.

    Parameters
    ----------
    model : object
        A Predictor, or what is given Polars rows.
    dataset : Dataset
    frame : polars.DataFrame or None
        Some of its rows, already read; None reads all.
    """
    columns = columns_read(model, dataset.schema)
    if isinstance(model, LocalModel):
        batch = dataset.collect(columns) if frame is None else frame.select(columns)
        made = to_container(batch, columns, layout_of(dataset), model.info.container)
        return with_names(made, columns) if isinstance(made, np.ndarray) else made
    if hasattr(model, "info"):
        return dataset.collect(columns) if frame is None else frame.select(columns)
    batch = dataset.collect(columns) if frame is None else frame.select(columns)
    container = "pandas" if dataset.original is not None else "polars"
    return to_container(batch, columns, layout_of(dataset), container)


def weights_of(table: object) -> NDArray[np.float64] | None:
    """Return the weight of each row of a dataset; None where no column holds any.

    Examples
    --------
    >>> weights_of(Dataset.read(pl.DataFrame({"x": [1.0, 2.0], "w": [3, 1]}), weight="w")).tolist()
    [3.0, 1.0]
    """
    if not isinstance(table, Dataset) or table.schema.weight is None:
        return None
    return weights_in(table.column(table.schema.weight).to_frame(), table.schema)


def weights_in(frame: pl.DataFrame, schema: Schema) -> NDArray[np.float64] | None:
    """Return the weights of rows that were already read; None where there are none."""
    if schema.weight is None or schema.weight not in frame.columns:
        return None
    return frame[schema.weight].cast(pl.Float64).to_numpy()


def columns_read(model: object, schema: Schema) -> tuple[str, ...]:
    """Return the columns of a table that a model reads, in its order.

    Raises
    ------
    ColumnNotFoundError
        If the table lacks one.
    """
    if isinstance(model, LocalModel):
        named = model.wanted.names is not None
        return tuple(choose_columns(model.wanted, schema.names if named else schema.features))
    told = getattr(getattr(model, "info", None), "feature_names", None)
    return schema.features if told is None else tuple(told)


def take_rows(rows: Any, places: Any) -> Any:  # noqa: ANN401
    """Return some rows of a container, in the order of their places."""
    return rows.iloc[places] if container_of(rows) == "pandas" else rows[places]


def to_polars(rows: Any) -> pl.DataFrame:  # noqa: ANN401
    """Return rows of any container as a Polars frame; an array has columns x0, x1 and so on.

    What Polars cannot hold (cells of several types in one column) becomes text.
    """
    kind = container_of(rows)
    if kind == "polars":
        return rows
    if kind == "numpy":
        columns = dict(zip(names_of(rows), np.asarray(rows).T, strict=True))
    else:
        columns = {str(name): rows.iloc[:, place] for place, name in enumerate(rows.columns)}
    return pl.DataFrame([_series(name, column) for name, column in columns.items()])


def _series(name: str, column: Any) -> pl.Series:  # noqa: ANN401
    try:
        if container_of(column) == "pandas":
            return pl.from_pandas(column.rename(name), nan_to_null=True)
        return pl.Series(name, column if column.dtype != object else list(column))
    except (TypeError, ValueError, pl.exceptions.PolarsError, ImportError):
        return pl.Series(name, [None if cell is None else str(cell) for cell in column])


def _chosen(model: object, table: Any) -> Any:  # noqa: ANN401
    names = getattr(table, "columns", None)
    if names is None or not isinstance(model, LocalModel) or model.wanted.names is None:
        return table
    chosen = list(choose_columns(model.wanted, [*names]))
    return table if list(names) == chosen else table[chosen]


def _two_dimensional(table: Any, what: str) -> Any:  # noqa: ANN401
    shape = getattr(table, "shape", ())
    if container_of(table) == "numpy" and len(shape) == 1:
        return table.reshape(1, -1)
    if len(shape) == 1:
        return table.to_frame()
    if len(shape) != 2:
        msg = f"{what} must have two axes (rows, columns); found an array of shape {shape}"
        raise InputError(msg)
    return table
