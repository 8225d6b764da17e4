"""Interval of a mean, mended for skewed terms."""

from assay.stats.interval import Interval, two_sided_quantile

_SMALLEST_SKEW = 1e-8


def mean_interval(
    mean: float,
    error: float,
    *,
    skew: float = 0.0,
    freedom: float | None = None,
    level: float = 0.95,
) -> Interval:
    """Student's interval of a mean, turned through Hall's cubic where the terms are skewed.

    Parameters
    ----------
    mean : float
    error : float
        Standard error of the mean.
    skew : float
        Skewness of the mean's own law: that of one term over the root of their number, or
        Σ ψ³ / (Σ ψ²)^1.5 with ψ the influence of each independent unit.
    freedom : float or None
        Degrees of freedom of the standard error; None for the normal law.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        It contains `mean`; without skew it is symmetric.

    References
    ----------
    Hall 1992, JRSS B 54:221, doi:10.1111/j.2517-6161.1992.tb01872.x.

    Examples
    --------
    >>> low, high = mean_interval(1.0, 0.1)
    >>> round(low, 3), round(high, 3)
    (0.804, 1.196)
    >>> low, high = mean_interval(1.0, 0.1, skew=0.3)
    >>> round(low, 3), round(high, 3)
    (0.837, 1.265)
    """
    quantile = two_sided_quantile(level, freedom=freedom)
    up, down = _hall(quantile, skew), _hall(-quantile, skew)
    return Interval(mean - error * up, mean - error * down).around(mean)


def _hall(x: float, skew: float) -> float:
    """Return the studentised mean whose transform, nearly normal, is `x`."""
    if abs(skew) < _SMALLEST_SKEW:
        return x
    inner = 1 + skew * (x - skew / 6)
    root = abs(inner) ** (1 / 3) * (1 if inner >= 0 else -1)
    return 3 / skew * (root - 1)
