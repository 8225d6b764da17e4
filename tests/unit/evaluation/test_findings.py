"""Each rule fires where it should, cites its numbers, and is silent on sound data."""

from dataclasses import replace

import numpy as np
import pytest

import assay
from assay.evaluation.facts import Facts
from assay.evaluation.findings.collect import collect_findings
from assay.evaluation.findings.scores import binned_scores
from assay.evaluation.threshold import Threshold
from assay.result import Finding


def rules_of(result):
    return {finding.rule for finding in result.findings}


def sound_scores(n=2_000, share=0.4, seed=0):
    """Calibrated scores that know something."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2 * share, 2 * (1 - share), n)
    return rng.random(n) < score, score


def sound_numbers(n=2_000, seed=0):
    rng = np.random.default_rng(seed)
    predicted = rng.normal(size=n)  # the mean of the target, whatever was predicted
    return predicted + 0.5 * rng.normal(size=n), predicted


def test_sound_models_give_silence():
    y, score = sound_scores()
    assert assay.evaluate(y_true=y, y_score=score).findings == ()
    y, predicted = sound_numbers()
    assert assay.evaluate(y_true=y, y_pred=predicted).findings == ()
    rng = np.random.default_rng(0)
    classes = rng.choice(["a", "b", "c"], 600)
    guessed = np.where(rng.random(600) < 0.7, classes, rng.choice(["a", "b", "c"], 600))
    assert assay.evaluate(y_true=classes, y_pred=guessed).findings == ()


def test_false_alarms_are_rare():
    """Warnings and errors on sound models in at most 5 % of reports."""
    alarms = 0
    for seed in range(60):
        y, score = sound_scores(500, seed=seed)
        found = assay.evaluate(y_true=y, y_score=score).findings
        y, predicted = sound_numbers(500, seed=seed)
        found += assay.evaluate(y_true=y, y_pred=predicted).findings
        alarms += any(finding.severity != "info" for finding in found)
    assert alarms <= 3


@pytest.mark.parametrize(
    ("goal", "kept", "said"),
    [
        ("recall>=0.95", False, "for a recall of at least 0.95; on these rows it is 0."),
        ("recall>=0.3", True, ""),
        ("fpr<=0.01", False, "for a false positive rate of at most 0.01; on these rows it is 0."),
        ("fpr<=0.5", True, ""),
    ],
)
def test_a_bound_that_is_not_kept_is_said(goal, kept, said):
    y, score = sound_scores()
    threshold = Threshold(value=0.5, chosen_on="validation", goal=goal)
    result = assay.evaluate(y_true=y, y_score=score, threshold=threshold)
    found = [finding for finding in result.findings if finding.rule == "goal_not_kept"]
    assert bool(found) is not kept
    for finding in found:
        assert said in finding.message
        value = next(iter(finding.evidence.values()))
        expected = (score >= 0.5)[y].mean() if "recall" in goal else (score >= 0.5)[~y].mean()
        assert value == pytest.approx(expected)


def test_a_threshold_given_as_a_number_has_no_bound_to_keep():
    y, score = sound_scores()
    assert "goal_not_kept" not in rules_of(assay.evaluate(y_true=y, y_score=score, threshold=0.9))


@pytest.mark.parametrize(("goal", "severity"), [("f1", "info"), ("cost", "info"), ("", "warning")])
def test_accuracy_below_the_constant_is_a_note_where_an_aim_was_stated(goal, severity):
    y, score = sound_scores(share=0.25)
    threshold = Threshold(value=0.05, chosen_on="given", goal=goal)
    result = assay.evaluate(y_true=y, y_score=score, threshold=threshold)
    (finding,) = [f for f in result.findings if f.rule == "accuracy_below_constant"]
    assert finding.severity == severity


def test_scores_without_knowledge_are_said_to_be():
    rng = np.random.default_rng(1)
    y = rng.random(1_000) < 0.5
    result = assay.evaluate(y_true=y, y_score=rng.random(1_000))
    (finding,) = [f for f in result.findings if f.rule == "no_better_than_constant"]
    assert finding.severity == "warning"
    assert finding.evidence["low"] <= 0.5 <= finding.evidence["high"]
    assert finding.evidence["roc_auc"] == result["roc_auc"].value
    assert finding.cause
    assert finding.advice


def test_turned_scores_ask_for_the_positive():
    y, score = sound_scores()
    (finding,) = [
        f
        for f in assay.evaluate(y_true=y, y_score=1 - score).findings
        if f.rule == "no_better_than_constant"
    ]
    assert "worse than chance" in finding.message
    assert "--positive" in finding.advice


def test_answers_without_knowledge_are_said_to_be():
    rng = np.random.default_rng(2)
    y = rng.choice(["a", "b", "c"], 400)
    result = assay.evaluate(y_true=y, y_pred=rng.choice(["a", "b", "c"], 400))
    assert "no_better_than_constant" in rules_of(result)


def test_numbers_no_better_than_the_mean_are_said_to_be():
    rng = np.random.default_rng(3)
    y = rng.normal(size=300)
    worse = assay.evaluate(y_true=y, y_pred=3 * rng.normal(size=300))
    assert "are worse than" in worse.findings[0].message
    assert "worse than predicting the mean" in " ".join(worse.head.sentences)


@pytest.mark.parametrize(
    ("bend", "words"),
    [
        (lambda p: np.clip(p + 0.15, 0, 1), "too high"),
        (lambda p: np.clip(p - 0.15, 0, 1), "too low"),
        (lambda p: p**3 / (p**3 + (1 - p) ** 3), "over-confident"),
        (lambda p: p**0.3 / (p**0.3 + (1 - p) ** 0.3), "under-confident"),
    ],
)
def test_miscalibration_says_which_way(bend, words):
    y, score = sound_scores(5_000)
    result = assay.evaluate(y_true=y, y_score=bend(np.clip(score, 1e-6, 1 - 1e-6)))
    (finding,) = [f for f in result.findings if f.rule == "miscalibrated"]
    assert words in finding.message
    assert finding.evidence["ece"] > 0.02
    assert finding.evidence["ece"] > finding.evidence["ece_by_chance"]


def test_rare_positives_are_few_and_make_accuracy_mislead():
    y = np.array([1] * 12 + [0] * 388)
    predicted = np.where(np.arange(400) % 30 == 0, 1 - y, y)
    result = assay.evaluate(y_true=y, y_pred=predicted)
    assert {"too_few_positives", "accuracy_misleads"} <= rules_of(result)
    assert result.head.rule == "imbalanced"
    assert result.head.last == ("accuracy",)
    assert "0.970" in result.head.sentences[0]


def test_one_answer_for_all_rows_is_said():
    y, score = sound_scores(500, share=0.2)
    result = assay.evaluate(y_true=y, y_score=score, threshold=1.0)
    assert "one_class_predicted" in rules_of(result)
    assert "class_never_predicted" not in rules_of(result)


def test_a_class_that_is_never_the_answer_is_named():
    y = np.array(["a", "b", "c"] * 50)
    result = assay.evaluate(y_true=y, y_pred=np.where(y == "c", "a", y))
    (finding,) = [f for f in result.findings if f.rule == "class_never_predicted"]
    assert finding.where["classes"] == ["c"]
    assert finding.evidence["c"] == 50


def test_accuracy_below_the_constant_is_said():
    y = np.array([0] * 70 + [1] * 30)
    predicted = np.array([1] * 35 + [0] * 35 + [1] * 30)
    assert "accuracy_below_constant" not in rules_of(assay.evaluate(y_true=y, y_pred=predicted))
    low = assay.evaluate(y_true=np.tile(y, 10), y_pred=np.tile(predicted, 10))
    (finding,) = [f for f in low.findings if f.rule == "accuracy_below_constant"]
    assert finding.severity == "warning"


def test_a_bias_counts_only_when_it_matters():
    y, predicted = sound_numbers(20_000)
    assert rules_of(assay.evaluate(y_true=y, y_pred=predicted + 0.02)) == set()
    (finding,) = assay.evaluate(y_true=y, y_pred=predicted + 0.2).findings
    assert finding.rule == "biased_predictions"
    assert "too high" in finding.message


def test_few_rows_that_rule_the_error_are_counted():
    y, predicted = sound_numbers()
    predicted[:3] += 40
    result = assay.evaluate(y_true=y, y_pred=predicted)
    (finding,) = [f for f in result.findings if f.rule == "few_rows_rule_the_error"]
    squares = np.sort((predicted - y) ** 2)[::-1]
    expected = 1 + int(np.searchsorted(np.cumsum(squares), squares.sum() / 2))
    assert finding.evidence["rows"] == expected
    assert result.head.rule == "heavy_tailed"
    assert result.head.metrics[0] == "mae"
    assert "heavy_tailed_residuals" not in rules_of(result)


def test_heavy_tails_are_info():
    rng = np.random.default_rng(4)
    predicted = rng.normal(size=3_000) * 5
    y = predicted + rng.standard_t(4, size=3_000)
    result = assay.evaluate(y_true=y, y_pred=predicted)
    (finding,) = result.findings
    assert (finding.rule, finding.severity) == ("heavy_tailed_residuals", "info")
    assert finding.evidence["max_error"] == result["max_error"].value


def test_kurtosis_is_that_of_scipy():
    from scipy.stats import kurtosis

    from assay.evaluation.build_errors import error_facts
    from assay.evaluation.inputs import Inputs
    from assay.evaluation.plan import plan_evaluation

    rng = np.random.default_rng(5)
    y = rng.normal(size=500) + 1e6
    predicted = y + rng.exponential(size=500)
    plan = plan_evaluation(assay.Dataset.from_arrays(y_true=y, y_pred=predicted))
    facts = error_facts(Inputs(plan, plan.data.scan(plan.requests)), ())
    peer = kurtosis(predicted - y, fisher=False)
    assert facts.numbers["residual_kurtosis"] == pytest.approx(peer, rel=1e-6)
    assert facts.numbers["median_error"] == pytest.approx(
        np.median(np.abs(predicted - y)), rel=0.02
    )


def test_many_features_are_said_only_when_they_are_many():
    rng = np.random.default_rng(6)
    X = rng.normal(size=(60, 20))
    y = X[:, 0] + rng.normal(size=60)
    from sklearn.linear_model import LinearRegression

    result = assay.evaluate(LinearRegression().fit(X, y), X, y)
    assert "too_many_features" in rules_of(result)
    wide = assay.evaluate(LinearRegression().fit(X[:, :3], y), X[:, :3], y)
    assert "too_many_features" not in rules_of(wide)


def test_binned_scores_print_their_bound():
    facts = Facts(task="binary", score_levels=65_536, exact_scores=False, n=6_000_000)
    finding = binned_scores(replace(facts, numbers={"auc_bin_bound": 3e-6}))
    assert "3.0e-06" in finding.message
    assert binned_scores(replace(facts, exact_scores=True)) is None


def test_what_follows_from_few_rows_is_folded_under_it():
    result = assay.evaluate(y_true=[0, 0, 1, 1], y_score=[0.1, 0.4, 0.35, 0.8])
    (finding,) = result.findings
    assert finding.rule == "too_few_positives"
    assert [each.rule for each in finding.consequences] == ["no_better_than_constant"]
    (stored,) = result.to_dict()["findings"]
    assert stored["consequences"][0]["rule"] == "no_better_than_constant"


def test_findings_are_worst_first():
    y, predicted = sound_numbers()
    known = Finding(rule="threshold_on_test", severity="error", message="Chosen on test.")
    facts = Facts(task="regression", n=10)
    assert collect_findings(facts, others=(known,)) == (known,)
    result = assay.evaluate(y_true=y, y_pred=predicted + np.where(np.arange(2_000) < 3, 60, 0.3))
    severities = [finding.severity for finding in result.findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_many_classes_are_calibrated_by_temperature():
    rng = np.random.default_rng(6)
    shares = rng.dirichlet(np.ones(4), size=2_000)
    drawn = (shares.cumsum(axis=1) > rng.random((2_000, 1))).argmax(axis=1)
    sharp = shares**3 / (shares**3).sum(axis=1, keepdims=True)
    result = assay.evaluate(y_true=drawn, y_score=sharp)
    (finding,) = [f for f in result.findings if f.rule == "miscalibrated"]
    assert "temperature scaling" in finding.advice
    assert "positives" not in finding.cause


def test_the_squared_error_of_a_quantile_is_not_spoken_of():
    rng = np.random.default_rng(4)
    predicted = rng.normal(size=3_000) * 5
    y = predicted + rng.standard_t(4, size=3_000)
    shift = float(np.quantile(y - predicted, 0.9))
    result = assay.evaluate(y_true=y, y_pred=predicted + shift, quantile=0.9)
    assert "heavy_tailed_residuals" not in rules_of(result)
