"""What is said of labels that are never given, never true, rare, or no better than chance."""

import numpy as np
from scipy.special import expit

from assay.evaluation.evaluator import evaluate
from assay.evaluation.findings.labels import _rejected


def judge(truth, given=None, scores=None):
    return evaluate(y_true=truth, y_pred=given, y_score=scores)


def rules(result):
    return {each.rule: each for each in result.findings}


def labels(n=400, seed=0):
    rng = np.random.default_rng(seed)
    share = np.array([0.5, 0.35, 0.3])
    scores = expit(3 * rng.standard_normal((n, 3)) + np.log(share / (1 - share)))
    return rng.random((n, 3)) < scores, scores, rng


def test_silence_for_a_sound_model():
    truth, scores, _ = labels()
    assert rules(judge(truth, scores=scores)) == {}
    assert rules(judge(truth, given=scores >= 0.5)) == {}


def test_a_label_never_given():
    truth, scores, _ = labels()
    scores[:, 2] /= 3
    said = rules(judge(truth, scores=scores))["label_never_given"]
    assert said.where == {"labels": ["label_2"]}
    assert "threshold, 0.5" in said.cause
    assert said.evidence["rows"] == {"label_2": int(truth[:, 2].sum())}


def test_a_label_never_true():
    truth, scores, _ = labels()
    truth[:, 1] = False
    result = judge(truth, scores=scores)
    assert rules(result)["label_never_true"].where == {"labels": ["label_1"]}
    area = result.metric("roc_auc", label="label_1").estimate
    assert area.value is None
    assert area.reason.startswith("no row is positive")


def test_rare_labels():
    truth, scores, _ = labels()
    truth[29:, 2], truth[:29, 2] = False, True
    said = rules(judge(truth, scores=scores))["rare_labels"]
    assert said.evidence == {"rows": {"label_2": 29}}


def test_a_label_that_is_guessed():
    truth, scores, rng = labels()
    scores[:, 1] = rng.random(len(truth))
    found = rules(judge(truth, scores=scores))
    assert found["labels_no_better_than_chance"].where == {"labels": ["label_1"]}
    given = scores >= 0.5
    found = rules(judge(truth, given=given))
    assert found["labels_no_better_than_chance"].where == {"labels": ["label_1"]}


def test_labels_in_another_order_are_seen():
    truth, scores, _ = labels()
    said = rules(judge(truth, scores=scores[:, [1, 2, 0]]))["labels_no_better_than_chance"]
    assert "another order" in said.cause
    assert said.message.startswith("For 3 of 3 labels")


def test_scores_that_are_no_probabilities():
    truth, scores, _ = labels(1_000)
    scores[:, 1] = expit(2 * np.log(scores[:, 1] / (1 - scores[:, 1])) + 1)
    said = rules(judge(truth, scores=scores))["miscalibrated_labels"]
    assert said.where == {"labels": ["label_1"]}
    assert said.evidence["label_1"]["ece"] > 0.02
    assert said.message.startswith("The scores of 1 of 3 labels are not well calibrated")
    ranking = evaluate(y_true=truth, y_score=scores, use="ranking", threshold=0.5)
    assert rules(ranking) == {}
    assert "ece" not in ranking


def test_false_alarms_are_rare():
    alarms = [
        rules(judge(*labels(300, seed)[:1], scores=labels(300, seed)[1])) for seed in range(20)
    ]
    assert sum(map(bool, alarms)) <= 2


def test_many_labels_are_named_worst_first_and_cut_short():
    rng = np.random.default_rng(3)
    truth = rng.random((600, 12)) < 0.5
    scores = np.clip(0.4 * truth + rng.normal(0.3, 0.15, truth.shape), 0, 1)
    scores[:, 7] = np.where(truth[:, 7], 0.55, 0.45)
    said = rules(judge(truth, scores=scores))["miscalibrated_labels"]
    errors = [each["ece"] for each in said.evidence.values()]
    assert errors == sorted(errors, reverse=True)
    assert next(iter(said.evidence)) == "label_7"
    assert "Off on average: 'label_7' 0.4" in said.message
    assert said.message.endswith("; and 9 more.")


def test_a_test_of_many_labels_can_still_reject():
    least = 1 / 2_001
    for n_labels in (1, 20, 60, 100):
        p_values = {f"label {i}": least for i in range(n_labels)}
        assert len(_rejected(p_values)) == n_labels
    assert _rejected({"a": 0.02}) == []
    assert _rejected({"a": 0.004, "b": 0.02}) == ["a"]
