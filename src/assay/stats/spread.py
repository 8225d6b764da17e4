"""Influences in; the variance of an estimate, its skewness and its effective sample size out."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How an estimate varies over samples.

    Parameters
    ----------
    variance : float
        Of the estimate.
    skew : float
        Skewness of the estimate's law: Σ ψ³ / (Σ ψ²)^1.5 over independent units.
    n_effective : float or None
        Rows of equal weight that would give the same variance; None for plain rows.
    freedom : float or None
        Degrees of freedom of the variance, where it comes from units; None for rows.
    unit : str
        "row", "group" or "block".
    n_units : int or None
        Units that hold something of the estimate.
    """

    variance: float
    skew: float = 0.0
    n_effective: float | None = None
    freedom: float | None = None
    unit: str = "row"
    n_units: int | None = None

    @property
    def error(self) -> float:
        """Standard error."""
        return sqrt(max(self.variance, 0.0))


def unit_spread(
    sums: Floats, *, plain_variance: float, n: float, unit: str, n_used: int | None = None
) -> Spread:
    """Spread of an estimate whose influences were summed within independent units.

    Parameters
    ----------
    sums : ndarray of float, shape (n_units,)
        Σ w ψ over the rows of each unit.
    plain_variance : float
        Variance that the same rows would give with equal weights and no units.
    n : float
        Rows.
    unit : str
        "group" or "block".
    n_used : int or None
        Units that hold something of the estimate; None for all.

    Returns
    -------
    Spread

    Examples
    --------
    >>> spread = unit_spread(np.array([0.1, -0.1]), plain_variance=0.01, n=8, unit="group")
    >>> round(spread.variance, 3), round(spread.n_effective, 3), spread.freedom
    (0.04, 2.0, 1)
    """
    n_units = len(sums) if n_used is None else n_used
    grown = n_units / (n_units - 1) if n_units > 1 else 1.0
    variance = grown * float(np.dot(sums, sums))
    effective = n * plain_variance / variance if variance > 0 else float(n_units)
    return Spread(
        variance,
        skewness(float(np.sum(sums**3)), variance),
        effective,
        max(1, n_units - 1),
        unit,
        n_units,
    )


def skewness(third: float, variance: float) -> float:
    """Return Σ ψ³ over (Σ ψ²)^1.5, 0 where there is no variance."""
    scale = variance**1.5 if variance > 0 else 0.0
    return third / scale if scale > 0 else 0.0
