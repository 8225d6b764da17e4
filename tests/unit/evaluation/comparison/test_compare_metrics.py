"""Every metric that candidates are compared by: values, signs, weights, units."""

from dataclasses import replace

import numpy as np
import pytest

from assay.evaluation.comparison import labels
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.comparers import COMPARERS
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.judged import Answers, JudgedRows
from assay.metrics.catalogue import find_metric
from assay.stats import totals_bootstrap

N = 160
FAMILIES = [
    ("binary", "accuracy"),
    ("binary", "f1"),
    ("binary", "roc_auc"),
    ("binary", "average_precision"),
    ("binary", "ece"),
    ("binary", "log_loss"),
    ("multiclass", "macro_f1"),
    ("multilabel", "micro_f1"),
    ("regression", "rmse"),
    ("regression", "median_absolute_error"),
]
CASES = [(task, name) for task, known in COMPARERS.items() for name in known]


@pytest.fixture
def few_draws(monkeypatch):
    """Redraw little where the ends of an interval are not looked at closely."""
    monkeypatch.setattr(totals_bootstrap, "_DRAWN_PARTS", 1)
    monkeypatch.setattr(labels, "_DRAWN_CELLS", 1)


def made(task, *, n=N, seed=0, names=("new", "old")):
    """Rows of a task and two candidates, the first a little better."""
    rng = np.random.default_rng(seed)
    if task in ("regression", "forecasting"):
        y = rng.gamma(3.0, size=n)
        values = [y + rng.normal(size=n) * scale for scale in (0.5, 0.8)]
        answers = [Answers(name=name, values=v) for name, v in zip(names, values, strict=True)]
        return JudgedRows(task=task, truth=y), *answers
    if task == "multilabel":
        truth = rng.random((n, 4)) < np.array([0.5, 0.3, 0.4, 0.2])
        found = []
        for name, scale in zip(names, (0.8, 1.2), strict=True):
            score = 1 / (1 + np.exp(-(truth * 2.0 - 1 + rng.normal(size=(n, 4)) * scale)))
            found.append(Answers(name=name, labels=score >= 0.5, scores=score))
        return JudgedRows(task=task, truth=truth, classes=tuple("abcd")), *found
    k = 2 if task == "binary" else 3
    truth = rng.choice(k, size=n, p=[0.6, 0.4] if k == 2 else [0.5, 0.3, 0.2])
    found = []
    for name, scale in zip(names, (0.9, 1.3), strict=True):
        raw = np.eye(k)[truth] * 1.5 + rng.normal(size=(n, k)) * scale
        share = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
        scores = share[:, 1] if k == 2 else share
        found.append(Answers(name=name, labels=share.argmax(axis=1), scores=scores))
    return JudgedRows(task=task, truth=truth, classes=tuple("abc"[:k])), *found


def kinds(rows):
    """The same rows plain, weighted, in groups, and both."""
    rng = np.random.default_rng(1)
    weight = rng.uniform(0.5, 2.0, size=rows.n)
    unit = rng.integers(40, size=rows.n) * 3
    yield rows
    yield replace(rows, weight=weight)
    yield replace(rows, unit=unit, unit_kind="group")
    yield replace(rows, unit=unit, unit_kind="group", weight=weight)


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize(("task", "name"), CASES)
def test_the_difference_is_that_of_the_two_values(task, name):
    rows, new, old = made(task)
    for each in kinds(rows):
        found = compare_answers(each, new, old, metric=name)
        values = [metric_of(each, answers, name).value for answers in (new, old)]
        sign = 1 if find_metric(name, task=task).greater_is_better else -1
        assert found.difference.value == pytest.approx(sign * (values[0] - values[1]), abs=1e-10)
        assert found.difference.low < found.difference.value < found.difference.high
        assert found.candidate_value.value == values[0]
        assert found.difference.unit == each.unit_kind
        assert 0 < found.p_value <= 1


@pytest.mark.parametrize(("task", "name"), FAMILIES)
def test_swapping_the_two_turns_the_difference_round(task, name):
    rows, new, old = made(task)
    one = compare_answers(rows, new, old, metric=name).difference
    other = compare_answers(rows, old, new, metric=name).difference
    assert one.value == pytest.approx(-other.value, abs=1e-12)
    tolerance = 0.05 * (one.high - one.low)
    assert one.low == pytest.approx(-other.high, abs=tolerance)
    assert one.high == pytest.approx(-other.low, abs=tolerance)


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize(("task", "name"), CASES)
def test_equal_answers_do_not_differ(task, name):
    rows, new, _ = made(task)
    for each in kinds(rows):
        found = compare_answers(each, new, replace(new, name="copy"), metric=name, margin=0.1)
        assert found.difference.value == 0
        assert found.p_value == 1
        assert found.verdict == "equivalent within the margin"
        plain = compare_answers(each, new, replace(new, name="copy"), metric=name)
        assert plain.verdict == "not shown to be better"
        assert plain.rows_needed is None


@pytest.mark.parametrize(("task", "name"), FAMILIES)
def test_the_order_of_rows_changes_nothing_that_matters(task, name):
    rows, new, old = made(task)
    order = np.random.default_rng(5).permutation(rows.n)
    one = compare_answers(rows, new, old, metric=name).difference
    other = compare_answers(
        rows.take(order), new.take(order), old.take(order), metric=name
    ).difference
    assert one.value == pytest.approx(other.value, abs=1e-12)
    tolerance = 0.06 * (one.high - one.low)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=tolerance)


@pytest.mark.parametrize(("task", "name"), FAMILIES)
def test_equal_weights_are_no_weights(task, name):
    rows, new, old = made(task)
    one = compare_answers(rows, new, old, metric=name).difference
    heavy = replace(rows, weight=np.full(rows.n, 3.0))
    other = compare_answers(heavy, new, old, metric=name).difference
    assert one.value == pytest.approx(other.value, abs=1e-12)
    tolerance = 0.06 * (one.high - one.low)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=tolerance)
