"""A pool of numpy arrays of any dtype that a table can have."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.named_columns import names_of, with_names
from assay.explainability.pools.cells import Floats, block_codes, cell_codes, plain_numbers

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
NUMBERS = "biuf"


class ArrayPool:
    """Rows of one array; its columns are called x0, x1, …."""

    def __init__(self, rows: NDArray[Any], columns: tuple[str, ...] | None = None) -> None:
        self._rows = rows
        self.columns = columns or tuple(f"x{place}" for place in range(rows.shape[1]))

    def __len__(self) -> int:
        return len(self._rows)

    def with_first(self, row: NDArray[Any]) -> "ArrayPool | None":
        """Return the pool with another first row; None where that is not one alike."""
        if row.dtype != self._rows.dtype or row.shape != self._rows[:1].shape:
            return None
        return ArrayPool(np.concatenate([row, self._rows[1:]]), self.columns)

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell."""
        if self._rows.dtype.kind in NUMBERS and self._rows.size:
            return np.ascontiguousarray(block_codes(self._rows.T).T)
        made = [cell_codes(column) for column in self._rows.T]
        return np.column_stack(made) if made else np.empty(self._rows.shape, dtype=np.int64)

    def numbers(self, place: int) -> Floats | None:
        """Return a column's values as numbers; None if they are none."""
        return plain_numbers(self._rows[:, place])

    def is_time(self, place: int) -> bool:
        """Tell whether a column holds times."""
        del place
        return self._rows.dtype.kind in "mM"

    def value(self, row: int, place: int) -> object:
        """Return one cell."""
        return self._rows[row, place]

    def mix(self, on: Mask, here: Index, there: Index) -> NDArray[Any]:
        """Return rows: from `here` where `on`, else from `there`."""
        return np.where(on, self._rows[here], self._rows[there])

    def cross(self, on: Mask, rows: Index, background: Index) -> NDArray[Any]:
        """Return a row for each row, mask and background row."""
        made = np.where(
            on[None, :, None, :],
            self._rows[rows][:, None, None, :],
            self._rows[background][None, None, :, :],
        )
        return made.reshape(-1, self._rows.shape[1])

    def gather(self, places: Index) -> NDArray[Any]:
        """Return rows that take each cell from the row of the pool that `places` says."""
        return with_names(np.take_along_axis(self._rows, places, axis=0), self.columns)

    def built(self, columns: Sequence[Sequence[Any]]) -> NDArray[Any]:
        """Return rows of new values, in the array's dtype where that holds them."""
        values = np.empty((len(columns[0]), len(columns)), dtype=object)
        for place, column in enumerate(columns):
            values[:, place] = column
        own = self._rows.dtype
        if own.kind not in NUMBERS:
            return with_names(values.astype(own), self.columns)
        numbers = values.astype(np.float64)
        made = numbers.astype(own)
        kept = np.array_equal(made.astype(np.float64), numbers)
        return with_names(made if kept else numbers, self.columns)


def join_arrays(parts: Sequence[NDArray[Any]]) -> ArrayPool:
    """Make a pool of arrays with the same columns; the background is the last.

    One dimension is one row where its length is the number of the background's columns.

    Raises
    ------
    InputError
        If one is no table, they differ in their columns, or numbers meet text.
    """
    tables = [_as_table(part) for part in parts]
    n_columns = tables[-1].shape[1]
    for table in tables:
        if table.shape[1] != n_columns:
            msg = (
                f"the rows have {table.shape[1]} columns, and the background has {n_columns}; "
                "both must be what the model is given"
            )
            raise InputError(msg)
    kinds = {"number" if t.dtype.kind in NUMBERS else t.dtype.kind for t in tables if len(t)}
    if len(kinds) > 1 and "O" not in kinds:
        found = " and ".join(str(dtype) for dtype in dict.fromkeys(t.dtype for t in tables))
        msg = f"the arrays of rows and background are of {found}; give both the same dtype"
        raise InputError(msg)
    told = next((part for part in parts if getattr(part, "names", ())), tables[-1])
    columns = names_of(told) if np.shape(told)[1:] == (n_columns,) else names_of(tables[-1])
    return ArrayPool(np.concatenate([t for t in tables if len(t)] or tables[-1:]), columns)


def _as_table(part: NDArray[Any]) -> NDArray[Any]:
    if isinstance(part, np.ma.MaskedArray):
        msg = "a masked array cannot be explained; fill it: rows.filled(numpy.nan)"
        raise InputError(msg)
    array = np.asarray(part)
    if array.dtype.names is not None or array.dtype.kind in "cV":
        msg = (
            f"an array of dtype {array.dtype} is no table of values; give a data frame, or an "
            "array of numbers with two axes"
        )
        raise InputError(msg)
    if array.ndim == 1 and len(array):
        array = array[None, :]
    if array.ndim != 2:
        msg = f"a table has two axes, and this array has the shape {np.shape(part)}"
        raise InputError(msg)
    return array
