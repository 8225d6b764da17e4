"""Series in; what exponential smoothing and Theta, fitted to each by itself, say out.

Both come from statsforecast, which the extra `forecast` brings.
"""

from importlib.util import find_spec
from math import inf
from time import perf_counter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.evaluation.forecasting.panel import Panel

Floats = NDArray[np.float64]
MODELS = {"auto_ets": "AutoETS", "theta": "DynamicOptimizedTheta"}
MAX_SEASONS = 12
LEAST_KEPT = 200
LONGEST_SEASON = 24
"""Exponential smoothing with a longer season has too many starting values; it goes without."""
AT_ONCE = 50


def smoothing_installed() -> bool:
    """Whether statsforecast is installed."""
    return find_spec("statsforecast") is not None


class OutOfTimeError(Exception):
    """The time for fitting is spent."""


def smooth(panel: Panel, season: int, *, model: str, deadline: float = inf) -> Floats:
    """Forecast each series from each of its origins by a model fitted to it alone.

    Parameters
    ----------
    panel : Panel
    season : int
    model : {"auto_ets", "theta"}
    deadline : float
        On the clock of `time.perf_counter`.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where a series has fewer than 3 values up to the origin.

    Raises
    ------
    OutOfTimeError
        If not all series were fitted at the deadline.
    """
    from statsforecast import (  # noqa: PLC0415 # pyright: ignore[reportMissingImports]
        StatsForecast,
        models,
    )

    used = season if model != "auto_ets" or season <= LONGEST_SEASON else 1
    fitted = getattr(models, MODELS[model])(season_length=used)
    rows = _histories(panel, season)
    found = np.full(panel.n, np.nan)
    if not rows.height:
        return found
    horizon = int(panel.step.max())
    parts: list[pl.DataFrame] = []
    last = int(rows["unique_id"].to_numpy().max())
    for first in range(0, last + 1, AT_ONCE):
        if perf_counter() > deadline:
            raise OutOfTimeError
        some = rows.filter(pl.col("unique_id").is_between(first, first + AT_ONCE - 1))
        if some.height:
            one = StatsForecast(models=[fitted], freq=1, n_jobs=1, fallback_model=models.Naive())
            parts.append(one.forecast(df=some, h=horizon).sort("unique_id", "ds"))
    values = pl.concat(parts)
    made = values[:, -1].cast(pl.Float64).to_numpy().reshape(-1, horizon)
    starts = values["unique_id"].to_numpy().reshape(-1, horizon)[:, 0].astype(np.int64)
    group = _groups(panel)
    place = np.searchsorted(starts, group)
    there = (place < len(starts)) & (starts[np.minimum(place, len(starts) - 1)] == group)
    step = panel.step - 1
    found[there] = made[place[there], step[there]]
    return found


def _groups(panel: Panel) -> NDArray[np.int64]:
    """Return the number of each row's pair of a series and an origin, in ascending order."""
    width = int(np.ptp(panel.origin)) + 1
    keys = panel.series * width + (panel.origin - panel.origin.min())
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _histories(panel: Panel, season: int) -> pl.DataFrame:
    """Return the values up to each origin on the grid; a gap holds the value before it."""
    group = _groups(panel)
    first = np.unique(group, return_index=True)[1]
    kept = max(MAX_SEASONS * season, LEAST_KEPT)
    known = panel.known
    ends = panel.origin[first]
    starts = _first_known(panel)[panel.series[first]]
    starts = np.maximum(starts, ends - kept + 1)
    lengths = np.maximum(ends - starts + 1, 0)
    lengths = np.where(lengths < 3, 0, lengths)
    of = np.repeat(np.arange(len(first)), lengths)
    within = np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    y, _ = known.last(panel.series[first][of], starts[of] + within)
    return pl.DataFrame({"unique_id": of, "ds": within, "y": y}).filter(pl.col("y").is_not_nan())


def _first_known(panel: Panel) -> NDArray[np.int64]:
    known = panel.known
    first = np.full(panel.n_series, np.iinfo(np.int64).max // 2)
    np.minimum.at(first, known.series, known.period)
    return first
