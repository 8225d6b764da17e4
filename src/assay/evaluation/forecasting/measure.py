"""Forecasts in; how good they are by series, by horizon, and beside naive ones, out."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assay.errors import InputError
from assay.evaluation.curves import Curves
from assay.evaluation.forecast_history import split_history
from assay.evaluation.forecast_options import ForecastOptions
from assay.evaluation.forecasting.curves import (
    forecast_windows,
    horizon_errors,
    quantile_levels,
    residual_correlations,
    series_errors,
)
from assay.evaluation.forecasting.estimates import Summing
from assay.evaluation.forecasting.findings import forecast_findings
from assay.evaluation.forecasting.naive import seasonal_value
from assay.evaluation.forecasting.panel import Panel, read_panel
from assay.evaluation.forecasting.problems import shown_time
from assay.evaluation.forecasting.quantities import (
    Quantity,
    point_quantities,
    spread_quantities,
)
from assay.evaluation.forecasting.redraws import make_redraws
from assay.evaluation.forecasting.scale import Scales, naive_scales
from assay.evaluation.forecasting.season import Season, choose_season
from assay.evaluation.measured import Measured
from assay.evaluation.result import Head, MetricResult, NotComputed
from assay.result import Estimate, Finding, Json

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

SUFFIXES = {"median over series": "_median", "all rows together": "_total"}
POOLED = ("wape", "weighted_quantile_loss", "coverage")
"""Beside their mean over series these are given of all rows together."""
HEADS = ("relative_mase", "mase", "rmsse", "wape", "mae")
LEAST_KNOWN = 0.5
"""A naive forecast is held against the model where it is known for so many of the rows."""


def measure_forecast(
    data: "Dataset",
    *,
    train: "Dataset | None" = None,
    options: ForecastOptions | None = None,
    only: Collection[str] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Measured:
    """Judge forecasts: each series by itself, then the mean and the median over series.

    Errors are scaled by those of the seasonal naive forecast in the rows before (MASE, RMSSE),
    and held against the seasonal naive forecast on the judged rows themselves. The rows before
    are those of the table that have no prediction, or `train`.

    Intervals come from redrawing series, where there are 20 or more; else whole cut-offs, in
    blocks, where there are 3 or more; else stretches of time, which says nothing of forecasts
    from another place in time.

    Parameters
    ----------
    data : Dataset
        With a label, one column of predictions, a time, and where there are several a series.
    train : Dataset or None
        Rows of the same series before the forecasts.
    options : ForecastOptions or None
    only : collection of str or None
        Names of the metrics that are wanted; then no curves are made and no rules are run.
    level : float
        Coverage of intervals, in (0, 1).
    seed : int

    Returns
    -------
    Measured

    Raises
    ------
    InputError
        If a time is missing, a series has a time twice, a value is no finite number, or `only`
        names an unknown metric.

    References
    ----------
    Hyndman and Koehler 2006, Int. J. Forecasting 22:679, doi:10.1016/j.ijforecast.2006.03.001.

    Examples
    --------
    >>> from assay.data.dataset import Dataset
    >>> data = Dataset.from_arrays(
    ...     y_true=[1.0, 2.0, 4.0, 5.0], y_pred=[None, None, None, 4.0], time=[1, 2, 3, 4],
    ...     series=["a"] * 4)
    >>> found = {each.name: each.estimate.value for each in measure_forecast(data).metrics}
    >>> round(found["mase"], 3), found["mae"] # the naive error before was 1.5
    (0.667, 1.0)
    """
    data, before = split_history(data)
    told = options or ForecastOptions()
    panel = read_panel(data, train=before if train is None else train, options=told)
    past = panel.past.before(panel.first)
    season = choose_season(past, panel.frequency, told.season)
    scales = naive_scales(past, panel.n_series, season.periods)
    also = naive_scales(past, panel.n_series, 1) if season.periods > 1 else None
    quantities = [*point_quantities(panel, scales, also), *spread_quantities(panel)]
    summing = Summing(panel, make_redraws(panel, seed=seed), level, seed)
    naive = naive_panel(panel, season.periods)
    metrics = _metrics(summing, quantities, naive, scales, only)
    facts = _facts(panel, season, summing, naive, scales, also)
    if only is not None:
        return Measured(metrics=_chosen(metrics, only), head=_head(metrics, season), facts=facts)
    return Measured(
        metrics=metrics,
        head=_head(metrics, season),
        curves=_curves(panel, summing, quantities, scales, season.periods, level),
        findings=(
            *_two_pasts(train, before),
            *forecast_findings(panel, scales, metrics, season.why),
        ),
        not_computed=_not_computed(panel, scales),
        facts=facts,
    )


def naive_panel(panel: Panel, season: int) -> Panel | None:
    """Return the rows for which the seasonal naive forecast is known, with it as the forecast.

    None where it is known for fewer than half of the rows.
    """
    f = seasonal_value(panel.known, panel.series, panel.period, panel.origin, season)
    known = np.isfinite(f)
    if known.mean() < LEAST_KNOWN:
        return None
    return replace(panel, f=f, quantiles={}, bounds=None).take(known)


def _metrics(
    summing: Summing,
    quantities: list[Quantity],
    naive: Panel | None,
    scales: Scales,
    only: Collection[str] | None,
) -> tuple[MetricResult, ...]:
    found: list[MetricResult] = []
    if naive is not None and (ratio := _relative(summing, naive, scales)) is not None:
        found.append(ratio)
    several = summing.panel.n_series > 1
    for each in quantities:
        mean = summing.mean(each)
        if mean.value is None and each.name == "mase_1":
            continue
        found.append(_result(each, mean, "mean over series" if several else None))
        if several and mean.value is not None:
            found.append(_result(each, summing.median(each), "median over series"))
        if several and each.name.startswith(POOLED):
            found.append(_result(each, summing.total(each), "all rows together"))
    if only is not None:
        known = {each.name for each in found}
        if unknown := [name for name in only if name not in known]:
            msg = f"unknown metrics: {', '.join(unknown)}; there is: {', '.join(sorted(known))}"
            raise InputError(msg)
    return tuple(found)


def _result(quantity: Quantity, estimate: Estimate, over: str | None) -> MetricResult:
    return MetricResult(
        name=quantity.name + ("" if over is None else SUFFIXES.get(over, "")),
        title=quantity.title if over is None else f"{quantity.title}, {over}",
        estimate=estimate,
        average=over,
        params=quantity.params,
        greater_is_better=quantity.greater_is_better,
        help=quantity.help,
    )


def _relative(summing: Summing, naive: Panel, scales: Scales) -> MetricResult | None:
    """Hold the model's errors against those of the naive forecast on the same rows."""
    panel = summing.panel
    if naive.n < panel.n:
        f = seasonal_value(panel.known, panel.series, panel.period, panel.origin, scales.season)
        kept = np.isfinite(f)
        panel = panel.take(kept)
        summing = replace(
            summing,
            panel=panel,
            redraws=replace(
                summing.redraws,
                unit=summing.redraws.unit[kept],
            ),
        )
    one = panel.n_series == 1
    if not one and not np.isfinite(scales.absolute).any():
        return None
    model, other = (
        Quantity(
            name="relative_mase",
            title="",
            numerator=panel.w * np.abs(f - panel.y),
            denominator=panel.w,
            scale=None if one else scales.absolute,
            reasons=None if one else scales.reasons,
        )
        for f in (panel.f, naive.f)
    )
    m = scales.season
    against = f"seasonal naive (season {m})" if m > 1 else "naive (the last value)"
    return MetricResult(
        name="relative_mase",
        title=f"Error relative to {against}",
        estimate=summing.ratio(model, other),
        average=None if one else "mean over series",
        params={"season": m},
        greater_is_better=False,
        help=(
            "Mean absolute error (for several series the mean MASE) over that of the naive "
            "forecast of the same rows, made from the same place in time. Below 1 the model is "
            "closer than repeating the last season."
        ),
    )


def _head(metrics: tuple[MetricResult, ...], season: Season) -> Head:
    have = {each.name for each in metrics if each.estimate.value is not None}
    names = tuple(name for name in HEADS if name in have)
    said = f"The season has {season.periods} periods: {season.why}."
    if season.periods == 1:
        said = f"No season is taken (a season of 1): {season.why}."
    return Head(names or ("mae",), "forecasting", (said,), ())


def _curves(
    panel: Panel,
    summing: Summing,
    quantities: list[Quantity],
    scales: Scales,
    season: int,
    level: float,
) -> Curves:
    by_name = {each.name: each for each in quantities}
    name = "mase" if np.isfinite(scales.absolute).any() else "wape"
    values = summing.by_series(by_name[name])
    return Curves(
        forecast_windows=forecast_windows(panel, values),
        horizon_errors=horizon_errors(panel, scales, level=level),
        series_errors=series_errors(panel, summing, by_name[name]),
        residual_correlations=residual_correlations(panel, season),
        quantile_levels=quantile_levels(panel),
    )


def _facts(
    panel: Panel,
    season: Season,
    summing: Summing,
    naive: Panel | None,
    scales: Scales,
    also: Scales | None,
) -> dict[str, Json]:
    levels: list[Json] = list(panel.quantiles)
    return {
        "series": panel.n_series,
        "series_column": panel.columns.series,
        "frequency": panel.frequency.name,
        "season": season.periods,
        "season_why": season.why,
        "horizon": int(panel.step.max()),
        "cut_offs": int(panel.cuts.max()) + 1 if panel.with_cutoffs else 1,
        "cut_off_column": panel.columns.cutoff,
        "step_column": panel.columns.step,
        "rows_before": len(panel.past.y),
        "first_time": shown_time(int(panel.time.min()), temporal=panel.temporal),
        "last_time": shown_time(int(panel.time.max()), temporal=panel.temporal),
        "quantiles": levels,
        "redrawn": summing.redraws.by,
        "naive": None if naive is None else _of_naive(naive, summing, scales, also),
    }


def _of_naive(
    naive: Panel, summing: Summing, scales: Scales, also: Scales | None
) -> dict[str, Json]:
    """Return what the naive forecast scores on the rows for which it is known."""
    summed = replace(summing, panel=naive)
    values: dict[str, Json] = {}
    for each in point_quantities(naive, scales, also):
        by_series = summed.by_series(each)
        known = by_series[np.isfinite(by_series)]
        if len(known):
            values[each.name] = float(known.mean())
            if naive.n_series > 1:
                values[f"{each.name}_median"] = float(np.median(known))
    name = "naive"
    title = "the naive forecast (the last value)"
    if scales.season > 1:
        name = "seasonal_naive"
        title = f"the seasonal naive forecast (season {scales.season})"
    return {"name": name, "title": title, "rows": naive.n, "metrics": values}


def _not_computed(panel: Panel, scales: Scales) -> tuple[NotComputed, ...]:
    parts: list[NotComputed] = []
    if not np.isfinite(scales.absolute).any():
        reasons = [each for each in scales.reasons if each is not None]
        reason = max(set(reasons), key=reasons.count)
        title = "MASE, RMSSE and the comparison with naive forecasts"
        turn_on = "--train HISTORY, or rows without a prediction in the table"
        parts.append(NotComputed(title, reason, turn_on))
    if not panel.quantiles:
        parts.append(
            NotComputed(
                "Quantile loss, CRPS and coverage",
                "the table has no predicted quantiles",
                "columns named q0.1, …, q0.9",
            )
        )
    return tuple(parts)


def _two_pasts(train: "Dataset | None", before: "Dataset | None") -> tuple[Finding, ...]:
    """Tell that rows without a prediction were left out, because train rows were given."""
    if train is None or before is None:
        return ()
    rows = before.count_rows()
    return (
        Finding(
            rule="rows_without_forecast",
            severity="info",
            message=f"{rows:,} rows have no prediction and were left out: train rows were given.",
            evidence={"rows": rows},
            cause="They are history, or the model had no answer for them.",
            advice="If the model had no answer, look at why: those rows are not judged.",
        ),
    )


def _chosen(metrics: tuple[MetricResult, ...], only: Collection[str]) -> tuple[MetricResult, ...]:
    return tuple(each for each in metrics if each.name in set(only))
