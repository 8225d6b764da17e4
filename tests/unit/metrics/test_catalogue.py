"""Every entry of the catalogue is complete, and can be found."""

import inspect

import numpy as np
import pytest

from assay.errors import InputError
from assay.metrics.catalogue import METRICS, find_metric, metrics_for
from assay.metrics.measure import MetricInputs, measure
from assay.metrics.multilabel.from_rows import (
    answer_moments,
    drawn_labels,
    exact_cube,
    rank_moments,
)
from assay.metrics.regression.from_rows import distribution_of_rows, relative_moments
from assay.metrics.regression.quantities import (
    deviance_quantities,
    gamma_quantities,
    log_quantities,
    quantile_quantities,
    regression_quantities,
)
from assay.metrics.scores.loss_terms import multiclass_loss_terms
from assay.tables.cube import Cube
from assay.tables.distribution import Distribution
from metric_tables import cube_of, moments_of, scores_of

TASKS = ("binary", "multiclass", "multilabel", "regression")
N = 600


def inputs(task, *, n=N):
    rng = np.random.default_rng(31)
    if task == "binary":
        n = 8 * n  # enough for a cut that leaves 1 % of the rows above it
        y = rng.random(n) < 0.4
        s = np.clip(0.4 + 0.3 * (y - 0.4) + 0.2 * rng.standard_normal(n), 0.01, 0.99)
        return MetricInputs(cube=cube_of(y, s > 0.5), scores=scores_of(y, s))
    if task == "multilabel":
        return many_labels(rng.random((n, 3)) < 0.4, rng)
    if task == "multiclass":
        y = rng.integers(3, size=n)
        score = rng.gamma(1 + 2.0 * np.eye(3)[y])
        score /= score.sum(axis=1, keepdims=True)
        return MetricInputs(
            cube=cube_of(y, score.argmax(axis=1)),
            class_scores=[scores_of(y == k, score[:, k]) for k in range(3)],
            losses=moments_of(multiclass_loss_terms(y, score)),
            ranks=Cube.from_counts({"rank": (1, 2, 3, 4, 5, 6)}, [300, 150, 80, 40, 20, 10]),
        )
    y = 20 + 3 * rng.standard_normal(n)
    p = y + rng.standard_normal(n)
    return MetricInputs(
        errors=moments_of(regression_quantities(y, p, shift=20, median=20)),
        targets=distribution_of_rows(y),
        log_errors=moments_of(log_quantities(y, p)),
        deviances=moments_of(deviance_quantities(y, p)),
        gamma_deviances=moments_of(gamma_quantities(y, p)),
        quantile=0.6,
        quantile_losses=moments_of(quantile_quantities(y, p, 0.6, constant=20.5)),
        covered=Cube.from_counts({"covered": (False, True)}, [n // 3, n - n // 3]),
        relative_errors=relative_moments(y, p),
        absolute_errors=distribution_of_rows(np.abs(y - p)),
        absolute_targets=distribution_of_rows(np.abs(y)),
        n_features=4,
    )


def many_labels(y, rng):
    s = np.clip(0.5 + 0.3 * (y - 0.5) + 0.2 * rng.standard_normal(y.shape), 0, 1)
    given = s > 0.5
    return MetricInputs(
        cube=cube_of(y[:, 0], given[:, 0]),
        scores=scores_of(y[:, 0], s[:, 0]),
        class_scores=[scores_of(y[:, at], s[:, at]) for at in range(y.shape[1])],
        label_matches=exact_cube(y, given),
        label_answers=answer_moments(y, given),
        label_ranks=rank_moments(y, s),
        label_draws=drawn_labels(y, given),
    )


ENTRIES = [(task, metric) for task in TASKS for metric in metrics_for(task)]
IDS = [f"{task}-{metric.name}" for task, metric in ENTRIES]


@pytest.mark.parametrize(("task", "metric"), ENTRIES, ids=IDS)
def test_an_entry_measures_inside_its_range(task, metric):
    found = measure(metric, inputs(task), of=1 if task == "multiclass" else True)
    assert found.value is not None
    assert not found.too_few
    for end in (found.value, found.low, found.high):
        if end is not None:
            assert metric.lower_bound is None or end >= metric.lower_bound
            assert metric.upper_bound is None or end <= metric.upper_bound
    if found.low is None:
        assert found.reason
    else:
        assert found.low <= found.value <= found.high
    assert found.method


@pytest.mark.parametrize(("task", "metric"), ENTRIES, ids=IDS)
def test_a_wider_level_gives_a_wider_interval(task, metric):
    of = 1 if task == "multiclass" else True
    narrow, wide = (measure(metric, inputs(task), of=of, level=q) for q in (0.8, 0.99))
    if narrow.low is not None:
        assert wide.low <= narrow.low <= narrow.high <= wide.high
        assert wide.high - wide.low > narrow.high - narrow.low
        assert (narrow.level, wide.level) == (0.8, 0.99)


@pytest.mark.parametrize(("task", "metric"), ENTRIES, ids=IDS)
def test_an_empty_table_is_undefined_with_a_reason(task, metric):
    names = {"multiclass": (0, 1, 2), "regression": (0,)}.get(task, (False, True))
    square = np.zeros((len(names), len(names)), dtype=int)
    nothing, no_labels = np.zeros(0), np.zeros((0, 3), dtype=bool)
    terms = {"log_loss": nothing, "brier": nothing}
    empty = MetricInputs(
        cube=Cube.from_counts({"label": names, "prediction": names}, square),
        scores=scores_of(nothing, nothing),
        class_scores=[scores_of(nothing, nothing)] * 3,
        losses=moments_of(terms) if task == "multiclass" else None,
        errors=moments_of(regression_quantities(nothing, nothing)),
        targets=Distribution(nothing, nothing.astype(int), nothing, nothing),
        log_errors=moments_of(log_quantities(nothing, nothing)),
        deviances=moments_of(deviance_quantities(nothing, nothing)),
        gamma_deviances=moments_of(gamma_quantities(nothing, nothing)),
        quantile=0.6,
        quantile_losses=moments_of(quantile_quantities(nothing, nothing, 0.6, constant=0.0)),
        covered=Cube.from_counts({"covered": (False, True)}, [0, 0]),
        ranks=Cube.from_counts({"rank": (1, 2)}, [0, 0]),
        relative_errors=relative_moments(nothing, nothing),
        absolute_errors=Distribution(nothing, nothing.astype(int), nothing, nothing),
        absolute_targets=Distribution(nothing, nothing.astype(int), nothing, nothing),
        label_matches=exact_cube(no_labels, no_labels),
        label_answers=answer_moments(no_labels, no_labels),
        label_ranks=rank_moments(no_labels, no_labels.astype(float)),
        label_draws=drawn_labels(no_labels, no_labels),
        n_features=2,
    )
    found = measure(metric, empty, of=names[-1])
    assert found.value is None
    assert found.reason
    assert found.n == 0


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_an_entry_is_written_out(metric):
    assert len(metric.help) == 3
    assert all(line.endswith(".") and 20 < len(line) < 100 for line in metric.help)
    assert metric.title[0].isupper() or metric.title[0] in "F"
    assert inspect.getdoc(metric.function)


@pytest.mark.parametrize("task", TASKS)
def test_names_are_unique_in_a_task(task):
    names = [metric.name for metric in metrics_for(task)]
    assert len(names) == len(set(names)) >= 10


def test_finding_by_name_and_acronym():
    assert find_metric("roc_auc", task="binary").acronym == "AUC"
    assert find_metric("rmse", task="regression") is find_metric("RMSE", task="regression")
    assert find_metric("brier", task="multiclass").upper_bound == 2
    assert find_metric("brier", task="binary").upper_bound == 1


def test_top_k_is_found_for_any_k_of_several_classes():
    assert find_metric("top_2", task="multiclass").title == "Top-2 accuracy"
    assert find_metric("TOP_3", task="multiclass").name == "top_3"
    with pytest.raises(InputError, match="there is no metric 'top_2' for binary"):
        find_metric("top_2", task="binary")
    with pytest.raises(InputError, match="no metric 'top_0'"):
        find_metric("top_0", task="multiclass")


def test_an_unknown_name_brings_suggestions():
    with pytest.raises(InputError, match="did you mean precision"):
        find_metric("precison", task="binary")
    with pytest.raises(InputError, match="there are: mse"):
        find_metric("zzz", task="regression")


def test_without_its_table_nothing_is_measured():
    assert measure(find_metric("roc_auc", task="binary"), MetricInputs()) is None
    assert measure(find_metric("mape", task="regression"), MetricInputs()) is None
    given = MetricInputs(relative_errors=relative_moments(np.ones(2), np.ones(2)))
    assert measure(find_metric("mape", task="regression"), given) is None
