"""What is asked of the scan, and what is refused before it."""

import numpy as np
import polars as pl
import pytest

import assay
from assay.data.requests import CubeRequest, MomentsRequest, ScoreTableRequest
from assay.errors import InputError
from assay.evaluation.label import read_label
from assay.evaluation.locate import first_outside
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.score_columns import class_scores, positive_score
from assay.evaluation.task import Target
from assay.evaluation.words import in_words
from assay.tables.cube import Cube


def read(columns, **roles):
    return assay.Dataset.read(pl.DataFrame(columns), **roles)


def test_scores_and_a_threshold_make_the_outcomes():
    data = read({"y": [0, 1, 1], "s": [0.2, 0.6, 0.4]}, label="y", score="s")
    plan = plan_evaluation(data)
    assert plan.threshold.chosen_on == "default"
    assert isinstance(plan.requests["outcomes"], CubeRequest)
    assert isinstance(plan.requests["scores"], ScoreTableRequest)
    cube = plan.data.scan(plan.requests)["outcomes"]
    assert cube.dense().tolist() == [[1, 0], [1, 1]]


def test_a_row_at_the_threshold_is_positive():
    data = read({"y": [0, 1, 1], "s": [0.2, 0.6, 0.4]}, label="y", score="s")
    cube = plan_evaluation(data, threshold=0.4)
    assert cube.data.scan(cube.requests)["outcomes"].dense().tolist() == [[1, 0], [0, 2]]


def test_weight_and_unit_go_into_every_request():
    columns = {"y": [0, 1] * 5, "s": [0.2, 0.6] * 5, "w": [1.0] * 10, "g": list("aabbccddee")}
    plan = plan_evaluation(read(columns, label="y", score="s", weight="w", group="g"))
    for request in plan.requests.values():
        assert request.weight == "w"
        assert request.unit == "__assay_unit__"
        assert request.unit_kind == "group"


def test_the_losses_come_from_the_score_table_where_it_is_exact():
    data = read({"y": [0, 1, 1], "s": [0.2, 0.6, 0.4]}, label="y", score="s")
    assert "losses" not in plan_evaluation(data).requests
    three = {
        "y": ["a", "b", "c"],
        "p_a": [0.5, 0.2, 0.1],
        "p_b": [0.3, 0.6, 0.1],
        "p_c": [0.2, 0.2, 0.8],
    }
    plan = plan_evaluation(read(three, label="y", score=["p_a", "p_b", "p_c"]))
    assert isinstance(plan.requests["losses"], MomentsRequest)
    assert {"scores:0", "scores:1", "scores:2", "top_scores", "outcomes"} <= set(plan.requests)


def test_the_schemas_positive_is_taken():
    data = read({"y": ["a", "b"] * 4, "s": [0.2, 0.6] * 4}, label="y", score="s", positive="a")
    assert plan_evaluation(data).target.positive == "a"


def test_scores_of_more_classes_make_a_multiclass_of_two_labels():
    columns = {"y": ["a", "b"], "p_a": [0.8, 0.2], "p_b": [0.1, 0.7], "p_c": [0.1, 0.1]}
    data = read(columns, label="y", score=["p_a", "p_b", "p_c"])
    assert resolve_data_target(data).task == "multiclass"
    result = assay.evaluate(None, data)
    assert result.classes == ("a", "b", "c")
    assert result["accuracy"].value == 1.0


@pytest.mark.parametrize("names", [("p_a", "p_b"), ("score a", "score b"), ("a", "b")])
def test_columns_tell_their_class_by_name(names):
    data = read(
        {"y": ["a", "b"], names[0]: [0.8, 0.3], names[1]: [0.2, 0.7]}, label="y", score=list(names)
    )
    assert class_scores(data, ("a", "b")) == {"a": names[0], "b": names[1]}
    assert positive_score(data, Target("binary", ("a", "b"), "b")) == names[1]


def test_a_class_without_a_score_column_is_named():
    data = read(
        {"y": ["a", "b"], "p_a": [0.8, 0.3], "p_x": [0.2, 0.7]}, label="y", score=["p_a", "p_x"]
    )
    with pytest.raises(InputError, match="no score column for the classes 'b'"):
        class_scores(data, ("a", "b"))


def test_labels_are_counted():
    label = read_label(read({"y": ["b", "a", "b"], "s": [0.1, 0.2, 0.3]}, label="y", score="s"))
    assert (label.values, label.rows, label.complete) == (("a", "b"), (1, 2), True)


def test_a_quantity_is_not_counted_out():
    label = read_label(read({"y": np.arange(500.0), "s": np.ones(500)}, label="y", score="s"))
    assert not label.complete
    assert label.storage == "float64"


def test_a_table_without_a_label_is_refused():
    with pytest.raises(InputError, match="--label"):
        read_label(read({"s": [0.1]}, score="s"))


def test_the_first_bad_row_is_found_in_a_later_batch():
    values = np.zeros(150_000)
    values[140_000] = 7.0
    found = first_outside(read({"s": values}), "s", high=1.0)
    assert (found.row, found.value) == (140_001, "7.0")
    assert first_outside(read({"s": np.zeros(3)}), "s", low=0.0, high=1.0) is None


def test_folded_outcomes_are_refused():
    names = tuple("ab")
    cube = Cube.from_counts({"label": names, "prediction": names}, [[1, 2], [3, 4]])
    folded = Cube(cube.keys, cube.levels, cube.codes, cube.n, cube.w, cube.w2, folded=3)
    with pytest.raises(InputError, match="too many combinations"):
        in_words(folded, Target("multiclass", names), {})
