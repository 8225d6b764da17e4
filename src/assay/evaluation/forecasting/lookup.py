"""Series and periods in; where their values are, out: one search for all of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Past:
    """Known values of series, each (series, period) once, in this order.

    Parameters
    ----------
    series, period : ndarray of int, shape (n,)
    y : ndarray of float, shape (n,)
    time : ndarray of int or None, shape (n,)
        The moment of each, where it is needed.

    Examples
    --------
    >>> past = Past(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([5.0, 6.0, 7.0]))
    >>> past.at(np.array([0, 1, 1]), np.array([2, 2, 1])).tolist()
    [6.0, 7.0, nan]
    """

    series: Codes
    period: Codes
    y: Floats
    time: Codes | None = None

    @cached_property
    def _first(self) -> int:
        return int(self.period.min()) if len(self.period) else 0

    @cached_property
    def _width(self) -> int:
        return int(self.period.max()) - self._first + 3 if len(self.period) else 3

    @cached_property
    def _key(self) -> Codes:
        return self._keys(self.series, self.period)

    def _keys(self, series: Codes, period: Codes) -> Codes:
        inside = np.clip(period - self._first, -1, self._width - 2)
        return series * self._width + inside

    def at(self, series: Codes, period: Codes) -> Floats:
        """Return the value of each series in each period, NaN where it is not known."""
        if not len(self.y):
            return np.full(len(series), np.nan)
        place = np.minimum(np.searchsorted(self._key, self._keys(series, period)), len(self.y) - 1)
        found = (self.series[place] == series) & (self.period[place] == period)
        return np.where(found, self.y[place], np.nan)

    def last(self, series: Codes, period: Codes) -> tuple[Floats, Codes]:
        """Return the last value of each series up to each period, and its period (-1 is none)."""
        if not len(self.y):
            return np.full(len(series), np.nan), np.full(len(series), -1, dtype=np.int64)
        place = self.place(series, period)
        found = (place >= 0) & (self.series[place] == series)
        return (
            np.where(found, self.y[place], np.nan),
            np.where(found, self.period[place], -1),
        )

    def place(self, series: Codes, period: Codes) -> Codes:
        """Return where the last value up to each period stands, of this series or one before."""
        wanted = self._keys(series, period)
        return np.searchsorted(self._key, wanted, side="right").astype(np.int64) - 1

    def before(self, first: Codes) -> "Past":
        """Return what lies before a period of each series.

        Parameters
        ----------
        first : ndarray of int, shape (n_series,)
        """
        kept = self.period < first[self.series]
        time = None if self.time is None else self.time[kept]
        return Past(self.series[kept], self.period[kept], self.y[kept], time)


def join_past(past: Past, more: Past) -> Past:
    """Add more known values, in any order and several times; what is known already stays."""
    timed = past.time is not None and more.time is not None
    names = ("series", "period", "y", "time") if timed else ("series", "period", "y")
    every = [np.concatenate([getattr(past, name), getattr(more, name)]) for name in names]
    order = np.lexsort((every[1], every[0]))
    kept = [each[order] for each in every]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(kept[0]) != 0) | (np.diff(kept[1]) != 0)
    return Past(*(each[new] for each in kept))
