"""Known values and their frequency in; how many periods a season has out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.forecasting.frequency import Frequency
from assay.evaluation.forecasting.lookup import Past

Floats = NDArray[np.float64]
MAX_SERIES = 50
SEASONS_READ = 12
LEAST_SEASONS = 3
ONE_SIDED = 1.645


@dataclass(frozen=True)
class Season:
    """How many periods a season has, 1 for none, and why."""

    periods: int
    why: str


def choose_season(past: Past, frequency: Frequency, told: int | None = None) -> Season:
    """Take the usual season of the frequency, where the series show it.

    A series shows a season of m periods when its changes from one period to the next correlate
    with those m periods earlier by more than the noise of such a correlation. What was told wins.

    Parameters
    ----------
    past : Past
    frequency : Frequency
    told : int or None

    Returns
    -------
    Season

    Raises
    ------
    InputError
        If what was told is no season.

    Examples
    --------
    >>> week = np.tile([5.0, 1, 1, 1, 1, 3, 9], 6) + np.arange(42) / 9
    >>> past = Past(np.zeros(42, dtype=np.int64), np.arange(42), week)
    >>> choose_season(past, Frequency("daily", "even", 1, 7)).periods
    7
    """
    if told is not None:
        if told < 1:
            msg = f"a season has 1 period or more (1 is none); {told} was told"
            raise InputError(msg)
        return Season(told, "it was told")
    m = frequency.season
    if m == 1:
        return Season(1, f"times lie {frequency.name}, which has no usual season")
    usual = f"times lie {frequency.name}, which has a usual season of {m} periods"
    shown = [_shows(each, m) for each in _sampled(past, m)]
    known = [each for each in shown if each is not None]
    if not known:
        return Season(m, f"{usual}; the rows before are too few to see it")
    share = sum(known) / len(known)
    if share > 0.5:
        return Season(m, f"{usual}, and {share:.0%} of the series show it")
    return Season(1, f"{usual}, but only {share:.0%} of the series show it")


def _sampled(past: Past, m: int) -> list[Floats]:
    """Return the last seasons of at most `MAX_SERIES` series, evenly taken."""
    starts = np.flatnonzero(np.r_[True, np.diff(past.series) != 0]) if len(past.y) else []
    ends = np.append(starts[1:], len(past.y)) if len(past.y) else np.zeros(0, dtype=np.int64)
    some = np.unique(np.linspace(0, len(starts) - 1, min(len(starts), MAX_SERIES)).astype(int))
    return [past.y[max(starts[i], ends[i] - SEASONS_READ * m) : ends[i]] for i in some]


def _shows(y: Floats, m: int) -> bool | None:
    """Whether changes correlate with those a season earlier; None where too few are known."""
    changes = np.diff(y)
    n = len(changes)
    if n < LEAST_SEASONS * m:
        return None
    r = autocorrelations(changes, m)
    if r is None:
        return False
    limit = ONE_SIDED * np.sqrt((1 + 2 * float(np.sum(r[: m - 1] ** 2))) / n)
    return bool(r[m - 1] > limit)


def autocorrelations(x: Floats, lags: int) -> Floats | None:
    """Return the autocorrelation at lags 1 to `lags`; None for a constant series.

    Examples
    --------
    >>> autocorrelations(np.array([1.0, -1.0, 1.0, -1.0]), 2).tolist()
    [-0.75, 0.5]
    """
    centred = x - x.mean()
    total = float(centred @ centred)
    if total <= 1e-24 * max(1.0, float(x @ x)):
        return None
    size = 1 << int(np.ceil(np.log2(2 * len(x))))
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    found = np.fft.irfft(power, size)[1 : lags + 1] / total
    return np.round(found, 12)
