from typing import NamedTuple

import numpy as np
import pytest

from assay.errors import InputError, ModelError
from assay.models.network_output import check_meaning, logistic, pick_output, read_output, softmax

THREE = ("a", "b", "c")


def read(answer, meaning, classes=None, **how):
    array = np.asarray(answer)
    return read_output(array, len(array), meaning=meaning, classes=classes, **how)


def test_logits_of_several_classes_become_probabilities():
    made = read([[0.0, np.log(3.0)], [1000.0, -1000.0]], "logits", ("no", "yes"))
    np.testing.assert_allclose(made.probabilities, [[0.25, 0.75], [1.0, 0.0]], atol=1e-15)
    assert made.classes == ("no", "yes")


def test_one_logit_is_of_the_positive_class():
    made = read([[np.log(3.0)], [0.0]], "logits", ("no", "yes"))
    np.testing.assert_allclose(made.probabilities, [[0.25, 0.75], [0.5, 0.5]])
    alone = read([np.log(3.0), 0.0], "logits")
    np.testing.assert_allclose(alone.values, [0.75, 0.5])


def test_auto_takes_rows_that_sum_to_one_for_probabilities():
    made = read(np.array([[0.2, 0.8], [0.5, 0.5]], dtype="float32"), "auto", ("no", "yes"))
    np.testing.assert_allclose(made.probabilities, [[0.2, 0.8], [0.5, 0.5]], atol=1e-7)


@pytest.mark.parametrize("row", [[0.2, 0.9], [-0.2, 1.2], [3.1, -2.0]])
def test_auto_calls_nothing_a_probability_that_is_none(row):
    with pytest.raises(InputError, match=rf"such as {row[0]:.4g}, .*output=logits"):
        read([[0.5, 0.5], row], "auto")


def test_auto_leaves_one_number_a_row_to_the_label():
    made = read([[0.3], [7.0]], "auto")
    assert made.values.tolist() == [0.3, 7.0]
    assert made.probabilities is None


def test_label_numbers_are_places_among_the_classes():
    assert read([2, 0], "auto", THREE).labels.tolist() == ["c", "a"]
    assert read([[2.0], [0.0]], "label", THREE).labels.tolist() == ["c", "a"]
    assert read([2, 0], "label").labels.tolist() == [2, 0]
    with pytest.raises(ModelError, match="3 as the number of a class") as caught:
        read([0, 3], "label", THREE)
    assert caught.value.row == 1


def test_several_labels_a_row_stand_by_themselves():
    made = read([[0.0, 5.0, -5.0]], "logits", THREE, multilabel=True)
    assert made.multilabel
    assert made.labels.tolist() == [[True, True, False]]
    np.testing.assert_allclose(made.probabilities, logistic(np.array([[0.0, 5.0, -5.0]])))
    told = read([[0, 1, 1]], "label", THREE, multilabel=True)
    assert told.labels.tolist() == [[False, True, True]]


@pytest.mark.parametrize("meaning", ["auto", "logits", "probability", "number"])
def test_nan_is_named_with_its_row(meaning):
    with pytest.raises(ModelError, match="nan") as caught:
        read([0.5, np.nan], meaning)
    assert caught.value.row == 1


def test_wrong_numbers_of_classes_and_values_are_refused():
    with pytest.raises(ModelError, match=r"2 column.*expected 3 columns"):
        read([[0.5, 0.5]], "probability", THREE)
    with pytest.raises(ModelError, match="one number a row, and 3 classes"):
        read([0.5], "probability", THREE)
    with pytest.raises(ModelError, match=r"1\.5"):
        read([1.5], "probability")
    with pytest.raises(ModelError, match="2 columns where one value"):
        read([[1.0, 2.0]], "number")


def test_softmax_agrees_with_scipy():
    from scipy.special import expit
    from scipy.special import softmax as reference

    logits = np.random.default_rng(3).normal(size=(50, 4)) * 30
    np.testing.assert_allclose(softmax(logits), reference(logits, axis=1), rtol=1e-12)
    np.testing.assert_allclose(logistic(logits), expit(logits), rtol=1e-12)


class Named(NamedTuple):
    logits: np.ndarray
    hidden: np.ndarray


def test_outputs_are_picked_by_name_or_place():
    logits, hidden = np.zeros((2, 1)), np.zeros((2, 7))
    assert pick_output(logits, None) is logits
    assert pick_output({"only": logits}, None) is logits
    assert pick_output({"logits": logits, "hidden": hidden}, "hidden") is hidden
    assert pick_output({"logits": logits, "hidden": hidden}, 1) is hidden
    assert pick_output((logits, hidden), 1) is hidden
    assert pick_output(Named(logits, hidden), "hidden") is hidden
    with pytest.raises(
        InputError, match=r"2 outputs: logits \(2, 1\), hidden \(2, 7\); say which"
    ):
        pick_output(Named(logits, hidden), None)
    with pytest.raises(InputError, match="no output 'scores'"):
        pick_output({"logits": logits, "hidden": hidden}, "scores")


def test_unknown_meaning_is_refused():
    with pytest.raises(InputError, match="unknown output 'odds'; choose one of: auto, logits"):
        check_meaning("odds")
