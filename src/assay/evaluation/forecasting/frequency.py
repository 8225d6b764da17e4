"""Times in; how far apart they lie, what season that has, and the period of each time out."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Grid = Literal["even", "month", "quarter", "year", "business day", "order"]
DAY = 86_400_000_000_000
"""Nanoseconds of a day."""
NAMED: dict[int, tuple[str, int]] = {
    1_000_000_000: ("every second", 60),
    60_000_000_000: ("every minute", 1_440),
    3_600_000_000_000: ("hourly", 24),
    DAY: ("daily", 7),
    7 * DAY: ("weekly", 52),
}
MOST = 0.8
"""Share of the distances between times that a grid has to explain."""
_THURSDAY = 4  # 1970-01-01, in days after a Sunday


@dataclass(frozen=True)
class Frequency:
    """How far apart the times of a series lie.

    Parameters
    ----------
    name : str
        For people: "hourly", "every 2 days", ….
    grid : {"even", "month", "quarter", "year", "business day", "order"}
        How a time becomes a period; "order" counts the times of a series where they follow no
        grid.
    step : int
        Nanoseconds between two periods of an even grid, or the distance of plain numbers.
    season : int
        Periods of the usual season, 1 where there is none.
    """

    name: str
    grid: Grid
    step: int = 1
    season: int = 1

    def periods(self, times: Codes) -> Codes:
        """Return the number of the period that each time lies in.

        Parameters
        ----------
        times : ndarray of int, shape (n,)
            Nanoseconds since 1970, or plain numbers.

        Examples
        --------
        >>> Frequency("daily", "even", DAY, 7).periods(np.array([0, DAY, 3 * DAY])).tolist()
        [0, 1, 3]
        """
        if self.grid == "even":
            return np.floor_divide(times + self.step // 2, self.step)
        if self.grid == "business day":
            days = times.astype("datetime64[ns]").astype("datetime64[D]")
            return np.busday_count(np.datetime64("1970-01-01", "D"), days).astype(np.int64)
        months = times.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
        width = {"month": 1, "quarter": 3, "year": 12}[self.grid]
        return np.floor_divide(months, width)


def read_frequency(series: Codes, times: Codes, *, temporal: bool) -> Frequency:
    """Find the grid that times lie on, from the most frequent distance within a series.

    Parameters
    ----------
    series : ndarray of int, shape (n,)
        Ascending.
    times : ndarray of int, shape (n,)
        Ascending within a series: nanoseconds since 1970, or plain numbers.
    temporal : bool
        Whether they are times.

    Returns
    -------
    Frequency

    Examples
    --------
    >>> days = np.arange(5) * DAY
    >>> read_frequency(np.zeros(5, dtype=np.int64), days, temporal=True).name
    'daily'
    >>> read_frequency(np.zeros(3, dtype=np.int64), np.array([1, 2, 3]), temporal=False).name
    'every 1'
    """
    apart = np.diff(times)[np.diff(series) == 0]
    apart = apart[apart > 0]
    if not len(apart):
        return Frequency("one time a series", "order")
    distances, counts = np.unique(apart, return_counts=True)
    usual = int(distances[np.argmax(counts)])
    if temporal and (calendar := _calendar(apart, usual)) is not None:
        return calendar
    if temporal and usual == DAY and _leaves_weekends_out(times, apart):
        return Frequency("every business day", "business day", DAY, 5)
    if np.mean(apart % usual == 0) < MOST:
        return Frequency("at no even distance", "order")
    if not temporal:
        return Frequency(f"every {usual:,}", "even", usual)
    return Frequency(*_named(usual))


def _named(step: int) -> tuple[str, Grid, int, int]:
    if step in NAMED:
        name, season = NAMED[step]
        return name, "even", step, season
    if step < DAY and DAY % step == 0:
        minutes, rest = divmod(step, 60_000_000_000)
        name = f"every {minutes} minutes" if not rest else f"every {step / 1e9:g} seconds"
        return name, "even", step, DAY // step
    return f"every {step / DAY:g} days", "even", step, 1


def _calendar(apart: Codes, usual: int) -> Frequency | None:
    """Return months, quarters or years, whose lengths differ."""
    named: tuple[tuple[str, Grid, int, int, int], ...] = (
        ("monthly", "month", 12, 28, 31),
        ("quarterly", "quarter", 4, 90, 92),
        ("yearly", "year", 1, 365, 366),
    )
    for name, grid, season, least, most in named:
        inside = (apart >= least * DAY) & (apart <= most * DAY)
        several = np.unique(apart[inside]).size > 1 or usual > 28 * DAY
        if least * DAY <= usual <= most * DAY and several and np.mean(inside) >= MOST:
            return Frequency(name, grid, usual, season)
    return None


def _leaves_weekends_out(times: Codes, apart: Codes) -> bool:
    weekday = (np.floor_divide(times, DAY) + _THURSDAY) % 7
    return bool(np.any(apart == 3 * DAY)) and not np.any((weekday == 0) | (weekday == 6))
