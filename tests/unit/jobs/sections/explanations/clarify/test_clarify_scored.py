"""Scores and the labels that Clarify's files have for them."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from assay.errors import InputError
from assay.jobs.sections.explanations.clarify.scored import find_scores
from assay.models.wrap import as_predictor

X = np.random.default_rng(0).normal(size=(90, 3))
BINARY = as_predictor(LogisticRegression().fit(X, np.where(X[:, 0] > 0, "yes", "no")))
THREE = as_predictor(LogisticRegression().fit(X, np.digitize(X[:, 1], [-0.5, 0.5])))
VALUES = np.array([[0.25], [0.75]])


def test_one_score_is_one_label():
    scored = find_scores(BINARY, X, None)
    assert scored.labels == ("label0",)
    assert scored.scores.outputs == ("yes",)
    assert scored.by_label(VALUES).tolist() == VALUES.tolist()
    named = find_scores(BINARY, X, ["no"])
    assert named.labels == named.scores.outputs == ("no",)
    assert find_scores(BINARY, X, ["paid"]).labels == ("paid",)


@pytest.mark.parametrize(
    ("headers", "levels", "differences"),
    [
        (["no", "yes"], [0.75, 0.25], [-0.25, 0.25]),
        (["yes", "no"], [0.25, 0.75], [0.25, -0.25]),
        (["bad", "good"], [0.75, 0.25], [-0.25, 0.25]),
    ],
)
def test_two_headers_give_both_classes(headers, levels, differences):
    scored = find_scores(BINARY, X, headers)
    assert scored.labels == tuple(headers)
    assert scored.by_label(VALUES, levels=True)[0].tolist() == levels
    assert scored.by_label(VALUES)[0].tolist() == differences


def test_log_odds_of_the_other_class_are_the_negative():
    scored = find_scores(BINARY, X, ["no", "yes"], use_logit=True)
    assert scored.scores.link == "mean_then_logit"
    assert scored.by_label(VALUES, levels=True)[0].tolist() == [-0.25, 0.25]


def test_headers_that_are_classes_name_their_scores():
    values = np.array([[0.1, 0.2, 0.7]])
    assert find_scores(THREE, X, ["2", "0", "1"]).by_label(values).tolist() == [[0.7, 0.1, 0.2]]
    other = find_scores(THREE, X, ["low", "middle", "high"])
    assert other.scores.outputs == other.labels == ("low", "middle", "high")
    assert other.by_label(values).tolist() == values.tolist()
    assert find_scores(THREE, X, None).labels == ("label0", "label1", "label2")


def test_a_function_of_two_scores_has_two_labels():
    def both(rows):
        return np.column_stack([rows[:, 0] > 0, rows[:, 0] <= 0]).astype(float) * 0.5 + 0.25

    scored = find_scores(as_predictor(both, container="numpy"), X, None)
    assert scored.labels == ("label0", "label1")
    assert scored.scores(X[:4], 4).tolist() == both(X[:4]).tolist()


def test_what_does_not_fit_is_told():
    with pytest.raises(InputError, match=r"label_headers has 2 name\(s\)"):
        find_scores(THREE, X, ["a", "b"])
    number = as_predictor(LinearRegression().fit(X, X[:, 0]))
    with pytest.raises(InputError, match=r"label_headers has 2 name\(s\)"):
        find_scores(number, X, ["a", "b"])
    with pytest.raises(InputError, match="has no probability"):
        find_scores(number, X, None, use_logit=True)
