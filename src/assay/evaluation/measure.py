"""The tables of one evaluation in, its metrics out."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from assay.evaluation.coarse import coarsen
from assay.evaluation.inputs import Inputs
from assay.evaluation.result import MetricResult
from assay.metrics.catalogue import find_metric, metrics_for
from assay.metrics.confusion.top_k import LEAST_CLASSES
from assay.metrics.draws import draw_cells
from assay.metrics.measure import MetricInputs
from assay.metrics.measure import measure as measure_metric
from assay.metrics.metric import Metric, Task
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
OF_A_QUANTILE = frozenset({"covered", "quantile_losses"})
AVERAGES = ("macro", "weighted", "micro", "samples")
OF_A_LABEL = frozenset({"cube", "scores"})
OF_ANSWERS = frozenset({"precision", "recall", "f1"})
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
    wanted = metrics_for(task)
    if only is not None:
        wanted = _by_name(only, task)
    elif len(inputs.classes) < LEAST_CLASSES:
        wanted = tuple(metric for metric in wanted if metric.needs != "ranks")
    tables = _metric_inputs(inputs)
    coarse = tables if inputs.scores is None else replace(tables, scores=coarsen(inputs.scores))
    found: list[MetricResult] = []
    for metric in wanted:
        fitted = metric.name in FITTED_THROUGH_SCORES
        found += _entries(metric, inputs, coarse if fitted else tables)
    if task == "multiclass" and only is None:
        found += _areas_by_class(inputs)
        found += _top_calibration(inputs)
    if task == "multilabel":  # what is said of all labels comes before each by itself
        found.sort(key=lambda entry: entry.label is not None)
    return tuple(found)


def _by_name(names: Collection[str], task: Task) -> tuple[Metric, ...]:
    """Return the named metrics in the order of the catalogue; those outside it come last."""
    asked = {metric.name: metric for metric in (find_metric(each, task=task) for each in names)}
    listed = [metric for metric in metrics_for(task) if metric.name in asked]
    outside = [asked[name] for name in asked if all(name != each.name for each in listed)]
    return (*listed, *outside)


def _entries(metric: Metric, inputs: Inputs, tables: MetricInputs) -> list[MetricResult]:
    if metric.name in ONLY_FOR_PROBABILITIES and not inputs.plan.as_probabilities:
        return []
    if inputs.plan.target.task == "multilabel" and metric.needs in OF_A_LABEL:
        return _by_label(metric, inputs)
    asked: tuple[Level, ...] = (None,)
    if metric.per_class:
        target = inputs.plan.target
        asked = (target.positive,) if target.task == "binary" else inputs.classes
    entries = [_entry(metric, tables, value, inputs.plan.level) for value in asked]
    return [entry for entry in entries if entry is not None]


def _by_label(metric: Metric, inputs: Inputs) -> list[MetricResult]:
    """Return a metric of each label, from the tables of that label alone."""
    if metric.name in OF_ANSWERS and not inputs.answered:
        return []
    found: list[MetricResult] = []
    for name, cube in inputs.label_cubes.items():
        tables = MetricInputs(cube=cube, scores=inputs.label_scores.get(name))
        if metric.name == "f1" and cube.n_rows:
            draws = draw_cells(cube, seed=inputs.plan.seed, classes=(f"not {name}", name))
            tables = replace(tables, draws=draws)
        entry = _entry(metric, tables, name, inputs.plan.level)
        found += [] if entry is None else [entry]
    return found


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
        params={"quantile": tables.quantile} if metric.needs in OF_A_QUANTILE else {},
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
        targets=inputs.distribution("targets"),
        log_errors=inputs.moments("log_errors"),
        deviances=inputs.moments("deviances"),
        gamma_deviances=inputs.moments("gamma_deviances"),
        quantile_losses=inputs.moments("quantile_losses"),
        covered=inputs.counts("covered"),
        quantile=inputs.plan.quantile,
        ranks=inputs.counts("ranks"),
        label_matches=inputs.label_matches,
        label_answers=inputs.moments("label_answers"),
        label_ranks=inputs.moments("label_ranks"),
        label_draws=inputs.label_draws,
        n_features=inputs.plan.n_features,
        unit=kind if column else "row",
    )
