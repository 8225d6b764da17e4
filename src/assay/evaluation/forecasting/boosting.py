"""All series in; what one model of their lags and the calendar says of the judged rows out."""

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.lookup import Past
from assay.evaluation.forecasting.naive import last_value, mean_value, seasonal_value
from assay.evaluation.forecasting.panel import Panel

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
LAGS = 7
MAX_ROWS = 100_000
LEAST_ROWS = 200
_DAY = 86_400_000_000_000


def global_boosting(panel: Panel, season: int, seed: int) -> Floats:
    """Forecast all series by one gradient boosting of what was known at the origin.

    Each row is described by the last values up to its origin, the last two seasons, the mean so
    far, the periods ahead and the calendar, all values divided by the size of the series. The
    model learns from earlier times alone, at the same numbers of periods ahead.

    Parameters
    ----------
    panel : Panel
    season : int
    seed : int

    Returns
    -------
    ndarray of float, shape (n,)
        NaN throughout where fewer than 200 rows can be learned from.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    known = panel.known
    first = np.full(panel.n_series, np.iinfo(np.int64).max)
    np.minimum.at(first, panel.series, panel.origin + 1)
    earlier = known.before(first)
    rng = np.random.default_rng(seed)
    taken = np.arange(len(earlier.y))
    if len(taken) > MAX_ROWS:
        taken = np.sort(rng.choice(taken, MAX_ROWS, replace=False))
    steps = rng.choice(np.unique(panel.step), len(taken))
    of, period = earlier.series[taken], earlier.period[taken]
    time = None if earlier.time is None else earlier.time[taken]
    x, size = _features(earlier, of, period, period - steps, season, time, panel.temporal)
    able = np.isfinite(size) & np.isfinite(x[:, 0])
    if able.sum() < LEAST_ROWS:
        return np.full(panel.n, np.nan)
    model = HistGradientBoostingRegressor(loss="absolute_error", random_state=seed)
    model.fit(x[able], (earlier.y[taken] / size)[able])
    judged, scale = _features(
        known, panel.series, panel.period, panel.origin, season, panel.time, panel.temporal
    )
    return np.where(np.isfinite(judged[:, 0]), model.predict(judged) * scale, np.nan)


def _features(
    known: Past,
    series: Codes,
    period: Codes,
    origin: Codes,
    season: int,
    time: Codes | None,
    temporal: bool,
) -> tuple[Floats, Floats]:
    """Return the description of each row, and the size that its values are divided by."""
    lags = [known.at(series, origin - back) for back in range(1, LAGS)]
    last = last_value(known, series, origin)
    mean = mean_value(known, series, origin)
    seasons = [
        seasonal_value(known, series, period, origin - back * season, season) for back in (0, 1)
    ]
    size = np.maximum(np.abs(mean), 1e-9)
    size = np.where(np.isfinite(mean), np.maximum(size, np.abs(last) / 10), np.nan)
    values = np.column_stack([last, mean, *seasons, *lags]) / size[:, None]
    columns = [values, (period - origin)[:, None].astype(np.float64)]
    if temporal and time is not None:
        columns.append(_calendar(time))
    return np.column_stack(columns), size


def _calendar(time: Codes) -> Floats:
    """Return month, day of the month, weekday and hour."""
    days = np.floor_divide(time, _DAY)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return np.column_stack(
        [
            months.astype(np.int64) % 12,
            (dates - months).astype(np.int64),
            days % 7,
            (time - days * _DAY) / (_DAY / 24),
        ]
    ).astype(np.float64)
