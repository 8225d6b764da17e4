"""Intervals of one rate: Wilson's score interval and Clopper and Pearson's."""

from math import sqrt

from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.special import beta_quantile


def wilson(
    rate: float, n: float, *, level: float = 0.95, freedom: float | None = None
) -> Interval:
    """Score interval of a binomial rate.

    Parameters
    ----------
    rate : float
        Observed share, in [0, 1].
    n : float
        Trials, or the number of independent trials that would give the same precision.
    level : float
        Coverage, in (0, 1).
    freedom : float or None
        Degrees of freedom when the precision was itself estimated from few units.

    Returns
    -------
    Interval
        Inside [0, 1]; it contains `rate`.

    References
    ----------
    Wilson 1927, JASA 22:209, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> low, high = wilson(0.9, 10)
    >>> round(low, 3), round(high, 3)
    (0.596, 0.982)
    """
    return score_interval(rate, n, two_sided_quantile(level, freedom=freedom))


def score_interval(rate: float, n: float, quantile: float) -> Interval:
    """Wilson's interval for a number of standard errors instead of a level.

    Examples
    --------
    >>> low, high = score_interval(0.5, 10, 2.0)
    >>> round(low, 3), round(high, 3)
    (0.233, 0.767)
    """
    z2 = quantile**2
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2) / (1 + z2 / n) * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    low = 0.0 if rate <= 0 else max(0.0, centre - half)
    high = 1.0 if rate >= 1 else min(1.0, centre + half)
    return Interval(low, high).around(rate)


def clopper_pearson(successes: float, n: float, *, level: float = 0.95) -> Interval:
    """Interval of a binomial rate that never covers less than its level.

    Parameters
    ----------
    successes, n : float
        Successes among trials.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        Inside [0, 1].

    References
    ----------
    Clopper and Pearson 1934, Biometrika 26:404, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> low, high = clopper_pearson(9, 10)
    >>> round(low, 3), round(high, 3)
    (0.555, 0.997)
    """
    tail = (1 - level) / 2
    low = 0.0 if successes <= 0 else beta_quantile(tail, successes, n - successes + 1)
    high = 1.0 if successes >= n else beta_quantile(1 - tail, successes + 1, n - successes)
    return Interval(low, high)
