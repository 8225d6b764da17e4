"""How often each value of one number occurs, for order statistics and quantiles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class DistributionRows:
    """One entry a row, kept only when independent units are declared.

    Parameters
    ----------
    level : ndarray of int, shape (n_rows,)
        Index into `Distribution.value`.
    w : ndarray of float, shape (n_rows,)
        Weight of the row, 1 where rows are not weighted.
    unit : ndarray of int, shape (n_rows,)
        Code of the unit, 0 to `n_units` - 1.
    n_units : int
    kind : str
        "group" or "block".
    """

    level: NDArray[np.int32]
    w: NDArray[np.float64]
    unit: NDArray[np.int32]
    n_units: int
    kind: str = "group"


@dataclass(frozen=True, eq=False)
class Distribution:
    """Values in ascending order with their rows and weights.

    Parameters
    ----------
    value : ndarray of float, shape (n_levels,)
        Distinct values, ascending; for a binned table the mean value of each bin.
    n : ndarray of int, shape (n_levels,)
        Rows with the value.
    w, w2 : ndarray of float, shape (n_levels,)
        Sums of weights and of squared weights; equal to `n` where rows are not weighted.
    weighted : bool
    low, high : ndarray of float or None, shape (n_levels,)
        Smallest and largest value in each bin; None when the table is exact.
    rows : DistributionRows or None
        Row by row, when independent units are declared.
    """

    value: NDArray[np.float64]
    n: NDArray[np.int64]
    w: NDArray[np.float64]
    w2: NDArray[np.float64]
    weighted: bool = False
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    rows: DistributionRows | None = None

    @property
    def exact(self) -> bool:
        """Whether every distinct value has its own entry."""
        return self.low is None

    @property
    def n_rows(self) -> int:
        """Rows in the table."""
        return int(self.n.sum())
