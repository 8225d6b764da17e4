"""Known values in; what forecasts without any model would have said, out."""

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.lookup import Past

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
SEASONS_BACK = 4
"""Where the value of a season ago is not known, that of two ago is taken, up to so many."""


def last_value(known: Past, series: Codes, origin: Codes) -> Floats:
    """Return the last known value of each series up to each origin; NaN where there is none.

    Parameters
    ----------
    known : Past
    series, origin : ndarray of int, shape (n,)
        Series of each forecast, and the last period that it is made from.

    Examples
    --------
    >>> known = Past(np.array([0, 0]), np.array([1, 2]), np.array([5.0, 6.0]))
    >>> last_value(known, np.array([0, 0]), np.array([1, 4])).tolist()
    [5.0, 6.0]
    """
    return known.last(series, origin)[0]


def seasonal_value(
    known: Past, series: Codes, period: Codes, origin: Codes, season: int
) -> Floats:
    """Return the value of the last season before each origin; NaN where none is known.

    Parameters
    ----------
    known : Past
    series, period, origin : ndarray of int, shape (n,)
        Series of each forecast, the period it is for, and the last period it is made from.
    season : int
        Periods of a season; 1 is the last value.

    Examples
    --------
    >>> known = Past(np.zeros(3, dtype=np.int64), np.array([1, 2, 3]), np.array([5.0, 6.0, 7.0]))
    >>> zeros = np.zeros(3, dtype=np.int64)
    >>> seasonal_value(known, zeros, np.array([4, 5, 6]), zeros + 3, 2).tolist()
    [6.0, 7.0, 6.0]
    """
    if season == 1:
        return last_value(known, series, origin)
    seasons = -((origin - period) // season)
    found = np.full(len(series), np.nan)
    for back in range(SEASONS_BACK):
        open_ = np.isnan(found)
        if not open_.any():
            break
        at = period[open_] - (seasons[open_] + back) * season
        found[open_] = known.at(series[open_], at)
    return found


def drift_value(known: Past, series: Codes, period: Codes, origin: Codes) -> Floats:
    """Return the line through the first and the last known value, carried on.

    NaN where fewer than two values are known.

    Examples
    --------
    >>> known = Past(np.zeros(3, dtype=np.int64), np.array([1, 2, 3]), np.array([5.0, 9.0, 7.0]))
    >>> drift_value(known, np.array([0]), np.array([5]), np.array([3])).tolist()
    [9.0]
    """
    last, at = known.last(series, origin)
    first, first_at = _first(known, series)
    apart = (at - first_at).astype(np.float64)
    slope = np.where(apart > 0, (last - first) / np.where(apart > 0, apart, 1.0), np.nan)
    return last + slope * (period - at)


def mean_value(known: Past, series: Codes, origin: Codes) -> Floats:
    """Return the mean of all known values up to each origin; NaN where there is none.

    Examples
    --------
    >>> known = Past(np.array([0, 0]), np.array([1, 2]), np.array([5.0, 6.0]))
    >>> mean_value(known, np.array([0, 0]), np.array([1, 4])).tolist()
    [5.0, 5.5]
    """
    if not len(known.y):
        return np.full(len(series), np.nan)
    starts, place = _starts(known, series), _place(known, series, origin)
    total = np.concatenate(([0.0], np.cumsum(known.y)))
    count = place - starts + 1
    return np.where(count > 0, (total[place + 1] - total[starts]) / np.maximum(count, 1), np.nan)


def _first(known: Past, series: Codes) -> tuple[Floats, Codes]:
    if not len(known.y):
        return np.full(len(series), np.nan), np.zeros(len(series), dtype=np.int64)
    starts = np.minimum(_starts(known, series), len(known.y) - 1)
    there = known.series[starts] == series
    return np.where(there, known.y[starts], np.nan), known.period[starts]


def _starts(known: Past, series: Codes) -> Codes:
    return np.searchsorted(known.series, series, side="left").astype(np.int64)


def _place(known: Past, series: Codes, origin: Codes) -> Codes:
    """Return where the last value up to each origin is; one before the start where none is."""
    return known.place(series, origin)
