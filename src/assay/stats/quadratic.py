"""Interval of a number that is never negative and grows as the square of a difference."""

from math import isfinite, sqrt

import numpy as np
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from assay.stats.interval import Interval, two_sided_quantile

_STEPS = 60
_LARGE = 1e6
_CLOSE = 1e-10


def quadratic_interval(
    value: float,
    variance: float,
    bias: float,
    *,
    dimensions: float = 1.0,
    freedom: float | None = None,
    level: float = 0.95,
) -> Interval:
    """Interval from a scaled non-central chi-square law: value ~ s² χ²(ν, truth / s²).

    The law's scale s² = variance / (4 value) and its degrees of freedom ν = bias / s² are such
    that mean and variance are right: near 0, where the value is a sum of squares and its mean
    lies above the truth by `bias`, as well as far from 0, where it is nearly normal.

    Parameters
    ----------
    value : float
        The estimate as it comes, not freed of its bias; at least 0.
    variance : float
        Of the estimate, by the delta method; 0 at a value of 0.
    bias : float
        By how much the estimate is too large on average: half the trace of the second derivative
        times the covariance of what it is a function of.
    dimensions : float
        How many differences there are: degrees of freedom where the value is 0.
    freedom : float or None
        Degrees of freedom of the variance where it comes from few units; the level is then raised
        as Student's t would.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        Inside [0, inf); it need not contain `value`, which is biased.

    References
    ----------
    Satterthwaite 1946, Biometrics Bulletin 2:110, for scale and degrees of freedom from moments;
    Steiger and Fouladi 1997, "Noncentrality interval estimation", for the inversion.

    Examples
    --------
    >>> low, high = quadratic_interval(12.0, 48.0, 3.0, dimensions=3)  # of 3 squared normals
    >>> round(low, 2), round(high, 2)
    (0.96, 26.91)
    """
    scale = variance / (4 * value) if value > 0 else 0.0
    if scale <= 0:
        scale = bias / dimensions
    if scale <= 0:
        return Interval(value, value)
    tail = special.ndtr(-two_sided_quantile(level, freedom=freedom))
    nu = max(bias / scale, 1e-3)
    seen = value / scale
    return Interval(
        scale * _noncentrality(seen, nu, 1 - tail), scale * _noncentrality(seen, nu, tail)
    )


def _noncentrality(seen: float, nu: float, share: float) -> float:
    """Return the noncentrality that leaves a share of the law below `seen`; 0 where none does."""
    if seen <= 0 or special.chdtr(nu, seen) <= share:
        return 0.0
    if seen > _LARGE:  # nearly normal on the scale of the root
        root = sqrt(max(0.0, seen - nu)) - float(special.ndtri(share))
        return max(0.0, root) ** 2
    guess = float(special.chndtrinc(seen, nu, share))
    if isfinite(guess) and abs(float(special.chndtr(seen, nu, guess)) - share) < _CLOSE * share:
        return guess
    return _bisected(seen, nu, share)


def _bisected(seen: float, nu: float, share: float) -> float:
    low, high = 0.0, sqrt(seen) + 1.0
    while special.chndtr(seen, nu, high * high) > share:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if special.chndtr(seen, nu, middle * middle) > share:
            low = middle
        else:
            high = middle
    return float(np.square((low + high) / 2))
