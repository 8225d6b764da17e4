"""Rows that may have many labels, from the table to the result."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn import metrics as reference
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.evaluator import evaluate
from assay.evaluation.threshold import Threshold

NAMES = ["news", "sport", "odd name, 1"]
SHARES = np.array([0.5, 0.3, 0.1])


def rows(n=500, seed=0, *, skill=2.0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 3))
    logit = skill * x + np.log(SHARES / (1 - SHARES))
    truth = (rng.random((n, 3)) < 1 / (1 + np.exp(-logit))).astype(int)
    scores = np.round(1 / (1 + np.exp(-(logit + 0.5 * rng.standard_normal((n, 3))))), 2)
    return x, truth, scores


def table(truth, scores=None, **more):
    frame = pl.DataFrame(truth, schema=NAMES)
    if scores is not None:
        frame = frame.hstack(pl.DataFrame(scores, schema=[f"p_{name}" for name in NAMES]))
    return frame.with_columns(**{name: pl.Series(values) for name, values in more.items()})


def judge(frame, **roles):
    scores = [name for name in frame.columns if name.startswith("p_")]
    return evaluate(None, Dataset.read(frame, label=NAMES, score=scores, **roles))


def test_the_whole_result_is_scikit_learn_s():
    _, truth, scores = rows()
    w = np.random.default_rng(1).uniform(0.2, 2, len(truth))
    found = judge(table(truth, scores, w=w), weight="w")
    given = scores >= 0.5
    wanted = {
        "subset_accuracy": reference.accuracy_score(truth, given, sample_weight=w),
        "hamming_loss": reference.hamming_loss(truth, given, sample_weight=w),
        "macro_f1": reference.f1_score(truth, given, average="macro", sample_weight=w),
        "micro_recall": reference.recall_score(truth, given, average="micro", sample_weight=w),
        "coverage_error": reference.coverage_error(truth, scores, sample_weight=w),
        "macro_roc_auc": reference.roc_auc_score(truth, scores, sample_weight=w),
        "samples_jaccard": reference.jaccard_score(
            truth, given, average="samples", zero_division=1, sample_weight=w
        ),
    }
    assert {name: found[name].value for name in wanted} == pytest.approx(wanted, abs=1e-10)
    for at, name in enumerate(NAMES):
        column, score = truth[:, at], scores[:, at]
        single = {
            "f1": reference.f1_score(column, score >= 0.5, sample_weight=w),
            "roc_auc": reference.roc_auc_score(column, score, sample_weight=w),
            "average_precision": reference.average_precision_score(column, score, sample_weight=w),
            "prevalence": np.average(column, weights=w),
        }
        of_label = {each: found.metric(each, label=name).estimate.value for each in single}
        assert of_label == pytest.approx(single, abs=1e-10)


def test_a_sound_model_is_silent_and_its_threshold_is_said():
    _, truth, scores = rows()
    found = judge(table(truth, scores))
    assert found.findings == ()
    assert (found.task, found.classes, found.positive) == ("multilabel", tuple(NAMES), None)
    assert found.threshold == Threshold.default()
    assert found.head.metrics == ("macro_f1", "micro_f1", "subset_accuracy")
    assert found.not_computed == ()
    assert found.data["label"] == NAMES
    assert {each["class"] for each in found.data["classes"]} == set(NAMES)
    assert all(each.estimate.low is not None for each in found.metrics)
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame()["metric"].n_unique() >= 20


def test_lists_give_what_columns_give():
    _, truth, scores = rows()
    given = scores >= 0.5
    lists = [
        [[n for n, held in zip(NAMES, row, strict=True) if held] for row in part]
        for part in (truth, given)
    ]
    frame = pl.DataFrame({"tags": lists[0], "said": lists[1]})
    found = evaluate(None, Dataset.read(frame, label="tags", prediction="said"))
    columns = evaluate(y_true=truth, y_pred=given)
    assert found.classes == tuple(sorted(NAMES))
    for name in ("macro_f1", "micro_precision", "samples_f1", "subset_accuracy", "hamming_loss"):
        assert found[name].value == pytest.approx(columns[name].value, abs=1e-12)
    assert "macro_roc_auc" not in found
    assert "--score" in found.not_computed[0].turn_on


def test_a_model_and_its_answers_are_one():
    x, truth, _ = rows()
    model = MultiOutputClassifier(LogisticRegression()).fit(x[:250], truth[:250])
    found = evaluate(model, x[250:], truth[250:])
    probabilities = np.column_stack([part[:, 1] for part in model.predict_proba(x[250:])])
    again = evaluate(y_true=truth[250:], y_pred=model.predict(x[250:]), y_score=probabilities)
    for one, other in zip(found.metrics, again.metrics, strict=True):
        assert one.estimate == other.estimate, one.name
    assert [each.rule for each in found.findings] == ["labels_matched_by_order"]


@pytest.mark.parametrize(("kind", "roles"), [("group", {"group": "g"}), ("block", {"time": "g"})])
def test_units_widen_every_interval(kind, roles):
    _, truth, scores = rows(150)
    four = table(np.repeat(truth, 4, axis=0), np.repeat(scores, 4, axis=0))
    group = np.repeat(np.arange(150), 4)
    plain, by_unit = judge(four), judge(four.with_columns(g=pl.Series(group)), **roles)
    for name in ("macro_f1", "hamming_loss", "subset_accuracy", "macro_roc_auc", "ranking_loss"):
        one, other = plain[name], by_unit[name]
        assert one.value == pytest.approx(other.value, abs=1e-12)
        assert other.unit == kind
        assert other.high - other.low > 1.4 * (one.high - one.low)


def test_many_rows_are_bunched():
    _, truth, scores = rows(5_000)
    few, many = judge(table(truth[:1_250], scores[:1_250])), judge(table(truth, scores))
    assert "random bunches of rows" in many["macro_f1"].method
    width = {r["macro_f1"].high - r["macro_f1"].low for r in (few, many)}
    assert max(width) / min(width) == pytest.approx(2, rel=0.25)


def test_only_ranking():
    _, truth, scores = rows()
    frame = table(truth, scores * 9 - 4)
    with pytest.raises(InputError, match=r"outside \[0, 1\]"):
        judge(frame)
    data = Dataset.read(frame, label=NAMES, score=[f"p_{name}" for name in NAMES])
    found = evaluate(None, data, use="ranking")
    assert found.head.rule == "ranking"
    assert found.head.metrics[0] == "macro_average_precision"
    assert "macro_f1" not in found
    assert "prevalence" in found
    assert any("--threshold" in part.turn_on for part in found.not_computed)
    cut = evaluate(None, data, use="ranking", threshold=0.5)
    assert cut["macro_f1"].value is not None


def test_one_metric_is_enough():
    _, truth, scores = rows()
    found = evaluate(y_true=truth, y_score=scores, metrics=["f1", "jaccard"])
    assert [each.name for each in found.metrics] == ["samples_jaccard", "f1", "f1", "f1"]


@pytest.mark.parametrize(
    ("roles", "asked", "message"),
    [
        ({"label": NAMES}, {"task": "binary"}, "the task is binary, and 3 labels were named"),
        ({"label": NAMES}, {"positive": 1}, "leave --positive out"),
        ({"label": NAMES}, {"label_map": {"a": "b"}}, "leave --label-map out"),
        ({"label": "news"}, {"task": "multilabel"}, "only 'news' was named.*--task binary"),
    ],
)
def test_what_is_asked_must_suit_many_labels(roles, asked, message):
    _, truth, scores = rows(60)
    frame = table(truth, scores)
    data = Dataset.read(frame, score=[f"p_{name}" for name in NAMES], **roles)
    with pytest.raises(InputError, match=message):
        evaluate(None, data, **asked)


def test_several_predictions_of_one_label_are_refused():
    _, truth, _ = rows(60)
    data = Dataset.read(table(truth), label="news", prediction=NAMES[1:])
    with pytest.raises(InputError, match="2 prediction columns were named for one label"):
        evaluate(None, data)


def test_one_row():
    found = evaluate(y_true=[[0, 1]], y_pred=[[0, 1]])
    assert found["subset_accuracy"].value == 1
    assert found["macro_f1"].low < 0.5
    json.dumps(found.to_dict(), allow_nan=False)
