"""Means and co-moments of a few per-row quantities: all that a smooth function of means needs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Moments:
    """Weighted sums of z z' with z = (1, x1, …, xJ), where x is a per-row quantity.

    Rows in which any quantity is null or not finite are left out and counted in `n_skipped`.

    Parameters
    ----------
    names : tuple of str, length J
        The quantities, in order.
    n : int
        Rows used.
    n_skipped : int
        Rows left out because a quantity was undefined there.
    s1, s2, : ndarray of float, shape (J + 1, J + 1)
        Σ w z z' and Σ w² z z'; the same array where rows are not weighted.
    s3 : ndarray of float, shape (J,)
        Σ w³ (x - mean)³, third central sums: how skewed each mean is. With `by_unit` the same sum
        over the units' totals.
    minimum, maximum : ndarray of float, shape (J,)
        Smallest and largest value of each quantity.
    by_unit : ndarray of float or None, shape (n_units, J + 1)
        Σ w z for each independent unit.
    unit_kind : str
        "row", "group" or "block".
    weighted : bool
    """

    names: tuple[str, ...]
    n: int
    s1: NDArray[np.float64]
    s2: NDArray[np.float64]
    s3: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    n_skipped: int = 0
    by_unit: NDArray[np.float64] | None = None
    unit_kind: str = "row"
    weighted: bool = False

    @property
    def total(self) -> float:
        """Sum of weights."""
        return float(self.s1[0, 0])

    @property
    def mean(self) -> NDArray[np.float64]:
        """Weighted mean of each quantity, shape (J,)."""
        return self.s1[0, 1:] / self.s1[0, 0]

    def index(self, name: str) -> int:
        """Position of a quantity in `names`."""
        return self.names.index(name)
