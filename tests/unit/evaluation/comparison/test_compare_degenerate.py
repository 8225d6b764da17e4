"""Comparisons of few, equal, separated or weightless rows: no claim without a test behind it."""

import numpy as np
import pytest

from assay.errors import InputError
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.comparers import COMPARERS
from assay.evaluation.judged import Answers, JudgedRows


def of_two(truth, first, second, **about):
    truth = np.asarray(truth, dtype=np.int64)
    scores = [np.asarray(each, dtype=np.float64) for each in (first, second)]
    named = zip("AB", scores, strict=True)
    answers = [Answers(name=n, labels=(s >= 0.5).astype(np.int64), scores=s) for n, s in named]
    return JudgedRows(task="binary", truth=truth, classes=(0, 1), **about), *answers


def test_areas_that_differ_without_variance_keep_their_difference():
    found = compare_answers(*of_two([0, 1] * 20, [0.2, 0.8] * 20, [0.3] * 40), metric="roc_auc")
    assert found.difference.value == 0.5
    assert found.p_value == pytest.approx(2 * 0.5**20)
    assert found.verdict == "better"
    few = compare_answers(*of_two([0, 1] * 4, [0.2, 0.8] * 4, [0.3] * 8), metric="roc_auc")
    assert few.p_value == 0.125
    assert few.difference.low <= 0
    assert few.verdict == "not shown to be better"


def test_two_that_separate_these_rows_may_differ_on_others():
    rng = np.random.default_rng(5)
    truth = np.tile([0, 1], 25)
    one, other = (truth + 0.4 * rng.random(50) for _ in range(2))
    found = compare_answers(*of_two(truth, one, other), metric="roc_auc").difference
    assert found.value == 0
    assert -found.low == pytest.approx(found.high)
    assert 0.1 < found.high < 0.2  # Wilson's interval of 25 of 25 begins at 0.867
    same = compare_answers(*of_two(truth, one, one**2), metric="roc_auc").difference
    assert (same.low, same.high) == (0.0, 0.0)


def test_areas_near_1_hold_the_true_difference():
    truth, held = 0.0313, 0  # of a million rows: 0.991 less 0.960
    for seed in range(200):
        rng = np.random.default_rng([6, seed])
        y = np.tile([0, 0, 0, 1, 1], 10)
        shared = 0.8 * rng.normal(size=50)
        scores = [g * (2 * y - 1) + shared + 0.8 * rng.normal(size=50) for g in (1.9, 1.4)]
        held += compare_answers(*of_two(y, *scores), metric="roc_auc").difference.covers(truth)
    assert held >= 184  # plain DeLong held it 168 times


def test_equal_rankings_do_not_differ():
    scores = np.random.default_rng(0).random(40)
    found = compare_answers(*of_two([0, 1] * 20, scores, scores**2), metric="roc_auc")
    assert (found.difference.value, found.difference.low, found.p_value) == (0.0, 0.0, 1.0)


def test_one_group_shows_no_variation():
    rng = np.random.default_rng(1)
    about = {"unit": np.zeros(40, dtype=np.int64), "unit_kind": "group"}
    rows = of_two([0, 1] * 20, rng.random(40), rng.random(40), **about)
    for metric in ("roc_auc", "log_loss", "f1", "ece"):
        found = compare_answers(*rows, metric=metric)
        assert found.difference.low is None
        assert found.difference.reason == "one group shows no variation: no interval"
        assert found.verdict == "not shown to be better"


@pytest.mark.parametrize("metric", list(COMPARERS["binary"]))
def test_two_rows_decide_nothing(metric):
    found = compare_answers(*of_two([0, 1], [0.2, 0.8], [0.8, 0.2]), metric=metric)
    assert found.verdict == "not shown to be better"


def test_no_calibration_error_at_all_is_better_only_where_rows_show_it():
    few = compare_answers(*of_two([0, 1], [0, 1], [1, 0]), metric="ece")
    many = compare_answers(*of_two([0, 1] * 20, [0, 1] * 20, [1, 0] * 20), metric="ece")
    assert (few.verdict, many.verdict) == ("not shown to be better", "better")
    assert many.p_value < 0.01


@pytest.mark.parametrize("metric", ["accuracy", "log_loss", "roc_auc", "f1", "ece"])
def test_rows_of_weight_0_are_not_there(metric):
    rng = np.random.default_rng(2)
    truth, weight = np.tile([0, 1], 40), np.tile([1.0, 1.0, 2.0, 0.0, 0.0], 16)
    rows, one, other = of_two(truth, rng.random(80), rng.random(80), weight=weight)
    held = weight > 0
    found = compare_answers(rows, one, other, metric=metric)
    wanted = compare_answers(rows.take(held), one.take(held), other.take(held), metric=metric)
    assert found == wanted


def test_one_row_with_weight_decides_nothing():
    rng = np.random.default_rng(3)
    rows = of_two([0, 1] * 20, rng.random(40), rng.random(40), weight=np.eye(40)[0])
    assert compare_answers(*rows, metric="log_loss").verdict == "not shown to be better"


def test_no_weight_at_all_is_an_error():
    rows = of_two([0, 1], [0.1, 0.2], [0.3, 0.4], weight=np.zeros(2))
    with pytest.raises(InputError, match="every row has weight 0"):
        compare_answers(*rows)


def test_a_target_that_is_not_finite_is_an_error():
    rows = JudgedRows(task="regression", truth=np.array([1.0, np.inf]))
    same = Answers(name="A", values=np.zeros(2))
    with pytest.raises(InputError, match="1 rows have a target that is no finite number"):
        compare_answers(rows, same, same)


def test_redraws_that_leave_the_metric_undefined_show_nothing():
    # without its one far row the target is constant, and R² undefined, in a third of redraws
    rng = np.random.default_rng(0)
    truth = np.r_[np.zeros(29), 1e6]
    rows = JudgedRows(task="regression", truth=truth)
    one, other = (Answers(name=each, values=rng.normal(size=30)) for each in "AB")
    found = compare_answers(rows, one, other, metric="r2")
    assert found.p_value > 0.3
    assert found.verdict == "not shown to be better"


@pytest.mark.parametrize("metric", ["macro_f1", "mcc", "weighted_precision", "accuracy"])
def test_the_order_of_classes_and_of_candidates_changes_nothing(metric):
    rng = np.random.default_rng(4)
    truth, order = rng.choice(3, size=200), np.array([2, 0, 1])
    place = np.argsort(order)
    drawn = [np.where(rng.random(200) < p, truth, rng.choice(3, size=200)) for p in (0.7, 0.5)]

    def compared(code, first, second):
        classes = tuple("abc"[at] for at in np.argsort(code))
        rows = JudgedRows(task="multiclass", truth=code[truth], classes=classes)
        named = zip("AB", (first, second), strict=True)
        answers = [Answers(name=name, labels=code[each]) for name, each in named]
        difference = compare_answers(rows, *answers, metric=metric).difference
        return np.array([difference.low, difference.value, difference.high])

    found = compared(np.arange(3), *drawn)
    assert compared(place, *drawn) == pytest.approx(found, abs=1e-9)
    assert -compared(np.arange(3), *drawn[::-1])[::-1] == pytest.approx(found, abs=0.003)
