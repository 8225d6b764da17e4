"""Values of a column to numbers: codes that are equal where values are, and quantities."""

from collections.abc import Iterable
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
FEW = 64
Floats = NDArray[np.float64]


def cell_codes(column: NDArray[Any]) -> Codes:
    """Give each value of a column a number: equal where values are, one for all missing.

    Cells of mixed types are equal only within a type, so that 1 and "1" stay apart.

    Examples
    --------
    >>> cell_codes(np.array([2.0, np.nan, 2.0, np.nan])).tolist()
    [0, 1, 0, 1]
    """
    if column.dtype == object:
        return object_codes(column)
    return np.unique(column, return_inverse=True, equal_nan=True)[1].astype(np.int64).reshape(-1)


def block_codes(block: NDArray[Any]) -> Codes:
    """Give each value of several columns of one dtype of numbers a number, as `cell_codes` does.

    A few rows are compared each with each, which takes one step for all columns.

    Parameters
    ----------
    block : ndarray, shape (n_columns, n_rows)

    Returns
    -------
    ndarray of int, shape (n_columns, n_rows)

    Examples
    --------
    >>> block_codes(np.array([[2.0, np.nan, 2.0, np.nan], [1.0, 2.0, 3.0, 1.0]])).tolist()
    [[0, 1, 0, 1], [0, 1, 2, 0]]
    """
    if block.shape[1] > FEW:
        return np.stack([cell_codes(cells) for cells in block])
    same = block[:, :, None] == block[:, None, :]
    if block.dtype.kind == "f":
        missing = np.isnan(block)
        same |= missing[:, :, None] & missing[:, None, :]
    return same.argmax(axis=2).astype(np.int64)


def object_codes(cells: Iterable[object]) -> Codes:
    """Give each cell a number; cells may be of any type, lists and arrays too.

    Examples
    --------
    >>> object_codes(["a", None, "a", 1, 1.0, [1], [1], float("nan")]).tolist()
    [0, 1, 0, 2, 3, 4, 4, 1]
    """
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(_key(cell), len(seen)) for cell in cells], dtype=np.int64)


def _key(cell: object) -> object:
    if is_missing(cell):
        return ("missing",)
    try:
        hash(cell)
    except TypeError:
        return (type(cell).__name__, repr(cell))
    return (type(cell).__name__, cell)


def is_missing(cell: object) -> bool:
    """Tell whether a cell holds no value: None, NaN, NaT or pandas' NA.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(""), is_missing(np.float32("nan"))
    (True, True, False, True)
    """
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(cell, float | np.floating) and isnan(cell)


def object_numbers(cells: Iterable[object]) -> Floats | None:
    """Return cells as numbers, NaN where missing; None where one is no number, or all miss."""
    listed = [None if is_missing(cell) else cell for cell in cells]
    present = [cell for cell in listed if cell is not None]
    if not present or not all(isinstance(cell, int | float | np.number) for cell in present):
        return None
    return np.array([np.nan if cell is None else cell for cell in listed], dtype=np.float64)


def plain_numbers(column: NDArray[Any]) -> Floats | None:
    """Return an array's values as numbers, times too (in their unit); None for other things."""
    if column.dtype.kind in "biuf":
        return column.astype(np.float64)
    if column.dtype.kind in "mM":
        return np.where(np.isnat(column), np.nan, column.astype(np.int64).astype(np.float64))
    return object_numbers(column) if column.dtype == object else None
