"""What is said of labels that are never given, never true, rare, or no better than chance."""

import numpy as np

from assay.evaluation.evaluator import evaluate


def judge(truth, given=None, scores=None):
    return evaluate(y_true=truth, y_pred=given, y_score=scores)


def rules(result):
    return {each.rule: each for each in result.findings}


def labels(n=400, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.random((n, 3)) < [0.5, 0.3, 0.2]
    scores = np.clip(0.5 + 0.3 * (truth - 0.5) + 0.12 * rng.standard_normal((n, 3)), 0, 1)
    return truth, scores, rng


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


def test_false_alarms_are_rare():
    alarms = 0
    for seed in range(20):
        truth, scores, _ = labels(300, seed)
        alarms += bool(rules(judge(truth, given=scores >= 0.45)))
    assert alarms == 0
