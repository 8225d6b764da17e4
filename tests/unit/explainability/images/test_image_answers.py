"""Answers of models of images in every usual form, and what is wrong with others."""

import numpy as np
import pytest

from assay.errors import InputError, ModelError
from assay.explainability.images.answers import class_scores, object_lists

BATCH = np.zeros((2, 4, 4, 3), dtype=np.uint8)
ROW = [1, 0.5, 0.0, 0.0, 1.0, 1.0]


def scored(answer, labels=("a", "b", "c"), **options):
    return class_scores(lambda batch: [answer] * len(batch), list(labels), **options).ask(BATCH)


@pytest.mark.parametrize(
    "answer",
    [
        [0.25, 0.5, 0.25],
        [[0.25, 0.5, 0.25]],
        np.array([0.25, 0.5, 0.25], dtype=np.float32),
        {"c": 0.25, "a": 0.25, "b": 0.5, "d": 9},
    ],
)
def test_scores_in_every_usual_form(answer):
    np.testing.assert_allclose(scored(answer), [[0.25, 0.5, 0.25]] * 2)
    np.testing.assert_allclose(scored(answer, class_ids=(2, 1)), [[0.25, 0.5]] * 2)


def test_a_single_probability_is_that_of_the_last_class():
    np.testing.assert_allclose(scored(0.75, ["no", "yes"]), [[0.25, 0.75]] * 2)
    np.testing.assert_allclose(scored([0.75], ["yes"]), [[0.75]] * 2)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([0.5, 0.5], "with 2 score.*label_headers names 3 classes"),
        (7.0, "with 1 score"),
        ("cat", "where a list of scores is expected"),
        (None, "where a list of scores is expected"),
        ([True, False, True], "where a list of scores is expected"),
        ({"a": 1, "b": 2}, "has no score of the class 'c'"),
    ],
)
def test_scores_in_another_form_are_refused(answer, words):
    with pytest.raises(ModelError, match=words):
        scored(answer)


def test_log_odds_are_of_probabilities():
    made = class_scores(lambda batch: [[0.5, 0.5]] * len(batch), ["a", "b"], log_odds=True)
    assert (made.output, made.link) == ("log_odds", "mean_then_logit")
    with pytest.raises(InputError, match=r"scores such as -3; leave use_logit out"):
        scored([0.5, -3.0, 1.2], log_odds=True)
    with pytest.raises(InputError, match="class_ids names class 3"):
        scored([1, 2, 3], class_ids=(3,))


@pytest.mark.parametrize("answer", [[ROW], [[ROW]], ROW, np.array([ROW]), (tuple(ROW),)])
def test_objects_in_every_usual_form(answer):
    [found] = object_lists(lambda batch: [answer])(BATCH[:1])
    np.testing.assert_allclose(found, [ROW])


@pytest.mark.parametrize("answer", [[], [[]], np.zeros((0, 6))])
def test_nothing_found_is_an_answer(answer):
    [found] = object_lists(lambda batch: [answer])(BATCH[:1])
    assert len(found) == 0


def test_objects_of_other_classes_do_not_count():
    other = [0, *ROW[1:]]
    [found] = object_lists(lambda batch: [[other, ROW]], [1])(BATCH[:1])
    assert found == [ROW]


def test_no_list_of_objects_is_refused():
    with pytest.raises(ModelError, match="where a list of objects is expected"):
        object_lists(lambda batch: [None])(BATCH[:1])
