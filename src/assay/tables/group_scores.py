"""How often each value was given in each cell of a few keys, by label where there is one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tables.cube import Level
from assay.tables.units import CellsByUnit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GroupScoreTable:
    """One entry for each value, label and cell of the keys that occur together.

    The entries are in ascending order of the value, so that those of any union of cells can be
    ranked without sorting, and without reading rows again.

    Parameters
    ----------
    keys : tuple of str
        What the rows are grouped by.
    levels : tuple of tuple
        For each key its distinct values, in the order of the codes.
    codes : ndarray of int, shape (n_cells, n_keys)
        Index of each cell's value in `levels`.
    low, high : ndarray of float, shape (n_ranks,)
        Smallest and largest value of each rank, ascending; the same where the table is exact.
    cell : ndarray of int, shape (n_entries,)
        Which cell each entry belongs to.
    rank : ndarray of int, shape (n_entries,)
        Index into `low` and `high`, ascending.
    score : ndarray of float, shape (n_entries,)
        The value; of a binned table the mean (by weight) of the entry's rows.
    positive : ndarray of bool or None, shape (n_entries,)
        The label; None where values were counted without one.
    n : ndarray of int, shape (n_entries,)
        Rows.
    w, w2 : ndarray of float, shape (n_entries,)
        Sums of weights and of squared weights; equal to `n` where rows are not weighted.
    weighted : bool
    exact : bool
        False when values were gathered in bins; ranks inside a bin are then unknown.
    by_unit : CellsByUnit or None
        The entries by independent unit; its `cell` counts entries.

    Notes
    -----
    An exact table has at most an entry for each row; a binned one at most two for each bin and
    cell, however many rows there are.
    """

    keys: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    codes: NDArray[np.int64]
    low: Floats
    high: Floats
    cell: NDArray[np.int64]
    rank: NDArray[np.int64]
    score: Floats
    positive: NDArray[np.bool_] | None
    n: NDArray[np.int64]
    w: Floats
    w2: Floats
    weighted: bool = False
    exact: bool = True
    by_unit: CellsByUnit | None = None

    @property
    def n_rows(self) -> int:
        """Rows in the table."""
        return int(self.n.sum())
