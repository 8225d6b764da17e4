"""The two ends of an interval, and how many standard errors a level asks for."""

from functools import lru_cache
from typing import NamedTuple

from assay.stats.special import normal_quantile, student_quantile


class Interval(NamedTuple):
    """Lower and upper end."""

    low: float
    high: float

    def clipped(self, lower: float, upper: float) -> "Interval":
        """Return the part inside a range."""
        return Interval(min(max(self.low, lower), upper), min(max(self.high, lower), upper))

    def around(self, value: float) -> "Interval":
        """Return the interval, widened where it would miss the value it belongs to."""
        return Interval(min(self.low, value), max(self.high, value))


@lru_cache(maxsize=1024)
def two_sided_quantile(level: float, *, freedom: float | None = None) -> float:
    """Return the number of standard errors on each side of a two-sided interval.

    Parameters
    ----------
    level : float
        Coverage, in (0, 1).
    freedom : float or None
        Degrees of freedom of Student's t; None for the normal law.

    Returns
    -------
    float

    Examples
    --------
    >>> round(two_sided_quantile(0.95), 4), round(two_sided_quantile(0.95, freedom=19), 4)
    (1.96, 2.093)
    """
    upper = (1 + level) / 2
    return normal_quantile(upper) if freedom is None else student_quantile(upper, freedom)
