"""Known values and judged rows in, what simple forecasts say of these rows out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.naive import (
    drift_value,
    last_value,
    mean_value,
    seasonal_value,
)
from assay.evaluation.forecasting.panel import Panel

Floats = NDArray[np.float64]
Forecast = Callable[[Panel, int, int], Floats]


@dataclass(frozen=True)
class Forecaster:
    """A simple forecast.

    Parameters
    ----------
    name, title : str
    rung : int
        0 knows the level alone, 1 the season, 2 smooths, 3 is the bar.
    why : str
        What it is for.
    forecast : callable
        From a panel, the periods of a season and a seed to a number for each judged row, made
        from what was known up to the row's origin alone; NaN where nothing was.
    """

    name: str
    title: str
    rung: int
    why: str
    forecast: Forecast


def own_forecasters(season: int) -> tuple[Forecaster, ...]:
    """Return the forecasts that need nothing but the past values.

    Parameters
    ----------
    season : int
        With 1 there is no seasonal one.
    """
    found = [
        Forecaster("naive", "Naive (last value)", 0, "Tomorrow is like today.", _naive),
        Forecaster("mean", "Mean of the past", 0, "Right where nothing changes.", _mean),
        Forecaster("drift", "Drift", 0, "The line from the first to the last value.", _drift),
    ]
    if season > 1:
        title = f"Seasonal naive (season {season})"
        why = "The last season once more: what a model must beat."
        found.append(Forecaster("seasonal_naive", title, 1, why, _seasonal))
    return tuple(found)


def _naive(panel: Panel, season: int, seed: int) -> Floats:
    return last_value(panel.known, panel.series, panel.origin)


def _mean(panel: Panel, season: int, seed: int) -> Floats:
    return mean_value(panel.known, panel.series, panel.origin)


def _drift(panel: Panel, season: int, seed: int) -> Floats:
    return drift_value(panel.known, panel.series, panel.period, panel.origin)


def _seasonal(panel: Panel, season: int, seed: int) -> Floats:
    return seasonal_value(panel.known, panel.series, panel.period, panel.origin, season)
