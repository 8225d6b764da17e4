"""Which column is about which label."""

import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.label_columns import label_columns, match_by_name

LABELS = {"a": [0, 1], "ab": [1, 1]}


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["p_ab", "p_a"], ("p_a", "p_ab")),
        (["ab_score", "a_score"], ("a_score", "ab_score")),
        (["model ab (x)", "model a (x)"], ("model a (x)", "model ab (x)")),
        (["p_a", "q_ab"], None),
        (["one", "two"], None),
        (["p_a", "p_b"], None),
    ],
)
def test_by_name(columns, found):
    assert match_by_name(columns, ["a", "ab"]) == found


def read(extra, **roles):
    return Dataset.read({**LABELS, **extra}, label=["a", "ab"], **roles)


def test_by_order_a_finding_says_so():
    data = read({"x": [0, 1], "y": [1, 0]}, prediction=["y", "x"])
    found = label_columns(data, ("a", "ab"))
    assert (found.truth, found.given) == (("a", "ab"), ("y", "x"))
    (said,) = found.findings
    assert said.rule == "labels_matched_by_order"
    assert "the predictions" in said.message


def test_named_columns_need_no_finding():
    data = read({"p_ab": [0.1, 0.2], "p_a": [0.3, 0.4]}, score=["p_ab", "p_a"])
    found = label_columns(data, ("a", "ab"))
    assert found.scores == ("p_a", "p_ab")
    assert found.findings == ()


def test_a_list_of_predictions_names_its_labels():
    data = read({"said": [["a"], []]}, prediction="said")
    assert label_columns(data, ("a", "ab")).given == ("said",)


def test_another_number_of_columns():
    data = read({"p": [0.1, 0.2]}, score="p")
    with pytest.raises(InputError, match=r"1 score columns \(p\) for 2 labels .*score_a"):
        label_columns(data, ("a", "ab"))
