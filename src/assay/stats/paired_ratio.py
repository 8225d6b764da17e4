"""Interval of the ratio of two rates of the same rows."""

from math import inf, sqrt

from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.rate import score_interval


def paired_ratio(
    both: float,
    first_only: float,
    second_only: float,
    *,
    level: float = 0.95,
    freedom: float | None = None,
) -> Interval:
    """Hybrid score interval of how many rows are of the first kind over how many of the second.

    Wilson's intervals of the two shares, among the rows that are of either kind, are made
    narrower by how closely the kinds go together, and divided by one another.

    Parameters
    ----------
    both, first_only, second_only : float
        Rows, or effective rows, of both kinds or of one alone; not all 0.
    level : float
        Coverage, in (0, 1).
    freedom : float or None
        Degrees of freedom when the effective rows were themselves estimated from few units.

    Returns
    -------
    Interval
        Inside [0, inf]; `high` is inf when no row is of the second kind.

    References
    ----------
    Bonett and Price 2006, Statistics in Medicine 25:3039, doi:10.1002/sim.2440.

    Examples
    --------
    >>> low, high = paired_ratio(40, 10, 5)
    >>> round(low, 3), round(high, 3)
    (0.943, 1.31)
    """
    first, second, n = both + first_only, both + second_only, both + first_only + second_only
    apart = sqrt((first_only + second_only + 2) / ((first + 1) * (second + 1)))
    spread = [sqrt((1 - (count + 1) / (n + 2)) / (count + 1)) for count in (first, second)]
    z = two_sided_quantile(level, freedom=freedom) * apart / sum(spread)
    above = score_interval(min(1.0, first / n), n, z)
    below = score_interval(min(1.0, second / n), n, z)
    return Interval(above.low / below.high, above.high / below.low if below.low > 0 else inf)
