"""Rows in any container, as the numbers that a neural network reads."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from assay.errors import InputError
from assay.models.containers import container_of

Nulls = Literal["refuse", "nan"] | Annotated[float, Field(allow_inf_nan=False)]
"""What becomes of missing values: an error, NaN, or a number in their place."""


def columns_of(rows: object) -> dict[str, pl.Series]:
    """Return the columns of a frame or an array, by name.

    Examples
    --------
    >>> list(columns_of(np.zeros((1, 2))))
    ['column 1', 'column 2']
    """
    if isinstance(rows, pl.Series):
        rows = rows.to_frame(rows.name or "column 1")
    if isinstance(rows, pl.DataFrame):
        return {name: rows[name] for name in rows.columns}
    if container_of(rows) == "pandas":
        return _columns_of_pandas(rows)
    array = np.asarray(rows)
    table = array.reshape(len(array), -1)
    return {f"column {place + 1}": _series(table[:, place]) for place in range(table.shape[1])}


def numbers_of(
    column: pl.Series, name: str, *, nulls: Nulls, whole: bool = False
) -> NDArray[np.float64 | np.int64]:
    """Return a column as numbers, shape (n_rows,).

    Parameters
    ----------
    column : polars.Series
    name : str
        For messages.
    nulls : "refuse", "nan" or float
    whole : bool
        Keep whole numbers and truth values as int64; else everything is float64.

    Raises
    ------
    InputError
        If it holds text, dates or lists, or missing values that are refused.

    Examples
    --------
    >>> numbers_of(pl.Series([True, None]), "a", nulls=0.0).tolist()
    [1.0, 0.0]
    """
    dtype = column.dtype
    if not (dtype.is_numeric() or dtype in (pl.Boolean, pl.Null)):
        raise InputError(_not_a_number(column, name))
    keeps = whole and nulls == "refuse" and (dtype.is_integer() or dtype == pl.Boolean)
    missing = column.null_count()
    if dtype.is_float():
        missing += int(column.is_nan().sum())
    if missing and nulls == "refuse":
        raise InputError(_missing(name, missing, column.len()))
    if keeps:
        return column.cast(pl.Int64).to_numpy()
    array = column.cast(pl.Float64).to_numpy()
    return array if not missing or nulls == "nan" else np.where(np.isnan(array), nulls, array)


def matrix_of(columns: dict[str, pl.Series], *, nulls: Nulls) -> NDArray[np.float64 | np.int64]:
    """Return columns side by side, shape (n_rows, n_columns).

    Raises
    ------
    InputError
        As `numbers_of`.
    """
    return np.column_stack([numbers_of(c, name, nulls=nulls) for name, c in columns.items()])


def texts_of(column: pl.Series, name: str, *, empty_for_null: bool) -> list[str]:
    """Return a column as texts.

    Raises
    ------
    InputError
        If values are missing and `empty_for_null` is False.

    Examples
    --------
    >>> texts_of(pl.Series(["a", None]), "text", empty_for_null=True)
    ['a', '']
    """
    missing = column.null_count()
    if missing and not empty_for_null:
        msg = (
            f"the text column {name!r} has no value in {missing:,} of {column.len():,} rows of a "
            "batch; fill or leave out these rows, or say --model-option nulls=empty to have them "
            "read as empty texts"
        )
        raise InputError(msg)
    return column.cast(pl.String).fill_null("").to_list()


def stretches(n_rows: int, size: int) -> Sequence[slice]:
    """Return slices of `size` rows that make up `n_rows`; one empty slice for no rows.

    Examples
    --------
    >>> stretches(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 6, None)]
    """
    return [slice(start, start + size) for start in range(0, max(n_rows, 1), size)]


def _columns_of_pandas(rows: Any) -> dict[str, pl.Series]:  # noqa: ANN401  frame or series
    frame = rows.to_frame() if rows.ndim == 1 else rows
    return {
        str(name): _series(frame.iloc[:, place].to_numpy())
        for place, name in enumerate(frame.columns)
    }


def _series(values: NDArray[Any]) -> pl.Series:
    if values.dtype != object:
        return pl.Series(values=values)
    plain = [None if value is None or value != value else value for value in values.tolist()]
    try:
        return pl.Series(values=plain)
    except (TypeError, pl.exceptions.PolarsError):
        return pl.Series(values=[None if value is None else str(value) for value in plain])


def _not_a_number(column: pl.Series, name: str) -> str:
    some = column.drop_nulls()
    shown = f", such as {str(some[0])[:40]!r}" if some.len() else ""
    return (
        f"the column {name!r} holds {column.dtype} values{shown}, and a network reads numbers; "
        "leave it out with --ignore, choose the columns with --feature, or give the table with "
        "the numbers that it was trained on"
    )


def _missing(name: str, missing: int, n_rows: int) -> str:
    return (
        f"the column {name!r} has no value in {missing:,} of {n_rows:,} rows of a batch, and a "
        "network cannot read that; fill it as in training, or say --model-option nulls=NUMBER "
        "(a number in their place) or nulls=nan"
    )
