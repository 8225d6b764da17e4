"""Intervals from redrawn values: bias-corrected and accelerated percentiles."""

from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.special import normal_cdf, normal_quantile

Floats = NDArray[np.float64]


def bca_interval(
    value: float, drawn: Floats, *, acceleration: float = 0.0, level: float = 0.95
) -> Interval:
    """Percentiles of the draws, moved for the bias and the skewness of the estimate.

    Parameters
    ----------
    value : float
        The estimate on the rows themselves.
    drawn : ndarray of float, shape (n_draws,)
        The estimate on each redraw; NaN where it was undefined, which is left out.
    acceleration : float
        How fast the standard error changes with the value: Σ ψ³ / (6 (Σ ψ²)^1.5).
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        It contains `value`.

    References
    ----------
    Efron 1987, JASA 82:171, doi:10.1080/01621459.1987.10478410.

    Examples
    --------
    >>> drawn = np.linspace(0, 1, 1001)
    >>> low, high = bca_interval(0.5, drawn, level=0.9)
    >>> round(low, 4), round(high, 4)
    (0.05, 0.95)
    """
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return Interval(value, value)
    # Rounding must not tell apart draws that equal the value.
    close = 1e-12 * max(1.0, abs(value))
    below = np.count_nonzero(known < value - close)
    ties = np.count_nonzero(np.abs(known - value) <= close)
    share = (below + ties / 2) / len(known)
    bias = normal_quantile(min(max(share, 1 / len(known)), 1 - 1 / len(known)))
    tails = [(1 - level) / 2, (1 + level) / 2]
    moved = [_moved(tail, bias, acceleration) for tail in tails]
    low, high = np.quantile(known, moved)
    return Interval(float(low), float(high)).around(value)


def _moved(tail: float, bias: float, acceleration: float) -> float:
    z = bias + normal_quantile(tail)
    stretched = z / (1 - acceleration * z)
    if not isfinite(stretched) or acceleration * z >= 1:
        return 0.0 if z < 0 else 1.0
    return normal_cdf(bias + stretched)


def expanded_level(level: float, n_units: float, *, freedom: float | None = None) -> float:
    """Return the level to ask percentiles for when few units were redrawn.

    Redraws of few units vary too little, and percentiles know no Student's t.

    Parameters
    ----------
    level : float
        Coverage that is wanted, in (0, 1).
    n_units : float
        Units that were redrawn; with fewer than 2 the level is left alone.
    freedom : float or None
        Degrees of freedom; None for one less than units.

    Returns
    -------
    float

    References
    ----------
    Hesterberg 2015, American Statistician 69:371, doi:10.1080/00031305.2015.1089789, section 3.2.

    Examples
    --------
    >>> round(expanded_level(0.95, 10), 4), round(expanded_level(0.95, 10_000), 4)
    (0.9829, 0.95)
    """
    if n_units < 2:
        return level
    freedom = n_units - 1 if freedom is None else freedom
    quantile = two_sided_quantile(level, freedom=freedom)
    return 2 * normal_cdf(quantile * sqrt(n_units / (n_units - 1))) - 1
