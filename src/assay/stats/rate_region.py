"""Interval of a function of two rates: its range over the rates that a score region holds."""

from collections.abc import Callable
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval, two_sided_quantile

Floats = NDArray[np.float64]
_DIRECTIONS = 180


def score_ends(rate: float, n: float, quantile: Floats) -> Floats:
    """Return the rates whose score is `quantile`: Wilson's ends, lower for a positive one.

    Parameters
    ----------
    rate : float
        Observed share, in [0, 1].
    n : float
        Trials, or the number of independent trials that would give the same precision.
    quantile : ndarray of float

    Returns
    -------
    ndarray of float
        Of the shape of `quantile`, inside [0, 1].

    Examples
    --------
    >>> score_ends(0.9, 10, np.array([1.96, 0.0, -1.96])).round(3).tolist()
    [0.596, 0.9, 0.982]
    """
    squared = quantile**2
    centre = rate + squared / (2 * n)
    half = quantile * np.sqrt(rate * (1 - rate) / n + squared / (4 * n * n))
    return np.clip((centre - half) / (1 + squared / n), 0.0, 1.0)


def rate_region(
    rates: tuple[float, float],
    trials: tuple[float, float],
    *,
    correlation: float = 0.0,
    freedom: float | None = None,
    level: float = 0.95,
) -> tuple[Floats, Floats]:
    """Return pairs of rates on the edge of the region that one number of them is judged by.

    Both rates move along Wilson's score curve, together as far as one estimate's quantile goes:
    the range of a function over this edge is its interval. For a difference that is nearly
    Newcombe's; a function that is infinite or flat at the observed rates needs no derivative.

    Parameters
    ----------
    rates, trials : (float, float)
        Shares, and the independent trials that give their precision.
    correlation : float
        Of the two estimates.
    freedom : float or None
        Degrees of freedom of the precision; None for the normal law.
    level : float
        Coverage of the interval of one function of both rates, in (0, 1).

    Returns
    -------
    first, second : ndarray of float, shape (180,)

    References
    ----------
    Zou and Donner 2008, Statistics in Medicine 27:1693 (the linear case: MOVER); Cox and Reid
    1987, JRSS B 49:1, for profiles over a region of nuisance parameters.

    Examples
    --------
    >>> first, second = rate_region((56 / 70, 48 / 80), (70, 80))
    >>> gap = first - second
    >>> round(float(gap.min()), 2), round(float(gap.max()), 2)
    (0.05, 0.34)
    """
    quantile = two_sided_quantile(level, freedom=freedom)
    angle = np.arange(_DIRECTIONS) * (2 * pi / _DIRECTIONS)
    one, other = np.cos(angle), np.sin(angle)
    turned = correlation * one + sqrt(max(0.0, 1 - correlation**2)) * other
    return (
        score_ends(rates[0], trials[0], quantile * one),
        score_ends(rates[1], trials[1], quantile * turned),
    )


def distance_over_region(
    distance: Callable[[Floats, Floats], Floats], region: tuple[Floats, Floats]
) -> Interval:
    """Return the range of a distance of two rates; from 0 where the region holds equal rates.

    Parameters
    ----------
    distance : callable
        Two arrays of rates to an array; 0 for equal rates and larger the further apart they are.
    region : (ndarray, ndarray)
        Of `rate_region`.

    Returns
    -------
    Interval
        Its upper end may be infinite.

    Examples
    --------
    >>> region = rate_region((0.5, 0.5), (100, 100))
    >>> distance_over_region(lambda a, d: abs(a - d), region).low
    0.0
    """
    found = distance(*region)
    above = region[0] > region[1]
    apart = bool(above.all()) or not bool((region[0] >= region[1]).any())
    return Interval(float(found.min()) if apart else 0.0, float(found.max()))
