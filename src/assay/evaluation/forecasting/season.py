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

    Series show a season of m periods when their changes from one period to the next correlate
    with those m periods earlier by more than the noise of such a correlation (5 %, one-sided).
    What was told wins.

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
    found = _correlation(_sampled(past, m), m)
    if found is None:
        return Season(m, f"{usual}; the rows before are too few to see it")
    r, limit = found
    told_r = f"changes correlate by {r:.2f} with those {m} periods earlier"
    if r > limit:
        return Season(m, f"{usual}, and the series show it: {told_r}")
    return Season(1, f"{usual}, but the series do not show it: {told_r}")


def _sampled(past: Past, m: int) -> list[Floats]:
    """Return the last seasons of at most `MAX_SERIES` series, evenly taken."""
    starts = np.flatnonzero(np.r_[True, np.diff(past.series) != 0]) if len(past.y) else []
    ends = np.append(starts[1:], len(past.y)) if len(past.y) else np.zeros(0, dtype=np.int64)
    some = np.unique(np.linspace(0, len(starts) - 1, min(len(starts), MAX_SERIES)).astype(int))
    return [past.y[max(starts[i], ends[i] - SEASONS_READ * m) : ends[i]] for i in some]


def _correlation(series: list[Floats], m: int) -> tuple[float, float] | None:
    """Return how changes correlate with those a season earlier, and what noise would reach.

    Averaged over the series, by their lengths; None where all are shorter than three seasons.
    Noise is allowed to hang together from one change to the next, as differences do.
    """
    long = [np.diff(y) for y in series if len(y) > LEAST_SEASONS * m]
    if not long:
        return None
    found = [(autocorrelations(each, m), len(each)) for each in long]
    known = [(r, n) for r, n in found if r is not None]
    if not known:
        return 0.0, 0.0
    weights = [n for _, n in known]
    next_ = float(np.average([r[0] for r, _ in known], weights=weights))
    season = float(np.average([r[m - 1] for r, _ in known], weights=weights))
    return season, ONE_SIDED * float(np.sqrt((1 + 2 * next_**2) / sum(weights)))


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
