"""Thresholds by goal, by hand and against brute force."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef

from assay.errors import InputError
from assay.evaluation.goal import Costs, Goal, Outcomes, parse_goal
from assay.evaluation.threshold import Threshold, choose_threshold, sweep
from assay.tables.score_table import ScoreRows, ScoreTable


def count_scores(y, score, unit=None):
    levels, place = np.unique(score, return_inverse=True)
    n_pos = np.bincount(place[y], minlength=len(levels))
    n_neg = np.bincount(place[~y], minlength=len(levels))
    rows = None
    if unit is not None:
        rows = ScoreRows(
            place.astype(np.int32), y, np.ones(len(y)), unit.astype(np.int32), int(unit.max()) + 1
        )
    return ScoreTable(levels, n_pos, n_neg, rows=rows)


@pytest.fixture
def scored():
    rng = np.random.default_rng(3)
    y = rng.random(400) < 0.3
    score = np.round(1 / (1 + np.exp(-(rng.normal(size=400) + 2 * y - 1))), 2)
    return y, score


def test_the_sweep_counts_every_outcome(scored):
    y, score = scored
    swept = sweep(count_scores(y, score))
    for position in (0, 20, len(swept.threshold) - 1):
        said = score >= swept.threshold[position]
        assert swept.at.true_positive[position] == np.sum(said & y)
        assert swept.at.false_positive[position] == np.sum(said & ~y)
        assert swept.at.false_negative[position] == np.sum(~said & y)
        assert swept.at.true_negative[position] == np.sum(~said & ~y)


@pytest.mark.parametrize(
    ("text", "peer"), [("f1", f1_score), ("mcc", matthews_corrcoef)], ids=["f1", "mcc"]
)
def test_the_best_value_is_the_one_of_brute_force(scored, text, peer):
    y, score = scored
    chosen = choose_threshold(
        count_scores(y, score), parse_goal(text), rng=np.random.default_rng(0)
    )
    best = max(peer(y, score >= t) for t in np.unique(score))
    assert chosen.evidence["best"] == pytest.approx(best, abs=1e-12)
    assert chosen.achieved == pytest.approx(peer(y, score >= chosen.value), abs=1e-12)
    assert chosen.achieved >= best - chosen.evidence["standard_error"]
    low, high = chosen.stretch
    assert low <= chosen.value <= high


def test_a_row_is_positive_at_the_threshold():
    table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 50]), np.array([50, 0]))
    chosen = choose_threshold(table, parse_goal("f1"), rng=np.random.default_rng(0))
    assert chosen.value == 0.8
    assert chosen.achieved == 1.0


def test_recall_is_kept_with_the_best_precision(scored):
    y, score = scored
    chosen = choose_threshold(
        count_scores(y, score), parse_goal("recall>=0.9"), rng=np.random.default_rng(0)
    )
    said = score >= chosen.value
    assert np.mean(said[y]) >= 0.9
    others = [t for t in np.unique(score) if np.mean(score[y] >= t) >= 0.9]
    assert chosen.achieved == pytest.approx(max(np.mean(y[score >= t]) for t in others))


def test_false_positives_stay_below_the_bound(scored):
    y, score = scored
    chosen = choose_threshold(
        count_scores(y, score), parse_goal("fpr<=0.05"), rng=np.random.default_rng(0)
    )
    assert np.mean(score[~y] >= chosen.value) <= 0.05


def test_costs_of_calibrated_scores_give_the_formula():
    rng = np.random.default_rng(0)
    score = rng.random(20_000).round(3)
    y = rng.random(20_000) < score
    costs = Costs(false_positive=1, false_negative=4)
    chosen = choose_threshold(count_scores(y, score), parse_goal("cost", costs=costs), rng=rng)
    assert chosen.stretch[0] <= 0.2 <= chosen.stretch[1]
    assert chosen.findings == ()


def test_costs_of_distorted_scores_say_so():
    rng = np.random.default_rng(0)
    truth = rng.random(20_000)
    y = rng.random(20_000) < truth
    costs = Costs(false_positive=1, false_negative=4)
    table = count_scores(y, (truth**4).round(3))
    chosen = choose_threshold(table, parse_goal("cost", costs=costs), rng=rng)
    assert [finding.rule for finding in chosen.findings] == ["threshold_uncalibrated"]


def test_choosing_on_test_is_an_error_finding(scored):
    table = count_scores(*scored)
    chosen = choose_threshold(
        table, parse_goal("f1"), chosen_on="test", rng=np.random.default_rng(0)
    )
    assert [(f.rule, f.severity) for f in chosen.findings] == [("threshold_on_test", "error")]


def test_units_that_repeat_rows_widen_the_stretch(scored):
    y, score = (np.repeat(part, 25) for part in scored)
    unit = np.repeat(np.arange(400), 25)
    one = choose_threshold(count_scores(y, score), parse_goal("f1"), rng=np.random.default_rng(0))
    by_unit = choose_threshold(
        count_scores(y, score, unit), parse_goal("f1"), rng=np.random.default_rng(0)
    )
    ratio = by_unit.evidence["standard_error"] / one.evidence["standard_error"]
    assert ratio == pytest.approx(5, rel=0.1)  # 25 copies of each row: sqrt(25)


def test_a_missing_class_is_refused():
    table = ScoreTable(np.array([0.2]), np.array([0]), np.array([4]))
    with pytest.raises(InputError, match="no positive ones"):
        choose_threshold(table, parse_goal("f1"), rng=np.random.default_rng(0))


@pytest.mark.parametrize("text", ["f0", "recall>=1.5", "recall", "best", "fpr<=0"])
def test_an_unknown_goal_is_refused(text):
    with pytest.raises(InputError, match="it is one of f1, f2"):
        parse_goal(text)


def test_a_goal_reads_back_from_its_name():
    for text in ("f1", "f0.5", "mcc", "balanced_accuracy", "recall>=0.9", "fpr<=0.05"):
        assert parse_goal(text).name == text


def test_costs_that_reward_mistakes_are_refused():
    with pytest.raises(InputError, match="must cost more than the right answer"):
        Costs(false_positive=0, false_negative=1)


def test_cost_without_costs_is_refused():
    with pytest.raises(InputError, match="needs costs"):
        parse_goal("cost")


def test_balanced_accuracy_by_hand():
    at = Outcomes(*(np.array([value]) for value in (3.0, 2.0, 1.0, 4.0)))
    assert Goal("balanced_accuracy").value(at)[0] == pytest.approx((3 / 4 + 4 / 6) / 2)


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="must be a finite number"):
        Threshold.given(float("nan"))
