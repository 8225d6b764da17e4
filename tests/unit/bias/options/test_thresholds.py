"""Thresholds by group: against every choice there is, against fairlearn, and bad input."""

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bias.group_scores import GroupScores
from assay.bias.options.threshold_table import ThresholdTable
from assay.bias.options.thresholds import LAW, OPTION, PARITIES, group_thresholds
from assay.errors import InputError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
SCORES = [0.2, 0.4, 0.6, 0.8]


def table_of(weight, groups=None):
    weight = np.asarray(weight, dtype=float)
    names = groups or [f"g{i}" for i in range(len(weight))]
    return ThresholdTable.of_arrays(names, SCORES[: weight.shape[2]], weight)


def told(weight, cuts, parity, objective, costs=(1.0, 1.0)):
    """Gap and objective of cuts, row by row of the confusion tables."""
    rates, right, wrong = [], np.zeros(2), np.zeros(2)
    for group, cut in zip(weight, cuts, strict=True):
        yes = group[:, cut:].sum(axis=1)
        totals = group.sum(axis=1)
        right += [totals[0] - yes[0], yes[1]]
        wrong += [yes[0], totals[1] - yes[1]]
        needed = {
            "demographic_parity": [(yes.sum(), totals.sum())],
            "equal_opportunity": [(yes[1], totals[1])],
            "equalized_odds": [(yes[1], totals[1]), (yes[0], totals[0])],
        }[parity]
        if all(below > 0 for _, below in needed):
            rates.append([above / below for above, below in needed])
    gap = np.max(np.ptp(np.array(rates), axis=0)) if len(rates) > 1 else None
    if objective == "accuracy":
        return gap, right.sum() / weight.sum()
    if objective == "cost":
        return gap, -(wrong @ costs) / weight.sum()
    return gap, np.mean(right / (right + wrong))


def every_choice(weight, parity, objective, costs=(1.0, 1.0)):
    """Return the choices that no other beats, by trying all."""
    found = [
        told(weight, cuts, parity, objective, costs)
        for cuts in product(range(weight.shape[2] + 1), repeat=len(weight))
    ]
    front = []
    for gap, value in sorted(found, key=lambda each: (each[0], -each[1])):
        if not front or value > front[-1][1] + 1e-9:
            front.append((gap, value))
    return front


@pytest.mark.parametrize("parity", PARITIES)
@pytest.mark.parametrize("objective", ["accuracy", "balanced_accuracy", "cost"])
@pytest.mark.parametrize("n_groups", [2, 3])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=8)
def test_points_are_those_of_every_choice(parity, objective, n_groups, seed):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 9, (n_groups, 2, 3)).astype(float)
    weight[:, :, 0] += 1  # every group has both true answers
    costs = (1.0, 3.0)
    found = group_thresholds(
        table_of(weight), parity=parity, objective=objective, costs=costs, max_points=999
    )
    expected = every_choice(weight, parity, objective, costs)
    sign = -1 if objective == "cost" else 1
    points = [(each.gap.value, sign * each.value.value) for each in found.points]
    assert found.exact
    assert points == pytest.approx(np.array(expected)) if points else not expected


def test_points_worked_by_hand():
    weight = np.array([[[6, 2, 1], [1, 4, 6]], [[5, 3, 0], [3, 4, 1]]], dtype=float)
    found = group_thresholds(table_of(weight), in_use=0.6)
    first, last = found.points
    assert first.thresholds == (0.2, 0.2)
    assert (first.gap.value, first.accuracy.value) == (0.0, pytest.approx(19 / 36))
    assert last.thresholds == (0.4, 0.4)
    assert last.gap.value == pytest.approx(13 / 20 - 8 / 16)
    assert last.accuracy.value == pytest.approx((6 + 10 + 5 + 5) / 36)
    assert last.accepted == (pytest.approx(0.65), pytest.approx(0.5))
    assert last.accepted_positives == (pytest.approx(10 / 11), pytest.approx(5 / 8))
    assert found.single.thresholds == (0.4, 0.4)
    assert found.in_use.thresholds == (0.6, 0.6)
    assert found.in_use.accuracy.value == pytest.approx((8 + 6 + 8 + 1) / 36)


def test_it_says_that_it_is_an_option_and_that_it_is_flattered():
    weight = np.ones((2, 2, 3))
    found = group_thresholds(table_of(weight))
    assert found.notes[:2] == (OPTION, LAW)
    assert "chosen on the rows that they are judged on" in found.notes[2]
    assert any("chosen on these rows" in text for text in found.points[0].value.warnings)
    apart = group_thresholds(table_of(weight), chosen_on=table_of(weight * 2))
    assert "chosen on validation rows" in apart.notes[2]
    assert not any("chosen on these rows" in text for text in apart.points[0].value.warnings)


def people(n=3_000, seed=0, shift=0.8):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    truth = rng.random(n) < np.where(group == 1, 0.35, 0.6)
    score = np.round(1 / (1 + np.exp(-(2 * truth - 1 + rng.normal(size=n) - shift * group))), 2)
    return group, truth, score


def counted(group, truth, score):
    levels = np.unique(score)
    weight = np.zeros((2, 2, len(levels)))
    np.add.at(weight, (group, truth.astype(int), np.searchsorted(levels, score)), 1)
    return ThresholdTable.of_arrays(["a", "d"], levels, weight)


@pytest.mark.parametrize(
    ("parity", "constraint"),
    [
        ("demographic_parity", "demographic_parity"),
        ("equal_opportunity", "true_positive_rate_parity"),
        ("equalized_odds", "equalized_odds"),
    ],
)
def test_no_gap_costs_as_much_as_fairlearn_says(parity, constraint):
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Same(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            return self

        def predict(self, X):
            return np.asarray(X)[:, 0]

    group, truth, score = people()
    model = ThresholdOptimizer(
        estimator=Same(), constraints=constraint, predict_method="predict", grid_size=500
    )
    X = pd.DataFrame({"score": score})
    model.fit(X, truth.astype(int), sensitive_features=group)
    chance = model._pmf_predict(X, sensitive_features=group)[:, 1]
    theirs = np.mean(np.where(truth, chance, 1 - chance))
    found = group_thresholds(counted(group, truth, score), parity=parity, max_points=500)
    near = [each.accuracy.value for each in found.points if each.gap.value <= 0.03]
    assert max(near) == pytest.approx(theirs, abs=0.015)
    # Without randomisation a point of no gap at all is no better than theirs.
    none = [each.accuracy.value for each in found.points if each.gap.value < 1e-9]
    assert all(value <= theirs + 2e-3 for value in none)


def test_validation_rows_choose_and_these_rows_judge():
    chosen_on, judged = counted(*people(seed=1)), counted(*people(seed=2))
    found = group_thresholds(judged, chosen_on=chosen_on)
    own = group_thresholds(chosen_on)
    assert [each.thresholds for each in found.points] == [each.thresholds for each in own.points]
    last = found.points[-1]
    group, truth, score = people(seed=2)
    said = score >= np.array(last.thresholds, dtype=float)[group]
    assert last.accuracy.value == pytest.approx(np.mean(said == truth))
    rates = [said[group == one].mean() for one in (0, 1)]
    assert last.gap.value == pytest.approx(abs(rates[0] - rates[1]))


def test_intervals_cover_where_thresholds_are_fixed():
    accuracy, gap = [], []
    group, truth, score = people(400_000, seed=3)
    said = score >= 0.5
    rates = [said[group == one].mean() for one in (0, 1)]
    for seed in range(80):
        rows = np.random.default_rng(seed).integers(0, len(group), 600)
        table = counted(group[rows], truth[rows], score[rows])
        found = group_thresholds(table, in_use=0.5, max_points=1).in_use
        accuracy.append(found.accuracy.covers(np.mean(said == truth)))
        gap.append(found.gap.covers(abs(rates[0] - rates[1])))
    assert 0.88 <= np.mean(accuracy) <= 1
    assert 0.88 <= np.mean(gap) <= 1


def test_shown_as_builtins_frame_and_chart():
    found = group_thresholds(counted(*people(800)), in_use=0.5)
    json.dumps(found.to_dict(), allow_nan=False)
    frame = found.to_frame()
    assert frame.height == 2 * (len(found.points) + 2)
    assert set(frame["point"].unique()) >= {"single", "in use", "0"}
    assert found.plot().to_dict()["layer"]


def test_scaled_weights_change_no_value():
    weight = np.random.default_rng(1).integers(1, 9, (2, 2, 4)).astype(float)
    plain, scaled = (group_thresholds(table_of(weight * times)) for times in (1, 5))
    for one, other in zip(plain.points, scaled.points, strict=True):
        assert other.thresholds == one.thresholds
        assert other.gap.value == pytest.approx(one.gap.value)


def test_a_group_without_positives_does_not_count_in_the_gap():
    weight = np.array([[[3, 1], [1, 5]], [[2, 2], [1, 4]], [[4, 4], [0, 0]]], dtype=float)
    found = group_thresholds(table_of(weight), parity="equal_opportunity")
    assert "No rate of g2 can be told" in found.notes[-1]
    assert found.points[0].accepted_positives[2] is None
    assert found.points[0].thresholds[2] is None  # accepting nobody is right for all its rows


@pytest.mark.parametrize("label", [0, 1])
def test_one_true_answer_alone(label):
    weight = np.zeros((2, 2, 3))
    weight[:, label] = [[1, 2, 3], [3, 2, 1]]
    found = group_thresholds(table_of(weight))
    assert found.points[0].accuracy.value == 1.0
    assert found.points[0].gap.value == 0.0
    balanced = group_thresholds(table_of(weight), objective="balanced_accuracy")
    assert balanced.points[0].value.value is None
    assert "no row" in balanced.points[0].value.reason


def test_constant_scores_leave_two_choices():
    found = group_thresholds(table_of([[[3], [5]], [[6], [2]]]))
    assert [each.thresholds for each in found.points] == [(None, None), (0.2, None)]


def test_scores_of_a_facet_are_gathered():
    rng = np.random.default_rng(0)
    n = 5_000
    score = np.sort(rng.random(n))
    scores = GroupScores(
        ("a", "d"),
        rng.integers(0, 2, n),
        np.arange(n),
        score,
        rng.random(n) < score,
        np.ones(n, dtype=np.int64),
        np.ones(n),
        np.ones(n),
        score,
        score,
    )
    whole = ThresholdTable.of_scores(scores, max_levels=n)
    few = ThresholdTable.of_scores(scores, max_levels=100)
    assert whole.exact
    assert not few.exact
    assert len(few.score) == 100
    assert few.weight.sum() == whole.weight.sum() == n
    at = 40
    inside = score >= few.score[at]
    accepted = few.accepted(np.array([at]))[:, :, 0]
    for group in (0, 1):
        for label in (0, 1):
            mine = (scores.group == group) & (scores.positive == label)
            assert accepted[group, label] == np.sum(mine & inside)
    assert group_thresholds(few).points


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parity": "equality"}, "unknown parity 'equality'"),
        ({"objective": "joy"}, "unknown objective 'joy'"),
        ({"costs": (0.0, 0.0)}, "costs must not be negative"),
        ({"chosen_on": table_of(np.ones((2, 2, 3)), ["x", "y"])}, "they must be the same"),
    ],
)
def test_wrong_arguments_are_refused(change, said):
    with pytest.raises(InputError, match=said):
        group_thresholds(table_of(np.ones((2, 2, 3))), **change)


@pytest.mark.parametrize(
    ("weight", "score", "said"),
    [
        (np.ones((2, 2, 2)), [0.1], "need the shape"),
        (np.ones((2, 2, 2)), [0.2, 0.1], "ascending"),
        (np.ones((2, 2, 2)), [0.2, np.nan], "ascending"),
        (-np.ones((2, 2, 2)), [0.1, 0.2], "not negative"),
    ],
)
def test_wrong_tables_are_refused(weight, score, said):
    with pytest.raises(InputError, match=said):
        ThresholdTable.of_arrays(["a", "d"], score, weight)


def test_a_single_group_is_refused():
    weight = np.ones((2, 2, 3))
    weight[1] = 0
    with pytest.raises(InputError, match="two groups with rows; found 1"):
        group_thresholds(table_of(weight))
