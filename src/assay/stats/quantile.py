"""Quantiles of weighted values, and their intervals from order statistics."""

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval
from assay.stats.rate import wilson

Floats = NDArray[np.float64]


def weighted_quantile(value: Floats, weight: Floats, share: float) -> float:
    """Return the smallest value that at least `share` of the weight does not exceed.

    Parameters
    ----------
    value : ndarray of float, shape (n_levels,)
        Ascending.
    weight : ndarray of float, shape (n_levels,)
    share : float
        In [0, 1].

    Returns
    -------
    float

    Examples
    --------
    >>> weighted_quantile(np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    2.0
    """
    through: Floats = np.cumsum(weight)
    wanted = share * float(through[-1]) * (1 - 1e-12)
    place = int(np.searchsorted(through, wanted))
    return float(value[min(place, len(value) - 1)])


def weighted_median(value: Floats, weight: Floats) -> float:
    """Return the median; halfway between two values where the weight splits evenly.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 4.0, 8.0]), np.ones(4))
    3.0
    """
    low = weighted_quantile(value, weight, 0.5)
    high = -weighted_quantile(-value[::-1], weight[::-1], 0.5)
    return (low + high) / 2


def weighted_quantile_place(value: Floats, wanted: float) -> int:
    """Return the level whose value is nearest below or at `wanted`."""
    return max(0, int(np.searchsorted(value, wanted, side="right")) - 1)


def quantile_interval(
    value: Floats,
    weight: Floats,
    share: float,
    *,
    n_effective: float,
    level: float = 0.95,
    freedom: float | None = None,
) -> Interval:
    """Interval of a quantile: the values where the shares of a binomial interval fall.

    Parameters
    ----------
    value, weight : ndarray of float, shape (n_levels,)
        Ascending values.
    share : float
        Which quantile, in (0, 1).
    n_effective : float
        Independent rows of equal weight that tell as much.
    level : float
        Coverage, in (0, 1).
    freedom : float or None
        Degrees of freedom when `n_effective` was itself estimated from few units.

    Returns
    -------
    Interval

    References
    ----------
    Woodruff 1952, JASA 47:635, doi:10.1080/01621459.1952.10483443.

    Examples
    --------
    >>> quantile_interval(np.arange(1.0, 101.0), np.ones(100), 0.5, n_effective=100)
    Interval(low=41.0, high=60.0)
    """
    low, high = wilson(share, n_effective, level=level, freedom=freedom)
    return Interval(weighted_quantile(value, weight, low), weighted_quantile(value, weight, high))
