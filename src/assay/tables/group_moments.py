"""Sums of a few per-row quantities and of their powers, by the cells of a few keys."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tables.cube import Level

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SumsByUnit:
    """Sparse unit × cell table of sums: one entry for each unit and cell that occur together.

    Parameters
    ----------
    unit, cell : ndarray of int, shape (n_entries,)
        Code of the unit, 0 to `n_units` - 1, and index of the cell.
    sums : ndarray of float, shape (n_entries, J + 1)
        Σ w, then Σ w x of each quantity.
    n_units : int
    kind : str
        "group" (declared by the user) or "block" (neighbours in time).
    """

    unit: NDArray[np.int64]
    cell: NDArray[np.int64]
    sums: Floats
    n_units: int
    kind: str = "group"


@dataclass(frozen=True, eq=False)
class GroupMoments:
    """Power sums of named quantities in each cell, about one shift for all cells.

    The sums of a union of cells are the sums of its cells. Rows in which any quantity is null or
    not finite are left out and counted in `n_skipped`.

    Parameters
    ----------
    keys : tuple of str
        What the rows are grouped by.
    levels : tuple of tuple
        For each key its distinct values, in the order of the codes.
    codes : ndarray of int, shape (n_cells, n_keys)
    names : tuple of str, length J
        The quantities, in order.
    shift : ndarray of float, shape (J,)
        A number near the mean of each quantity, which keeps the sums exact.
    n, n_skipped : ndarray of int, shape (n_cells,)
        Rows used, and rows left out.
    first, second, third : ndarray of float, shape (n_cells, J, 3), (…, 3) and (…, 4)
        Σ w (x - shift)^k for k = 0 to 2, Σ w² (x - shift)^k for k = 0 to 2, and
        Σ w³ (x - shift)^k for k = 0 to 3.
    weighted : bool
    by_unit : SumsByUnit or None
    """

    keys: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    codes: NDArray[np.int64]
    names: tuple[str, ...]
    shift: Floats
    n: NDArray[np.int64]
    n_skipped: NDArray[np.int64]
    first: Floats
    second: Floats
    third: Floats
    weighted: bool = False
    by_unit: SumsByUnit | None = None

    @property
    def n_rows(self) -> int:
        """Rows used, of all cells."""
        return int(self.n.sum())
