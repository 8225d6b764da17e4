"""Judged forecasts in; what each metric adds up over the rows of a series out."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.forecasting.losses import (
    LEAST_LEVELS,
    mean_pinball,
    pinball,
    symmetric_absolute,
)
from assay.evaluation.forecasting.panel import Panel
from assay.evaluation.forecasting.scale import Scales
from assay.result import Json

Floats = NDArray[np.float64]
FORECAST_TITLES = {
    "mase": "MASE",
    "rmsse": "RMSSE",
    "wape": "WAPE",
    "mae": "MAE",
    "rmse": "RMSE",
    "smape": "sMAPE",
    "mape": "MAPE",
}
"""Names of the metrics of a series, short, for people."""
NEAR_ZERO = 0.01
"""A percentage of a target below this share of the median one means nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantity:
    """A metric of one series: root(Σ numerator / Σ denominator) / scale.

    Parameters
    ----------
    name, title : str
    numerator : ndarray of float, shape (n,)
    denominator : ndarray of float, shape (n,)
    root : bool
    scale : ndarray of float or None, shape (n_series,)
        NaN where a series has none.
    reasons : tuple of (str or None) or None, length n_series
        Why it is not defined for a series.
    greater_is_better : bool or None
    params : mapping
    help : str
    """

    name: str
    title: str
    numerator: Floats
    denominator: Floats
    root: bool = False
    scale: Floats | None = None
    reasons: tuple[str | None, ...] | None = None
    greater_is_better: bool | None = False
    params: dict[str, Json] = field(default_factory=dict)
    help: str = ""

    def values(self, numerator: Floats, denominator: Floats) -> Floats:
        """Return the metric from sums over rows; the last axis is the series."""
        able = denominator > 0
        ratio = np.where(able, numerator / np.where(able, denominator, 1.0), np.nan)
        if self.root:
            ratio = np.sqrt(np.maximum(ratio, 0.0))
        return ratio if self.scale is None else ratio / self.scale


def point_quantities(panel: Panel, scales: Scales, also: Scales | None) -> list[Quantity]:
    """Return the metrics of predicted numbers.

    Parameters
    ----------
    panel : Panel
    scales : Scales
        By the season.
    also : Scales or None
        By the period before, where there is a season.
    """
    y, f, w = panel.y, panel.f, panel.w
    error = f - y
    size, square = w * np.abs(error), w * error**2
    m = scales.season
    scaled = [] if also is None else [_mase(size, w, also, name="mase_1")]
    return [
        _mase(size, w, scales, name="mase"),
        Quantity(
            name="rmsse",
            title=f"RMSSE (season {m})" if m > 1 else "RMSSE",
            numerator=square,
            denominator=w,
            root=True,
            scale=np.sqrt(scales.squared),
            reasons=scales.reasons,
            params={"season": m},
            help="Like MASE with squared errors: large misses count more.",
        ),
        *scaled,
        _wape(size, w * np.abs(y), "wape", "WAPE"),
        Quantity(
            name="mae",
            title="MAE",
            numerator=size,
            denominator=w,
            help="How far off a forecast is on average, in the unit of the label; series of "
            "large numbers rule its mean over series.",
        ),
        Quantity(
            name="rmse",
            title="RMSE",
            numerator=square,
            denominator=w,
            root=True,
            help="Like MAE, but large misses count more.",
        ),
        Quantity(
            name="mean_error",
            title="Mean error (forecast - truth)",
            numerator=w * error,
            denominator=w,
            greater_is_better=None,
            help="Above 0 the forecasts are too high on average.",
        ),
        Quantity(
            name="smape",
            title="sMAPE (0 to 200)",
            numerator=w * symmetric_absolute(y, f),
            denominator=w,
            help="The error as a share of the mean of truth and forecast; near zeros rule it.",
        ),
        _mape(panel, size),
    ]


def _mase(size: Floats, w: Floats, scales: Scales, *, name: str) -> Quantity:
    m = scales.season
    title = f"MASE (season {m})" if m > 1 else "MASE (against the period before)"
    return Quantity(
        name=name,
        title=title,
        numerator=size,
        denominator=w,
        scale=scales.absolute,
        reasons=scales.reasons,
        params={"season": m},
        help=(
            "Mean absolute error over that of the naive forecast in the rows before: below 1 it "
            "is closer than repeating the last season was there, one season ahead."
        ),
    )


def _wape(size: Floats, targets: Floats, name: str, title: str) -> Quantity:
    return Quantity(
        name=name,
        title=title,
        numerator=size,
        denominator=targets,
        help="All errors over all targets: a share of the quantity that was missed.",
    )


def _mape(panel: Panel, size: Floats) -> Quantity:
    """Return the percentage error; undefined for a series with a target near 0."""
    target = np.abs(panel.y)
    order = np.lexsort((target, panel.series))
    n = np.bincount(panel.series, minlength=panel.n_series)
    starts = np.concatenate(([0], np.cumsum(n)[:-1]))
    ordered = target[order]
    median = (ordered[starts + (n - 1) // 2] + ordered[starts + n // 2]) / 2
    least = ordered[starts]
    near = (least < NEAR_ZERO * median) | (median == 0)
    reason = "some targets are near 0, of which a percentage means nothing"
    return Quantity(
        name="mape",
        title="MAPE",
        numerator=np.where(target > 0, size / np.where(target > 0, target, 1.0), 0.0),
        denominator=panel.w,
        scale=np.where(near, np.nan, 1.0),
        reasons=tuple(reason if each else None for each in near.tolist()),
        help="The error as a share of the target; small targets rule it. Look at WAPE.",
    )


def spread_quantities(panel: Panel) -> list[Quantity]:
    """Return the metrics of predicted quantiles and intervals."""
    y, w, quantiles = panel.y, panel.w, panel.quantiles
    found: list[Quantity] = []
    if quantiles:
        levels: list[Json] = list(quantiles)
        loss = w * mean_pinball(y, quantiles)
        found += [
            Quantity(
                name="quantile_loss",
                title=f"Quantile loss, mean of {len(levels)} levels",
                numerator=loss,
                denominator=w,
                params={"levels": levels},
                help="How far truth and predicted quantiles are apart, in the unit of the label.",
            ),
            Quantity(
                name="weighted_quantile_loss",
                title="Weighted quantile loss",
                numerator=2 * loss,
                denominator=w * np.abs(y),
                params={"levels": levels},
                help="Twice the quantile loss over the size of the targets; for a forecast "
                "without spread it is the WAPE.",
            ),
        ]
        if len(levels) >= LEAST_LEVELS:
            crps = Quantity(
                name="crps",
                title="CRPS (from quantiles)",
                numerator=2 * loss,
                denominator=w,
                params={"levels": levels},
                help="Mean absolute error of a whole predicted distribution.",
            )
            found.append(crps)
    return found + _coverages(panel)


def _coverages(panel: Panel) -> list[Quantity]:
    y, w = panel.y, panel.w
    found: list[Quantity] = []
    for level, low, high in intervals_of(panel):
        inside = w * ((low <= y) & (y <= high))
        told = "interval" if level is None else f"{level * 100:g} % interval"
        found.append(
            Quantity(
                name="coverage" if level is None else f"coverage_{level * 100:g}",
                title=f"Coverage of the {told}",
                numerator=inside,
                denominator=w,
                greater_is_better=None,
                params={"level": level},
                help="Share of the truth inside the predicted interval; it should be its level.",
            )
        )
    return found


def intervals_of(panel: Panel) -> list[tuple[float | None, Floats, Floats]]:
    """Return the predicted intervals, the widest first, by level (None where nobody said it)."""
    found: list[tuple[float | None, Floats, Floats]] = []
    for low, lower in panel.quantiles.items():
        upper = panel.quantiles.get(round(1 - low, 10))
        if low < 0.5 and upper is not None:
            found.append((round(1 - 2 * low, 10), lower, upper))
    if panel.bounds is not None:
        found.append((None, *panel.bounds))
    return found


def level_losses(panel: Panel) -> dict[float, tuple[float, float]]:
    """Return, by level, the share of the truth at or below the quantile and the quantile loss."""
    total = panel.w.sum()
    return {
        level: (
            float((panel.w * (panel.y <= q)).sum() / total),
            float((panel.w * pinball(panel.y, q, level)).sum() / total),
        )
        for level, q in panel.quantiles.items()
    }
