import numpy as np
import pytest

from assay.errors import InputError
from assay.models.answers import AnswerError
from assay.models.remote.answers import Answers, join_answers
from assay.models.remote.predictions import PredictionForm, to_prediction

ANIMALS = ("cat", "dog")


def predict(labels=None, scores=None, **form):
    return to_prediction(Answers(labels, scores), PredictionForm(**form))


def test_rule_1_a_label_a_row():
    made = predict(labels=["dog", "cat"])
    assert made.labels.tolist() == ["dog", "cat"]
    assert made.probabilities is None


def test_rule_2_the_label_with_the_largest_score():
    made = predict(labels=[["cat", "dog"], ["dog", "cat"]], scores=[[0.4, 0.6], [0.3, 0.7]])
    assert made.labels.tolist() == ["dog", "cat"]
    assert made.classes == ANIMALS
    assert made.probabilities.tolist() == [[0.4, 0.6], [0.7, 0.3]]


def test_rule_3_the_header_of_the_largest_score():
    made = predict(scores=[[0.4, 0.6], [0.7, 0.3]], classes=ANIMALS)
    assert made.labels.tolist() == ["dog", "cat"]


def test_rule_4_a_score_above_the_threshold():
    made = predict(scores=[0.5, 0.51], threshold=0.5)
    assert made.labels.tolist() == [0, 1]
    made = predict(scores=[0.3, 0.2], threshold=0.2, classes=ANIMALS)
    assert made.labels.tolist() == ["dog", "cat"]
    np.testing.assert_allclose(made.probabilities, [[0.7, 0.3], [0.8, 0.2]])
    assert predict(scores=[0.9], threshold=0.5, classes=("ill",)).labels.tolist() == ["ill"]


def test_rule_5_the_number_itself():
    made = predict(scores=[12.5, -3])
    assert made.values.tolist() == [12.5, -3.0]
    assert made.labels is None


def test_ties_go_to_the_first():
    assert predict(scores=[[0.5, 0.5]], classes=ANIMALS).labels.tolist() == ["cat"]
    assert predict(labels=[["dog", "cat"]], scores=[[0.5, 0.5]]).labels.tolist() == ["dog"]


def test_scores_by_class_are_put_in_one_order():
    made = predict(scores=[{"dog": 0.6, "cat": 0.4}, {"cat": 0.7, "dog": 0.3}])
    assert made.classes == ANIMALS
    assert made.probabilities.tolist() == [[0.4, 0.6], [0.7, 0.3]]
    made = predict(scores=[{"dog": 0.6, "cat": 0.4}], classes=("dog", "cat"))
    assert made.probabilities.tolist() == [[0.6, 0.4]]


def test_whole_numbers_may_be_labels_or_not_so_scoring_decides():
    made = predict(scores=[0, 1])
    assert made.values.tolist() == [0.0, 1.0]
    assert predict(scores=[0, 1], output="label").labels.tolist() == [0, 1]
    assert predict(labels=[3, 4]).values.tolist() == [3.0, 4.0]


def test_labels_with_the_positive_classes_probability():
    made = predict(labels=["no", "yes"], scores=[0.1, 0.8], classes=("no", "yes"))
    np.testing.assert_allclose(made.probabilities, [[0.9, 0.1], [0.2, 0.8]])
    assert made.labels.tolist() == ["no", "yes"]
    assert predict(labels=["no", "yes"], scores=[0.1, 0.8]).values.tolist() == [0.1, 0.8]


def test_scores_that_only_rank():
    made = predict(scores=[-2.0, 3.0], score_kind="score", threshold=0.5, classes=ANIMALS)
    assert made.probabilities.tolist() == [[2.0, -2.0], [-3.0, 3.0]]
    assert made.labels.tolist() == ["cat", "dog"]
    assert predict(scores=[[-2.0, 3.0]], score_kind="score").probabilities.tolist() == [[-2, 3]]


def test_a_list_of_one_score_is_a_score():
    assert predict(scores=[[0.2], [0.7]]).values.tolist() == [0.2, 0.7]
    assert predict(scores=[[2.5]], output="number").values.tolist() == [2.5]


def test_truth_values():
    made = predict(labels=[True, False])
    assert made.labels.tolist() == [True, False]
    assert made.labels.dtype == np.bool_


def test_kinds_are_never_mixed():
    made = predict(labels=[1, 2.5], output="label")
    assert made.labels.tolist() == [1.0, 2.5]
    with pytest.raises(AnswerError, match="returned the text 'a' as the class") as caught:
        predict(labels=[1, "a"], output="label")
    assert caught.value.row == 1


@pytest.mark.parametrize(
    ("what", "row", "told"),
    [
        ({"scores": [0.1, "NaN"]}, 1, "the text 'NaN' as its prediction, where a number"),
        ({"scores": [0.1, "inf"]}, 1, "the text 'inf'"),
        ({"scores": [0.1, "0.2"]}, 1, "the text '0.2'"),
        ({"scores": [0.1, None]}, 1, "returned null"),
        ({"scores": [0.1, True]}, 1, "returned True"),
        ({"scores": [0.1, float("nan")]}, 1, "returned nan"),
        ({"scores": [0.1, float("inf")]}, 1, "returned inf"),
        ({"scores": [0.1, 10**400]}, 1, "returned inf"),
        ({"scores": [0.1, {"a": 1}]}, 1, "the object"),
        ({"scores": [[0.1, 0.9], [0.2]]}, 1, "2 numbers are expected"),
        ({"scores": [[0.1, 0.9], 0.2]}, 1, "2 numbers are expected"),
        ({"scores": [[0.1, 0.9], [0.2, "NaN"]]}, 1, "the text 'NaN' as its score"),
        ({"scores": [[0.1, 0.9], [0.2, float("nan")]]}, 1, "returned nan"),
        ({"scores": [[0.1, 0.9], [0.2, 1.8]]}, 1, "1.8 as the probability"),
        ({"scores": [{"a": 0.5, "b": 0.5}, {"a": 1.0}]}, 1, "for other classes than a, b"),
        ({"labels": ["a", None]}, 1, "returned null as the class"),
        ({"labels": ["a", ["b"]]}, 1, "the list"),
        ({"labels": ["a", 1]}, 1, "returned 1 as the class, and the text 'a'"),
        ({"labels": ["NaN", "a"]}, 0, "the text 'NaN' as the class"),
        ({"labels": ["a", "b"], "scores": [0.1, 1.2]}, 1, "1.2 as the probability"),
        ({"labels": [["a"], ["b", "c"]], "scores": [[1.0], [1.0]]}, 1, "as their scores"),
    ],
)
def test_values_that_cannot_be_used_are_named_with_their_row(what, row, told):
    with pytest.raises(AnswerError, match=told) as caught:
        predict(**what)
    assert caught.value.row == row


def test_a_class_may_be_called_nan_when_it_is_declared():
    assert predict(labels=["NaN", "a"], classes=("NaN", "a")).labels.tolist() == ["NaN", "a"]


def test_other_number_of_scores_than_classes():
    with pytest.raises(AnswerError, match=r"3 scores a row for 2 classes \(cat, dog\)"):
        predict(scores=[[0.1, 0.2, 0.7]], classes=ANIMALS)


def test_probabilities_of_the_label_are_not_taken_for_those_of_the_positive_class():
    labels, scores = ["no", "yes"] * 20, [0.9, 0.8] * 20
    with pytest.raises(InputError, match="appears to be that of the label"):
        predict(labels=labels, scores=scores)
    assert predict(labels=labels, scores=scores, named=True).labels.tolist() == labels


def test_lists_of_labels_need_lists_of_scores():
    with pytest.raises(InputError, match="probability=… must give the list"):
        predict(labels=[["a", "b"]])


def test_pieces_of_different_form_do_not_join():
    with pytest.raises(ValueError, match="some answers have labels"):
        join_answers([Answers(labels=["a"]), Answers(scores=[0.1])])
    assert join_answers([Answers(), Answers(labels=["a"])]).labels == ["a"]
