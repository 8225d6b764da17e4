import pytest

from assay.models.answers import AnswerError
from assay.models.remote.answers import Answers
from assay.models.remote.predictions import PredictionForm, to_prediction

TAGS = ("new", "sale")


def predict(labels=None, scores=None, **form):
    return to_prediction(Answers(labels, scores), PredictionForm(multilabel=True, **form))


def test_a_probability_for_each_label():
    made = predict(scores=[[0.9, 0.8], [0.1, 0]], classes=TAGS)
    assert made.probabilities.tolist() == [[0.9, 0.8], [0.1, 0.0]]
    assert made.classes == TAGS
    assert made.labels is None


def test_what_zeros_and_ones_are_can_be_said():
    said = predict(scores=[[1, 0], [True, False]], classes=TAGS, output="label")
    assert said.labels.tolist() == [[True, False], [True, False]]
    assert said.multilabel
    assert said.probabilities is None
    scores = predict(scores=[[1, 0]], output="probability")
    assert scores.multilabel
    assert scores.probabilities.tolist() == [[1.0, 0.0]]


def test_labels_and_scores_may_come_together():
    made = predict(labels=[[0, 1]], scores=[[0.4, 0.45]], classes=TAGS)
    assert made.labels.tolist() == [[False, True]]
    assert made.probabilities.tolist() == [[0.4, 0.45]]
    assert made.multilabel


def test_objects_are_read_by_name():
    answers = [{"sale": 0.2, "new": 0.7}, {"new": 0.1, "sale": 0.6}]
    made = predict(scores=answers)
    assert made.classes == TAGS
    assert made.probabilities.tolist() == [[0.7, 0.2], [0.1, 0.6]]
    assert predict(scores=answers, classes=("sale", "new")).probabilities[0].tolist() == [0.2, 0.7]


def test_scores_that_only_rank_may_be_any_number():
    assert predict(scores=[[-3, 7.5]], score_kind="score").probabilities.tolist() == [[-3.0, 7.5]]


@pytest.mark.parametrize(
    ("answers", "row", "message"),
    [
        ({"scores": [[0.1, 0.2], 0.4]}, 1, "one value for each label is expected"),
        ({"scores": [[0.1, 0.2], [0.3]]}, 1, "2 numbers are expected"),
        ({"scores": [[0.1, 0.2], [0.3, 1.5]]}, 1, "1.5"),
        ({"scores": [[0.1, 0.2], [0.3, "NaN"]]}, 1, "'NaN'"),
        ({"scores": [{"new": 1, "sale": 0}, {"new": 1}]}, 1, "other classes than new, sale"),
        ({"labels": [[0, 1], [0, 2]]}, 1, "2"),
        ({"scores": [[0.1, 0.2], [0, 0.5]], "output": "label"}, 0, "0 or 1 for each label"),
        ({"scores": [[0.1, 0.2, 0.3]], "classes": TAGS}, None, r"3 values a row for 2 labels"),
    ],
)
def test_other_answers_name_their_row(answers, row, message):
    with pytest.raises(AnswerError, match=message) as raised:
        predict(**answers)
    assert raised.value.row == row
