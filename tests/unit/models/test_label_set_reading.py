"""Answers about many labels become columns, by name where there are names, else by order."""

import numpy as np
import pytest

from assay.errors import InputError, ModelError
from assay.models.label_set_reading import LabelSetReading
from assay.models.predictor import ModelInfo, Prediction

LABELS = ("news", "sport")
SCORES = np.array([[0.2, 0.9], [0.6, 0.5]])


def answer(scores=SCORES, *, classes=None, labels=None):
    return Prediction(labels=labels, probabilities=scores, classes=classes, multilabel=True)


def test_by_order_with_a_finding():
    reading = LabelSetReading(ModelInfo(name="m", kind="multilabel"), answer(), LABELS)
    made = reading.columns(answer(labels=SCORES > 0.5))
    assert made.columns == [
        "__assay_prediction_0__",
        "__assay_prediction_1__",
        "__assay_score_0__",
        "__assay_score_1__",
    ]
    assert made.row(0) == (False, True, 0.2, 0.9)
    assert [each.rule for each in reading.findings(probabilities=True)] == [
        "labels_matched_by_order"
    ]
    assert reading.classes == LABELS
    assert not reading.is_regression


def test_by_name_in_another_order():
    probe = answer(classes=("sport", "news"))
    reading = LabelSetReading(ModelInfo(name="m"), probe, LABELS)
    assert reading.columns(probe).row(0) == (0.9, 0.2)
    assert reading.findings(probabilities=True) == ()


def test_a_told_map():
    probe = answer(classes=("S", "N"))
    reading = LabelSetReading(ModelInfo(name="m"), probe, LABELS, {"S": "sport", "N": "news"})
    assert reading.columns(probe).row(1) == (0.5, 0.6)


def test_labels_that_one_side_lacks():
    probe = answer(classes=("weather", "news"))
    reading = LabelSetReading(ModelInfo(name="m"), probe, LABELS)
    assert reading.columns(probe).row(0) == (0.9, 0.0)
    rules = [each.rule for each in reading.findings(probabilities=True)]
    assert rules == ["labels_unknown_to_model", "classes_absent_from_data"]


def test_a_plain_function_of_flags_gives_labels_and_no_scores():
    flags = np.array([[0.0, 1.0], [1.0, 1.0]])
    probe = Prediction(probabilities=flags)
    reading = LabelSetReading(ModelInfo(name="f"), probe, LABELS)
    made = reading.columns(probe)
    assert made.columns == ["__assay_prediction_0__", "__assay_prediction_1__"]
    assert made.row(0) == (False, True)
    with pytest.raises(ModelError, match=r"returned 0\.2 as the answer of class number 0"):
        reading.columns(Prediction(probabilities=SCORES))


@pytest.mark.parametrize(
    ("info", "probe", "message"),
    [
        (ModelInfo(name="m"), answer(SCORES[:, :1]), "answers for 1 labels, and the data have 2"),
        (ModelInfo(name="m"), Prediction(values=SCORES[:, 0]), "gives one class a row"),
        (
            ModelInfo(name="m", kind="regressor"),
            Prediction(values=SCORES[:, 0]),
            "gives one number a row",
        ),
        (
            ModelInfo(name="m", kind="classifier"),
            Prediction(probabilities=np.array([[0.2, 0.8]]), classes=("a", "b")),
            "gives one class a row, and the data have 2 labels",
        ),
    ],
)
def test_models_that_do_not_answer_for_each_label(info, probe, message):
    with pytest.raises(InputError, match=message):
        LabelSetReading(info, probe, LABELS)


def test_a_later_answer_of_another_width():
    reading = LabelSetReading(ModelInfo(name="m"), answer(), LABELS)
    with pytest.raises(ModelError, match="returned 3 columns where it returned 2 before"):
        reading.columns(answer(np.ones((1, 3))))
    with pytest.raises(ModelError, match="neither labels nor scores"):
        reading.columns(Prediction(multilabel=True))


def test_a_classifier_of_one_class_a_row_is_told_by_its_sums():
    info = ModelInfo(name="f", kind="classifier", score_kind="probability")
    apart = Prediction(probabilities=SCORES)
    assert LabelSetReading(info, apart, LABELS).columns(apart).width == 2
    shared = Prediction(probabilities=SCORES / SCORES.sum(axis=1, keepdims=True))
    with pytest.raises(InputError, match="gives one class a row"):
        LabelSetReading(info, shared, LABELS)
