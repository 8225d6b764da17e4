"""The values of a batch's columns as small codes, found once however many cubes ask for them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.int64]
MOST_LEVELS = 4_096
MOST_CELLS = 1_000_000
_LARGEST = 2**62  # from which a difference of two may overflow
_TRUTHS = pl.Series([False, True, None], dtype=pl.Boolean)


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as codes.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,)
        Place of each row's value in `levels`.
    levels : polars.Series
        Values of the column's type, the last one null; some may not occur.
    """

    codes: Codes
    levels: pl.Series


class SharedCodes:
    """Codes of columns of few values: truth values, whole numbers that lie close, and texts.

    Counting codes takes a fraction of the time of grouping by the values themselves. A column
    that once had too many values is not looked at again.

    Examples
    --------
    >>> shared = SharedCodes()
    >>> shared.show(pl.DataFrame({"sex": ["f", "m", None, "f"]}))
    >>> coded = shared.of("sex")
    >>> coded.levels.gather(coded.codes).to_list()
    ['f', 'm', None, 'f']
    """

    def __init__(self) -> None:
        self.batch = pl.DataFrame()
        self._known: dict[str, Coded] = {}
        self._refused: set[str] = set()

    def show(self, batch: pl.DataFrame) -> None:
        """Take the next batch; the codes of the last one are forgotten."""
        self.batch = batch
        self._known = {}

    def of(self, name: str) -> Coded | None:
        """Return a column's codes, or None where it has too many values or is of another type."""
        if name in self._refused:
            return None
        if name not in self._known:
            found = _coded(self.batch.get_column(name))
            if found is None:
                self._refused.add(name)
                return None
            self._known[name] = found
        return self._known[name]

    def cells(self, names: list[str]) -> tuple[Codes, list[pl.Series]] | None:
        """Return the cell of each row in the table of some columns, and the columns' levels.

        Returns
        -------
        ndarray of int, shape (n_rows,), and list of polars.Series, or None
            Cells are numbered with the last column quickest. None where a column has no codes,
            or there could be too many cells to count them.
        """
        found = [each for name in names if (each := self.of(name)) is not None]
        if len(found) < len(names) or not found:
            return None
        n_cells = 1
        for each in found:
            n_cells *= len(each.levels)
        if n_cells > MOST_CELLS:
            return None
        cell = found[0].codes
        for each in found[1:]:
            cell = cell * len(each.levels)
            cell += each.codes
        return cell, [each.levels for each in found]


def _coded(column: pl.Series) -> Coded | None:
    dtype = column.dtype
    if dtype == pl.Boolean:
        return Coded(_filled(column.cast(pl.UInt8), len(_TRUTHS) - 1), _TRUTHS)
    if dtype == pl.String:
        return _coded_texts(column)
    return _coded_numbers(column) if dtype.is_integer() else None


def _coded_texts(column: pl.Series) -> Coded | None:
    categories = pl.Categories.random()
    held = column.cast(pl.Categorical(categories))  # without it the levels are forgotten
    levels = categories.to_series().cast(pl.String)
    if len(levels) > MOST_LEVELS:
        return None
    return Coded(_filled(held.to_physical(), len(levels)), _with_null(levels))


def _coded_numbers(column: pl.Series) -> Coded | None:
    low, high = column.min(), column.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return None
    if high - low >= MOST_LEVELS or max(-low, high) > _LARGEST:
        return None
    levels = pl.Series(np.arange(low, high + 1)).cast(column.dtype)
    return Coded(_filled(column.cast(pl.Int64) - low, len(levels)), _with_null(levels))


def _with_null(levels: pl.Series) -> pl.Series:
    return levels.extend_constant(None, 1)


def _filled(codes: pl.Series, missing: int) -> Codes:
    return codes.cast(pl.Int64).fill_null(missing).to_numpy()
