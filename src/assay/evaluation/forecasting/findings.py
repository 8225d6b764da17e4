"""Judged forecasts and their numbers in, what a person should know out."""

from itertools import pairwise

import numpy as np

from assay.evaluation.forecasting.panel import Panel
from assay.evaluation.forecasting.problems import MAX_NAMED, named
from assay.evaluation.forecasting.scale import Scales
from assay.evaluation.result import MetricResult
from assay.result import Estimate, Finding

MISCOVERED = 0.05
"""A coverage this far from its level matters."""


def forecast_findings(
    panel: Panel, scales: Scales, metrics: tuple[MetricResult, ...], season_why: str
) -> tuple[Finding, ...]:
    """Return what the numbers and the rows say, besides that they were sorted."""
    found = {each.name: each for each in metrics}
    return (
        *panel.findings,
        *_worse_than_naive(found, scales, season_why),
        *_gaps(panel),
        *_no_scale(panel, scales),
        *_constant(panel),
        *_miscovered(metrics),
        *_crossing(panel),
    )


def _worse_than_naive(
    found: dict[str, MetricResult], scales: Scales, season_why: str
) -> tuple[Finding, ...]:
    """Tell that the naive forecast would have been closer, on the same rows where it is known."""
    naive = "the seasonal naive forecast" if scales.season > 1 else "the naive forecast"
    ratio = found.get("relative_mase")
    mase = None if "mase" not in found else found["mase"].estimate
    judged = mase if ratio is None or ratio.estimate.value is None else ratio.estimate
    if judged is None or judged.value is None or judged.value <= 1:
        return ()
    sure = judged.low is not None and judged.low > 1
    where = "in the rows before" if judged is mase else "on the same rows"
    shown = "" if sure else "; its interval reaches 1"
    evidence = {"ratio": judged.value, "low": judged.low, "high": judged.high}
    return (
        Finding(
            rule="worse_than_seasonal_naive",
            severity="warning",
            message=(
                f"The errors are {judged.value:.3g} times those of {naive} {where}{shown}: "
                "repeating what was last seen would do as well or better."
            ),
            where={"metric": "mase" if judged is mase else "relative_mase"},
            evidence={
                **evidence,
                "mase": None if mase is None else mase.value,
                "season": scales.season,
                "season_why": season_why,
            },
            cause=(
                "The model misses the season or the level of the last values, or it was made for "
                "another horizon."
            ),
            advice=(
                "Give the model the last season's values as features, check that it was fitted up "
                "to the last row before the forecast, or use the naive forecast."
            ),
        ),
    )


def _gaps(panel: Panel) -> tuple[Finding, ...]:
    """Tell of periods that are missing between the first and the last of a series."""
    if panel.frequency.grid == "order":
        if panel.frequency.name == "one time a series":
            return ()
        return (
            Finding(
                rule="irregular_times",
                severity="info",
                message="The times of the series follow no even grid: they were counted instead.",
                evidence={"frequency": panel.frequency.name},
                cause="Times are those of events, or are not rounded to a period.",
                advice="Round the times to a period, so that seasons and horizons mean something.",
            ),
        )
    known = panel.known
    n = np.bincount(known.series, minlength=panel.n_series)
    ends = np.cumsum(n) - 1
    span = known.period[ends] - known.period[ends - n + 1] + 1
    lacking = span - n
    which = np.flatnonzero(lacking > 0)
    if not len(which):
        return ()
    worst = which[np.argsort(-lacking[which], kind="stable")]
    share = float(lacking.sum() / span.sum())
    names = [panel.names[each] for each in worst[:MAX_NAMED].tolist()]
    return (
        Finding(
            rule="gaps_in_series",
            severity="info",
            message=(
                f"{int(lacking.sum()):,} periods ({share:.1%}) have no row in {len(which):,} "
                f"series; most are missing in {panel.names[worst[0]]!r}."
            ),
            where={"series": list(names)},
            evidence={"periods": int(lacking.sum()), "share": share, "series": len(which)},
            cause="Rows were left out where nothing happened or nothing was recorded.",
            advice=(
                "Fill in a row for each period where no row means zero; metrics leave the others "
                "out."
            ),
        ),
    )


def _no_scale(panel: Panel, scales: Scales) -> tuple[Finding, ...]:
    """Name the series without a MASE, where others have one."""
    lacking = [i for i, reason in enumerate(scales.reasons) if reason is not None]
    if not lacking or len(lacking) == panel.n_series:
        return ()
    by_reason: dict[str, list[str]] = {}
    for each in lacking:
        by_reason.setdefault(scales.reasons[each] or "", []).append(panel.names[each])
    said = "; ".join(f"{named(names)}: {reason}" for reason, names in by_reason.items())
    return (
        Finding(
            rule="series_without_scale",
            severity="info",
            message=(
                f"{len(lacking):,} of {panel.n_series:,} series have no MASE and RMSSE and are "
                f"left out of their mean ({said})."
            ),
            where={"series": [panel.names[each] for each in lacking[:MAX_NAMED]]},
            evidence={"series": len(lacking), "of": panel.n_series},
            cause="Their past is missing, shorter than a season, or the same in every season.",
            advice="Give more rows of these series with --train, or look at MAE and WAPE.",
        ),
    )


def _constant(panel: Panel) -> tuple[Finding, ...]:
    """Tell of forecasts that are one number for a series whose truth is not."""
    spread = [_most(panel, each) - _least(panel, each) for each in (panel.f, panel.y)]
    n = np.bincount(panel.series, minlength=panel.n_series)
    flat = np.flatnonzero((spread[0] == 0) & (spread[1] > 0) & (n >= 5))
    if len(flat) < max(1, panel.n_series // 2):
        return ()
    names = [panel.names[each] for each in flat.tolist()]
    return (
        Finding(
            rule="flat_forecasts",
            severity="info",
            message=(
                f"The forecasts of {len(flat):,} of {panel.n_series:,} series are one number "
                f"throughout ({named(names)})."
            ),
            where={"series": list(names[:MAX_NAMED])},
            evidence={"series": len(flat), "of": panel.n_series},
            cause="The model repeats the last level; for a series without structure that is best.",
            advice="Look at the windows; where a season shows, a model should follow it.",
        ),
    )


def _least(panel: Panel, values: np.ndarray) -> np.ndarray:
    out = np.full(panel.n_series, np.inf)
    np.minimum.at(out, panel.series, values)
    return out


def _most(panel: Panel, values: np.ndarray) -> np.ndarray:
    return -_least(panel, -values)


def _miscovered(metrics: tuple[MetricResult, ...]) -> tuple[Finding, ...]:
    """Tell of the interval whose coverage lies furthest from its level."""
    worst: tuple[float, MetricResult, float] | None = None
    for each in metrics:
        level = each.params.get("level")
        if not each.name.startswith("coverage_") or not isinstance(level, float):
            continue
        off = _off(each.estimate, level)
        if off > MISCOVERED and (worst is None or off > worst[0]):
            worst = (off, each, level)
    if worst is None:
        return ()
    _, metric, level = worst
    estimate = metric.estimate
    narrow = (estimate.value or 0.0) < level
    return (
        Finding(
            rule="forecast_interval_miscovers",
            severity="warning",
            message=(
                f"The predicted {level * 100:g} % intervals hold {estimate.value:.1%} of the "
                f"truth: they are too {'narrow' if narrow else 'wide'}."
            ),
            where={"metric": metric.name},
            evidence={
                "level": level,
                "coverage": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
            },
            cause=(
                "Intervals made from residuals of the rows that a model was fitted on are too "
                "narrow; those of a model that is unsure of everything are too wide."
            ),
            advice="Make them from residuals of a rolling origin (conformal intervals).",
        ),
    )


def _off(estimate: Estimate, level: float) -> float:
    """Return how far the coverage is from its level, where the interval excludes that."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None or low <= level <= high:
        return 0.0
    return abs(value - level)


def _crossing(panel: Panel) -> tuple[Finding, ...]:
    """Tell of quantiles that are not in the order of their levels."""
    columns = list(panel.quantiles.values())
    if len(columns) < 2:
        return ()
    crossed = np.zeros(panel.n, dtype=bool)
    for lower, upper in pairwise(columns):
        crossed |= lower > upper
    if not crossed.any():
        return ()
    return (
        Finding(
            rule="quantiles_cross",
            severity="info",
            message=(
                f"In {int(crossed.sum()):,} rows ({crossed.mean():.1%}) a predicted quantile lies "
                "above one of a higher level."
            ),
            evidence={"rows": int(crossed.sum()), "share": float(crossed.mean())},
            cause="Each quantile was predicted by a model of its own.",
            advice="Sort the quantiles of each row.",
        ),
    )
