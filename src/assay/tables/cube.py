"""Counts and sums of weights by a few categorical keys."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.tables.units import CellsByUnit

Level = None | bool | int | float | str


@dataclass(frozen=True, eq=False)
class Cube:
    """One grouping set: a row per combination of values that occurs.

    Parameters
    ----------
    keys : tuple of str
        The grouping columns.
    levels : tuple of tuple
        For each key its distinct values, sorted (None, for null, last).
    codes : ndarray of int, shape (n_cells, n_keys)
        Index of each cell's value in `levels`.
    n : ndarray of int, shape (n_cells,)
        Rows in the cell.
    w, w2 : ndarray of float, shape (n_cells,)
        Sum of weights and of squared weights; equal to `n` where rows are not weighted.
    weighted : bool
        Whether a weight column was used.
    by_unit : CellsByUnit or None
        The same cells by independent unit, when groups or blocks were declared.
    folded : int
        Rows whose rare value was folded into ``(other)`` because there were too many cells.

    Examples
    --------
    >>> cube = Cube.from_counts({"y": (False, True)}, [30, 10])
    >>> cube.dense().tolist()
    [30.0, 10.0]
    """

    keys: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    codes: NDArray[np.int64]
    n: NDArray[np.int64]
    w: NDArray[np.float64]
    w2: NDArray[np.float64]
    weighted: bool = False
    by_unit: CellsByUnit | None = None
    folded: int = 0

    @classmethod
    def from_counts(cls, levels: dict[str, tuple[Level, ...]], counts: object) -> "Cube":
        """Build an unweighted cube from a dense array of counts, one axis for each key."""
        dense = np.asarray(counts, dtype=np.int64)
        codes = np.argwhere(np.ones_like(dense, dtype=bool)).astype(np.int64)
        n = dense.ravel()
        w = n.astype(np.float64)
        return cls(tuple(levels), tuple(levels.values()), codes, n, w, w.copy())

    @cached_property
    def n_rows(self) -> int:
        """Rows counted."""
        return int(self.n.sum())

    @cached_property
    def total(self) -> float:
        """Sum of all weights."""
        return float(self.w.sum())

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each key."""
        return tuple(len(values) for values in self.levels)

    def dense(self, what: str = "w") -> NDArray[np.float64]:
        """Return `n`, `w` or `w2` as an array with one axis for each key; absent cells are 0."""
        out = np.zeros(self.shape)
        out[tuple(self.codes.T)] = getattr(self, what)
        return out
