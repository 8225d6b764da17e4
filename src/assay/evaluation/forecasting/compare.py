"""Two forecasts of the same rows in; which is better, by how much and how sure, out."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import verdict_word
from assay.evaluation.forecasting.estimates import Summing
from assay.evaluation.forecasting.panel import Panel
from assay.evaluation.forecasting.quantities import Quantity, point_quantities
from assay.evaluation.forecasting.scale import Scales
from assay.result import Json
from assay.stats.diebold_mariano import diebold_mariano
from assay.stats.sums import sums_by

LEAST_TIMES = 10
Floats = NDArray[np.float64]


def head_quantity(summing: Summing, scales: Scales) -> Quantity:
    """Return what forecasts are compared by: MASE, or where no series has a scale MAE."""
    name = "mase" if np.isfinite(scales.absolute).any() else "mae"
    found = point_quantities(summing.panel, scales, None)
    return next(each for each in found if each.name == name)


def _diebold_mariano(panel: Panel, baseline: Floats) -> dict[str, Json]:
    """Test the absolute errors of one series along time; {} for several or a few times.

    Forecasts of one time from several places are averaged.
    """
    times, place = np.unique(panel.period, return_inverse=True)
    if panel.n_series > 1 or len(times) < LEAST_TIMES:
        return {}
    lost = np.abs(baseline - panel.y) - np.abs(panel.f - panel.y)
    apart = sums_by(place, lost, len(times)) / np.bincount(place)
    horizon = min(int(panel.step.max()), int(len(times) ** 0.5))
    found = diebold_mariano(apart, horizon=horizon)
    return {
        "diebold_mariano": {
            "statistic": found.statistic,
            "p_value": found.p_value,
            "horizon": found.horizon,
            "n": found.n,
            "weights": found.weights,
        }
    }


def compare_forecasts(
    summing: Summing,
    scales: Scales,
    baseline: Floats,
    *,
    names: tuple[str, str],
    margin: float = 0.0,
) -> Comparison:
    """Compare the panel's own forecasts with others of the same rows.

    The same series, cut-offs or stretches of time are redrawn for both.

    Parameters
    ----------
    summing : Summing
        Of the candidate.
    scales : Scales
    baseline : ndarray of float, shape (n,)
    names : (str, str)
        Of candidate and baseline.
    margin : float
        The smallest gain worth having, in units of the metric.

    Returns
    -------
    Comparison
    """
    other = replace(summing, panel=replace(summing.panel, f=baseline))
    first, second = (head_quantity(each, scales) for each in (summing, other))
    difference, p_value = summing.difference(second, first)
    by = summing.redraws.by
    return Comparison(
        candidate=names[0],
        baseline=names[1],
        metric=first.name,
        title=first.title,
        greater_is_better=False,
        candidate_value=summing.mean(first),
        baseline_value=other.mean(second),
        difference=difference,
        p_value=p_value,
        test=f"paired bootstrap over {'series' if by == 'series' else by + 's'}",
        margin=margin,
        further=_diebold_mariano(summing.panel, baseline),
        verdict=verdict_word(difference.low, difference.high, margin),
        notes=difference.warnings,
    )
