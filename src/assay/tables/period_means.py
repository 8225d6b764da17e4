"""Mean of one number by period, as a chart draws it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PeriodMeans:
    """Mean by period with its interval; all of one length, in the order of time.

    Parameters
    ----------
    name : tuple of str
        Start in ISO 8601, or the span of numbers.
    calendar : bool
        Whether names are times.
    n : tuple of int
    mean : tuple of float
    low, high : tuple of (float or None)
    worse : tuple of bool
        Periods to be marked.
    """

    name: tuple[str, ...]
    calendar: bool
    n: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    worse: tuple[bool, ...]
