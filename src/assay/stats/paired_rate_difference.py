"""Interval of the difference of two rates of the same rows."""

from math import sqrt

from assay.stats.interval import Interval, two_sided_quantile

_BISECTIONS = 60


def paired_rate_difference(
    first_only: float, second_only: float, n: float, *, level: float = 0.95
) -> Interval:
    """Score interval of the rate of the first less that of the second.

    The differences that a score test of paired rates does not reject. At no difference the test
    is McNemar's without correction.

    Parameters
    ----------
    first_only, second_only : float
        Rows that only the first, or only the second, has right.
    n : float
        All rows, more than 0.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    Interval
        Inside [-1, 1]; it has width even where no row tells the two apart.

    References
    ----------
    Tango 1998, Statistics in Medicine 17:891,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.

    Examples
    --------
    >>> low, high = paired_rate_difference(12, 2, 44)
    >>> round(low, 4), round(high, 4)
    (0.0692, 0.386)
    """
    quantile = two_sided_quantile(level)
    value = (first_only - second_only) / n
    return Interval(
        _end(first_only, second_only, n, value, -1.0, quantile),
        _end(first_only, second_only, n, value, 1.0, quantile),
    )


def _end(b: float, c: float, n: float, value: float, outer: float, quantile: float) -> float:
    """Return where the score test stops to reject, between the value and an end of the range."""
    inside, outside = value, outer
    for _ in range(_BISECTIONS):
        middle = (inside + outside) / 2
        if abs(_score(b, c, n, middle)) < quantile:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def _score(b: float, c: float, n: float, difference: float) -> float:
    """Return Tango's statistic, with the other rate at its most likely under the difference."""
    linear = -b - c + (2 * n - b + c) * difference
    square = linear**2 + 8 * n * c * difference * (1 - difference)
    other = (sqrt(max(square, 0.0)) - linear) / (4 * n)
    variance = n * (2 * other + difference * (1 - difference))
    distance = b - c - n * difference
    if variance <= 0:
        return 0.0 if distance == 0 else float("inf")
    return distance / sqrt(variance)
