"""Sums of per-row quantities by unit: what redraws of many sums at once are made from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class UnitSums:
    """Sums of each quantity over the rows of each unit.

    Parameters
    ----------
    names : tuple of str, length J
        The quantities, in order.
    n : int
        Rows.
    rows : ndarray of int, shape (n_units,)
        Rows of each unit.
    w, w2 : ndarray of float, shape (n_units,)
        Sums of weights and of squared weights; equal to `rows` where rows are not weighted.
    sums : ndarray of float, shape (n_units, J)
        Σ w x of each quantity x.
    counts : ndarray of float, shape (J,)
        Σ x over all rows, without weights.
    unit_kind : str
        "row" where the units are the rows or random bunches of them; "group" or "block" where
        they were declared.
    weighted : bool

    Notes
    -----
    Rows that were bunched at random vary together as the rows themselves do, so that a few
    thousand bunches stand for any number of rows.
    """

    names: tuple[str, ...]
    n: int
    rows: NDArray[np.int64]
    w: NDArray[np.float64]
    w2: NDArray[np.float64]
    sums: NDArray[np.float64]
    counts: NDArray[np.float64]
    unit_kind: str = "row"
    weighted: bool = False

    @property
    def n_units(self) -> int:
        """Units that hold a row."""
        return len(self.rows)
