import numpy as np
import pytest

from assay.models.predictor import Prediction
from assay.models.same_answer import WAVERING, check_answers, check_same_answer


def test_answers_that_differ_are_a_finding():
    first = Prediction(probabilities=np.array([[0.5, 0.5], [0.2, 0.8]]))
    second = Prediction(probabilities=np.array([[0.5, 0.5], [0.3, 0.7]]))
    (finding,) = check_same_answer(first, second)
    assert finding.rule == "model_not_deterministic"
    assert finding.severity == "warning"
    assert finding.evidence["changed"] == 1
    assert finding.evidence["largest_difference"] == pytest.approx(0.1)


def test_labels_that_differ_are_a_finding():
    first, second = (Prediction(labels=np.array(labels)) for labels in (["a", "b"], ["a", "c"]))
    (finding,) = check_same_answer(first, second)
    assert finding.evidence == {"rows": 2, "changed": 1, "largest_difference": 0.0}
    assert check_same_answer(first, first) == ()


def test_rounding_is_no_difference():
    large = Prediction(values=np.array([1e9, 1e-9]))
    other = Prediction(values=np.array([1e9 + 1e-3, 1.1e-9]))
    assert check_same_answer(large, other) == ()


def never():
    raise AssertionError("asked again in vain")


def values(*numbers):
    return Prediction(values=np.array(numbers))


def test_equal_pieces_need_no_third_look():
    assert check_answers(values(1.0, 2.0), values(1.0, 2.0), never) == ()


def test_chance_is_told_from_dependence_on_the_batch():
    whole, split = values(1.0, 2.0), values(1.0, 2.5)
    (chance,) = check_answers(whole, split, lambda: values(1.5, 2.0))
    assert chance.rule == "model_not_deterministic"
    (batch,) = check_answers(whole, split, lambda: whole)
    assert batch.rule == "answer_depends_on_batch"
    assert batch.severity == "warning"
    assert batch.evidence == {"rows": 2, "changed": 1, "largest_difference": 0.5}


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_tolerance_is_relative_to_the_largest_answer(scale):
    whole = values(1.0 * scale, 1e-3 * scale)
    rounded = values(1.0 * scale, (1e-3 + WAVERING / 2) * scale)
    other = values(1.0 * scale, (1e-3 + WAVERING * 2) * scale)
    assert check_same_answer(whole, rounded) == ()
    (finding,) = check_same_answer(whole, other)
    assert finding.evidence["changed"] == 1


def test_label_that_flips_at_a_tie_is_rounding():
    scores = np.array([[0.5, 0.5], [0.1, 0.9]])
    first = Prediction(labels=np.array(["a", "b"]), probabilities=scores)
    tie = Prediction(labels=np.array(["b", "b"]), probabilities=scores + 1e-8)
    assert check_same_answer(first, tie) == ()
    real = Prediction(labels=np.array(["a", "a"]), probabilities=scores)
    (finding,) = check_same_answer(first, real)
    assert finding.evidence["changed"] == 1


def test_several_labels_a_row_are_compared():
    first = Prediction(labels=np.array([[True, False], [True, True]]), multilabel=True)
    second = Prediction(labels=np.array([[True, False], [False, True]]), multilabel=True)
    assert check_same_answer(first, first) == ()
    (finding,) = check_same_answer(first, second)
    assert finding.evidence["changed"] == 1
