"""Judged forecasts in, the points behind their charts out."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.estimates import Summing
from assay.evaluation.forecasting.panel import Panel
from assay.evaluation.forecasting.problems import shown_time
from assay.evaluation.forecasting.quantities import Quantity, intervals_of, level_losses
from assay.evaluation.forecasting.scale import Scales
from assay.evaluation.forecasting.season import autocorrelations
from assay.stats.interval import two_sided_quantile
from assay.tables.forecast_curves import (
    ForecastWindows,
    HorizonErrors,
    QuantileLevels,
    ResidualCorrelations,
    SeriesErrors,
)

Floats = NDArray[np.float64]
MAX_BANDS = 60
MAX_SERIES = 300
MAX_WINDOW = 200
MAX_LAGS = 48
MIN_TERMS = 5


def horizon_errors(panel: Panel, scales: Scales, *, level: float) -> HorizonErrors:
    """Return the error by periods ahead: MASE where all series have a scale, else MAE.

    Parameters
    ----------
    panel : Panel
    scales : Scales
    level : float
        Coverage of the intervals: Student's, over series or over cut-offs.
    """
    scaled = bool(np.isfinite(scales.absolute).any())
    error = np.abs(panel.f - panel.y)
    error = error / scales.absolute[panel.series] if scaled else error
    kept = np.isfinite(error)
    error, w, step = error[kept], panel.w[kept], panel.step[kept]
    steps = np.unique(step)
    width = -(-len(steps) // MAX_BANDS)
    band = np.searchsorted(steps, step) // width
    starts = np.arange(0, len(steps), width)
    of = panel.series[kept] if panel.n_series > 1 else panel.cuts[kept]
    low, high, value = _means_by(band, of, error, w, len(starts), level)
    return HorizonErrors(
        metric="MASE" if scaled else "MAE",
        step_from=tuple(steps[starts].tolist()),
        step_to=tuple(steps[np.minimum(starts + width, len(steps)) - 1].tolist()),
        n=tuple(np.bincount(band, minlength=len(starts)).tolist()),
        value=_plain(value),
        low=_plain(low),
        high=_plain(high),
    )


def _means_by(
    band: NDArray[np.int64],
    of: NDArray[np.int64],
    error: Floats,
    w: Floats,
    n_bands: int,
    level: float,
) -> tuple[Floats, Floats, Floats]:
    """Return, by band, the mean over units of their mean error, with Student's interval."""
    pairs, place = np.unique(band * (int(of.max()) + 1) + of, return_inverse=True)
    means = np.bincount(place, weights=w * error) / np.bincount(place, weights=w)
    where = pairs // (int(of.max()) + 1)
    n = np.bincount(where, minlength=n_bands)
    value = np.bincount(where, weights=means, minlength=n_bands) / n
    spread = np.bincount(where, weights=(means - value[where]) ** 2, minlength=n_bands)
    able = n >= MIN_TERMS
    error_of = np.sqrt(spread / np.maximum(n - 1, 1) / n)
    times = np.array([two_sided_quantile(level, freedom=max(int(k) - 1, 1)) for k in n])
    half = np.where(able, times * error_of, np.nan)
    return np.maximum(value - half, 0.0), value + half, value


def series_errors(panel: Panel, summing: Summing, quantity: Quantity) -> SeriesErrors | None:
    """Return the metric of each series, the worst first; None for one series.

    Parameters
    ----------
    panel : Panel
    summing : Summing
    quantity : Quantity
        MASE, or where that is not defined WAPE or MAE.
    """
    if panel.n_series < 2:
        return None
    values = summing.by_series(quantity)
    n = np.bincount(panel.series, minlength=panel.n_series)
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(-values[known], kind="stable")]
    shown = order
    if len(order) > MAX_SERIES:  # both ends and what lies between, evenly
        shown = order[np.unique(np.linspace(0, len(order) - 1, MAX_SERIES).round().astype(int))]
    return SeriesErrors(
        metric=quantity.title,
        series=tuple(panel.names[each] for each in shown.tolist()),
        value=_plain(values[shown]),
        n=tuple(n[shown].tolist()),
        n_series=len(order),
        share_above_one=float(np.mean(values[order] > 1)) if len(order) else None,
    )


def forecast_windows(panel: Panel, values: Floats) -> ForecastWindows:
    """Return the last stretch of the worst, the middle and the best series.

    Parameters
    ----------
    panel : Panel
    values : ndarray of float, shape (n_series,)
        Error of each series.
    """
    bands = intervals_of(panel)
    inner = bands[0] if bands else None
    rows: list[tuple[str, str, float | None, float | None, float | None, float | None]] = []
    for which in _chosen(values):
        mine = np.flatnonzero(panel.series == which)
        last = mine[panel.origin[mine] == panel.origin[mine].max()][-MAX_WINDOW:]
        if panel.with_cutoffs and len(last) < MAX_WINDOW // 4:
            last = _latest(panel, mine)[-MAX_WINDOW:]
        before = _before(panel, which, int(panel.period[last[0]]), max(len(last), 10))
        name = panel.names[which]
        rows += [(name, moment, y, None, None, None) for moment, y in before]
        for at in last.tolist():
            moment = shown_time(int(panel.time[at]), temporal=panel.temporal)
            low = None if inner is None else float(inner[1][at])
            high = None if inner is None else float(inner[2][at])
            rows.append((name, moment, float(panel.y[at]), float(panel.f[at]), low, high))
    series, time, actual, forecast, low, high = zip(*rows, strict=True)
    return ForecastWindows(
        series=series,
        time=time,
        actual=actual,
        forecast=forecast,
        low=low,
        high=high,
        level=None if inner is None else inner[0],
        temporal=panel.temporal,
    )


def _latest(panel: Panel, mine: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return, for each time of one series, the forecast that was made last before it."""
    order = mine[np.lexsort((panel.origin[mine], panel.period[mine]))]
    return order[np.r_[np.diff(panel.period[order]) != 0, True]]


def _chosen(values: Floats) -> list[int]:
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")] if len(known) else np.array([0])
    return list(dict.fromkeys([int(order[-1]), int(order[len(order) // 2]), int(order[0])]))


def _before(panel: Panel, which: int, period: int, n: int) -> list[tuple[str, float]]:
    """Return the last known values of a series before a period, with their times."""
    known = panel.known
    inside = (known.series == which) & (known.period < period)
    rows = np.flatnonzero(inside)[-min(n, MAX_WINDOW) :]
    if known.time is None:
        return []
    times = known.time[rows]
    return [
        (shown_time(int(t), temporal=panel.temporal), float(known.y[at]))
        for t, at in zip(times.tolist(), rows.tolist(), strict=True)
    ]


def residual_correlations(panel: Panel, season: int) -> ResidualCorrelations | None:
    """Return how residuals hang together along time, averaged over series.

    Forecasts of the next period alone are read where there are cut-offs enough: those of later
    periods share what happened in between.

    Parameters
    ----------
    panel : Panel
    season : int
    """
    rows, what = np.arange(panel.n), "all forecasts, in the order of time"
    next_ = np.flatnonzero(panel.step == panel.step.min())
    if len(next_) >= 10 * panel.n_series and len(next_) < panel.n:
        rows, what = next_, "forecasts of the next period"
    elif panel.with_cutoffs and len(np.unique(panel.cuts)) > 1:
        return None
    residual, of = (panel.f - panel.y)[rows], panel.series[rows]
    starts = np.flatnonzero(np.r_[True, np.diff(of) != 0])
    ends = np.append(starts[1:], len(of))
    length = int(np.median(ends - starts))
    lags = min(max(2 * season, 12), MAX_LAGS, length // 3)
    if lags < 2:
        return None
    long = [i for i in range(len(starts)) if ends[i] - starts[i] > lags][:MAX_SERIES]
    found = [autocorrelations(residual[starts[i] : ends[i]], lags) for i in long]
    known = [(each, ends[i] - starts[i]) for i, each in zip(long, found, strict=True)]
    able = [(each, n) for each, n in known if each is not None]
    if not able:
        return None
    mean = np.average([each for each, _ in able], axis=0, weights=[n for _, n in able])
    bound = two_sided_quantile(0.95) / float(np.sqrt(sum(n for _, n in able)))
    return ResidualCorrelations(
        lag=tuple(range(1, lags + 1)),
        value=_plain(mean),
        bound=bound,
        n_series=len(able),
        of=what,
    )


def quantile_levels(panel: Panel) -> QuantileLevels | None:
    """Return what is true of each predicted quantile; None where there is none."""
    found = level_losses(panel)
    if not found:
        return None
    return QuantileLevels(
        level=tuple(found),
        share_below=tuple(share for share, _ in found.values()),
        quantile_loss=tuple(loss for _, loss in found.values()),
    )


def _plain(values: Floats) -> tuple[float | None, ...]:
    return tuple(each if isfinite(each) else None for each in values.tolist())
