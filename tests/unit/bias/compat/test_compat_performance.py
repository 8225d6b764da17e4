"""The performance report and what each group holds."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from assay.bias.compat.counts import Confusion
from assay.bias.compat.division import library_divide, textbook_divide
from assay.bias.compat.performance import (
    PERFORMANCE,
    basic_statistics,
    confusion_matrix,
    performance_metrics,
)
from assay.bias.compat.report import performance_report
from assay.data.dataset import Dataset
from assay.tables.cube import Cube

NAMES = [
    "Accuracy",
    "Proportion of Positive Predictions in Labels",
    "Proportion of Negative Predictions in Labels",
    "True Positive Rate / Recall",
    "True Negative Rate / Specificity",
    "Acceptance Rate / Precision",
    "Rejection Rate",
    "Conditional Acceptance",
    "Conditional Rejection",
    "F1 Score",
]


def values(rows, **how):
    return [each["value"] for each in performance_metrics(rows, **how)]


def test_by_hand():
    found = values(Confusion(6, 2, 4, 8))
    expected = [0.7, 0.4, 0.6, 0.6, 0.8, 0.75, 2 / 3, 1.25, 5 / 6, 2 / 3]
    assert found == pytest.approx(expected)
    assert list(PERFORMANCE) == NAMES


def test_like_scikit_learn():
    rng = np.random.default_rng(7)
    y, p = rng.random((2, 500)) < 0.4
    rows = Confusion(*(int(np.sum(x)) for x in (y & p, ~y & p, y & ~p, ~y & ~p)))
    found = dict(zip(NAMES, values(rows), strict=True))
    assert found["True Positive Rate / Recall"] == pytest.approx(recall_score(y, p))
    assert found["Acceptance Rate / Precision"] == pytest.approx(precision_score(y, p))
    assert found["Rejection Rate"] == pytest.approx(precision_score(~y, ~p))
    assert found["F1 Score"] == pytest.approx(f1_score(y, p))


def test_nothing_to_divide_by():
    nobody = Confusion(0, 0, 0, 4)
    assert values(nobody)[3:] == [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    assert values(Confusion(0, 0, 2, 2))[7] == "Infinity"
    textbook = performance_metrics(Confusion(0, 0, 2, 2), divide=textbook_divide)
    assert [each["value"] for each in textbook][5] is None
    assert "TP / (TP + FP)" in textbook[5]["error"]
    assert "error" not in textbook[0]


def test_a_group():
    assert basic_statistics(Confusion(1, 2, 3, 4), 40) == {
        "proportion": 0.25,
        "observed_label_distribution": [0.4, 0.6],
        "confusion_matrix": [0.1, 0.2, 0.3, 0.4],
    }
    empty = basic_statistics(Confusion(0, 0, 0, 0), 40)
    assert empty["proportion"] == 0.0
    assert empty["confusion_matrix"] == [0.0] * 4


def test_predictions_of_unseen_labels_are_dropped():
    levels = {"label": ("a", "b", None), "predicted": ("a", "c", None)}
    cube = Cube.from_counts(levels, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert confusion_matrix(cube) == {"a": {"a": 1.0, "b": 0.0}, "b": {"a": 4.0, "b": 0.0}}


ROWS = {
    "sex": ["f", "m", "m", "f", "m", "f"] * 10,
    "y": ["a", "b", "a", "c", "a", "b"] * 10,
    "said": ["a", "b", "b", "d", "a", "a"] * 10,
}


def told(**more):
    asked = {"label": "y", "positive": ["a"], "facets": {"sex": []}, "prediction": "said"}
    return performance_report(Dataset.read(ROWS), **{**asked, **more})


def test_the_report():
    made = told()
    assert list(made) == [
        "label",
        "model_performance_metrics",
        "binary_confusion_matrix",
        "confusion_matrix",
        "facets",
    ]
    assert made["label"] == "y"
    assert [each["name"] for each in made["model_performance_metrics"]] == NAMES
    assert made["binary_confusion_matrix"] == pytest.approx([2 / 6, 1 / 6, 1 / 6, 2 / 6])
    assert made["confusion_matrix"] == {
        "a": {"a": 20.0, "b": 10.0, "c": 0.0},
        "b": {"a": 10.0, "b": 10.0, "c": 0.0},
        "c": {"a": 0.0, "b": 0.0, "c": 0.0},
    }
    women, men = made["facets"]["sex"]
    assert (women["value_or_threshold"], men["value_or_threshold"]) == ("f", "m")
    assert women["proportion"] == 0.5
    assert women["observed_label_distribution"] == pytest.approx([1 / 3, 2 / 3])
    assert women["confusion_matrix"] == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])
    json.dumps(made, allow_nan=False)


def test_a_measure_has_no_matrix_of_classes():
    rows = {"y": [1.0, 2.0, 3.0], "said": [1.5, 2.5, 3.5], "sex": ["f", "m", "m"]}
    made = performance_report(
        Dataset.read(rows), label="y", positive=[1.7], facets={"sex": ["f"]}, prediction="said"
    )
    assert "confusion_matrix" not in made
    assert made["binary_confusion_matrix"] == pytest.approx([2 / 3, 0, 0, 1 / 3])


def test_the_rule_for_nothing_is_the_callers():
    rows = {**ROWS, "said": ["b"] * 60}

    def precision(divide):
        made = performance_report(
            Dataset.read(rows),
            label="y",
            positive=["a"],
            facets={"sex": ["f"]},
            prediction="said",
            divide=divide,
        )
        return made["model_performance_metrics"][5]["value"]

    assert precision(library_divide) == 0.0
    assert precision(textbook_divide) is None
