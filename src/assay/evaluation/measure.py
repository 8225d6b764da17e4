"""The tables of one evaluation in, its metrics out."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from assay.evaluation.coarse import coarsen
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.catalogue import find_metric, metrics_for
from assay.metrics.measure import MetricInputs
from assay.metrics.measure import measure as measure_metric
from assay.metrics.metric import Metric
from assay.metrics.scores.ece import METRIC as ECE
from assay.metrics.scores.roc_auc import METRIC as ROC_AUC
from assay.result import Estimate
from assay.tables.cube import Level

ONLY_FOR_PROBABILITIES = frozenset(
    {
        "brier",
        "brier_skill",
        "calibration_in_the_large",
        "calibration_intercept",
        "calibration_slope",
        "ece",
        "log_loss",
        "log_loss_skill",
        "mce",
        "spiegelhalter_z",
    }
)
FITTED_THROUGH_SCORES = frozenset(
    {"calibration_in_the_large", "calibration_intercept", "calibration_slope"}
)
AVERAGES = ("macro", "weighted", "micro")
FAULTS = (ArithmeticError, ValueError, IndexError, np.linalg.LinAlgError)


def measure(inputs: Inputs, *, only: Collection[str] | None = None) -> tuple[MetricResult, ...]:
    """Compute every metric of the catalogue that the tables allow.

    A metric that fails is an entry with its reason; the others stand.

    Parameters
    ----------
    inputs : Inputs
    only : collection of str or None
        Names of the metrics that are wanted; None for all.

    Returns
    -------
    tuple of MetricResult
        In the order of the catalogue; per-class metrics with one entry a class.

    Raises
    ------
    InputError
        If `only` names a metric that the task does not have.
    """
    task = inputs.plan.target.task
    catalogue = metrics_for(task)
    if only is not None:
        only = {find_metric(name, task=task).name for name in only}
    tables = _metric_inputs(inputs)
    coarse = tables if inputs.scores is None else replace(tables, scores=coarsen(inputs.scores))
    found: list[MetricResult] = []
    for metric in catalogue:
        if only is None or metric.name in only:
            fitted = metric.name in FITTED_THROUGH_SCORES
            found += _entries(metric, inputs, coarse if fitted else tables)
    if task == "multiclass" and only is None:
        found += _areas_by_class(inputs)
        found += _top_calibration(inputs)
    return tuple(found)


def _entries(metric: Metric, inputs: Inputs, tables: MetricInputs) -> list[MetricResult]:
    if metric.name in ONLY_FOR_PROBABILITIES and not inputs.plan.as_probabilities:
        return []
    asked: tuple[Level, ...] = (None,)
    if metric.per_class:
        target = inputs.plan.target
        asked = (target.positive,) if target.task == "binary" else inputs.classes
    entries = [_entry(metric, tables, value, inputs.plan.level) for value in asked]
    return [entry for entry in entries if entry is not None]


def _entry(metric: Metric, tables: MetricInputs, of: Level, level: float) -> MetricResult | None:
    try:
        estimate = measure_metric(metric, tables, of=of, level=level)
    except FAULTS as error:
        estimate = Estimate.undefined(f"could not be computed: {error}", level=level)
    if estimate is None:
        return None
    first = metric.name.split("_")[0]
    title = metric.title
    if first in AVERAGES:  # the name of the metric comes first, its average behind it
        plain = title.removeprefix(f"{first.capitalize()} ")
        title = f"{plain[0].upper()}{plain[1:]} ({first})"
    return MetricResult(
        name=metric.name,
        title=title,
        estimate=estimate,
        label=None if of is None else str(of),
        average=first if first in AVERAGES else None,
        greater_is_better=metric.greater_is_better,
        help=" ".join(metric.help),
    )


def _areas_by_class(inputs: Inputs) -> list[MetricResult]:
    found: list[MetricResult] = []
    for value, table in (inputs.class_scores or {}).items():
        entry = _entry(ROC_AUC, MetricInputs(scores=table), value, inputs.plan.level)
        found += [] if entry is None else [entry]
    return found


def _top_calibration(inputs: Inputs) -> list[MetricResult]:
    """Return the calibration error of the highest probability of each row."""
    if inputs.top_scores is None:
        return []
    entry = _entry(ECE, MetricInputs(scores=inputs.top_scores), None, inputs.plan.level)
    if entry is None:
        return []
    return [replace(entry, title=f"{entry.title}, top label", params={"of": "top label"})]


def _metric_inputs(inputs: Inputs) -> MetricInputs:
    column, kind = inputs.plan.data.unit
    class_scores = inputs.class_scores
    return MetricInputs(
        cube=inputs.cube,
        draws=inputs.draws,
        scores=inputs.scores,
        class_scores=None if class_scores is None else list(class_scores.values()),
        losses=inputs.losses,
        errors=inputs.moments("errors"),
        relative_errors=inputs.moments("relative_errors"),
        absolute_errors=inputs.distribution("absolute_errors"),
        absolute_targets=inputs.distribution("absolute_targets"),
        n_features=inputs.plan.n_features,
        unit=kind if column else "row",
    )
