"""Tables in which a row may have many labels: how they are read, and what is refused."""

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.label_sets import MAX_LABELS, has_label_sets, indicator_matrix, label_names
from assay.data.schema import Schema
from assay.errors import ColumnNotFoundError, InputError

TABLE = {
    "x": [1.5, 2.5, 3.5],
    "sport": [0, 1, 1],
    "news": [True, False, True],
    "tags": [["b"], [], ["a", "b"]],
    "p_news": [0.9, 0.2, 0.7],
    "p_sport": [0.1, 0.8, 0.6],
}


def test_label_columns_keep_the_order_in_which_they_were_named():
    data = Dataset.read(TABLE, label=["news", "sport"], score=["p_news", "p_sport"], ignore="tags")
    assert data.schema.labels == label_names(data) == ("news", "sport")
    assert data.schema.scores == ("p_news", "p_sport")
    assert data.schema.label is None
    assert data.schema.features == ("x",)
    assert has_label_sets(data)
    assert Schema.from_dict(data.schema.to_dict()) == data.schema


def test_a_column_of_lists():
    data = Dataset.read(TABLE, label="tags")
    assert (data.schema.label, data.schema.labels) == ("tags", ("tags",))
    assert has_label_sets(data)
    assert label_names(data) == ("a", "b")


def test_predicted_lists_bring_their_own_labels():
    table = {"tags": [["b"], ["a"]], "answer": [["c"], ["a"]]}
    data = Dataset.read(table, label="tags", prediction="answer")
    assert label_names(data) == ("a", "b", "c")


def test_one_column_of_one_class_is_none_of_these():
    assert not has_label_sets(Dataset.read(TABLE, label="sport"))
    assert not has_label_sets(Dataset.read(TABLE))


def test_roles_given_later_keep_their_order():
    data = Dataset.read(TABLE, ignore="tags").with_roles(label=["sport", "news"])
    assert data.schema.labels == ("sport", "news")


def test_another_table_like_it():
    data = Dataset.read(TABLE, label=["news", "sport"], ignore="tags")
    other = data.like({**TABLE, "sport": [1, 1, 0]})
    assert other.schema.labels == ("news", "sport")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sport": [0, 2, 1]}, r"'sport'.*neither 0 nor 1.* in 1 row, first in row 2 .*: 2; "),
        (
            {"sport": ["y", "n", "y"]},
            r"'sport'.*neither 0 nor 1.* in 3 rows, first in row 1 .*'y'",
        ),
        ({"sport": [0.0, 0.5, 1.0]}, r"'sport'.*first in row 2 .*: 0.5"),
        ({"sport": [0, None, 1]}, r"'sport' .*\(a label\) has no value in 1 row, first in row 2"),
    ],
)
def test_label_columns_hold_0_and_1(change, message):
    with pytest.raises(InputError, match=message):
        Dataset.read({**TABLE, **change}, label=["news", "sport"])


def test_prediction_columns_hold_0_and_1_too():
    with pytest.raises(InputError, match=r"'p_news'.*one of several predictions.*row 1.*0\.9"):
        Dataset.read(TABLE, label=["news", "sport"], prediction=["p_news", "p_sport"])


def test_floats_that_are_0_and_1_are_labels():
    data = Dataset.read({**TABLE, "sport": [0.0, 1.0, 1.0]}, label=["news", "sport"])
    batch = next(iter(data.batches(["news", "sport"])))
    found = indicator_matrix(batch, ("news", "sport"), ("news", "sport"))
    assert found.tolist() == [[True, False], [False, True], [True, True]]


def test_lists_without_a_value():
    frame = pl.DataFrame({"tags": [["a"], [None], ["b"]]})
    with pytest.raises(InputError, match="a list with a missing value in 1 row, first in row 2"):
        Dataset.read(frame, label="tags")
    with pytest.raises(InputError, match=r"\(the label\) has no value in 1 row, first in row 2"):
        Dataset.read(pl.DataFrame({"tags": [["a"], None, ["b"]]}), label="tags")


@pytest.mark.parametrize(
    ("table", "label", "message"),
    [
        ({"tags": [["a"], []]}, "tags", "hold only the label 'a'.*binary task"),
        ({"tags": [["a", "b"]], "c": [1]}, ["tags", "c"], "'tags' holds lists"),
        ({"tags": [[0.5], [1.5]]}, "tags", "lists of labels hold texts or whole numbers"),
        (
            {"tags": [[f"t{at}" for at in range(MAX_LABELS + 1)]]},
            "tags",
            f"more than {MAX_LABELS} labels",
        ),
    ],
)
def test_lists_that_cannot_be_labels(table, label, message):
    with pytest.raises(InputError, match=message):
        label_names(Dataset.read(pl.DataFrame(table), label=label))


def test_lists_with_no_label_at_all():
    frame = pl.DataFrame({"tags": [[], []]}, schema={"tags": pl.List(pl.String)})
    with pytest.raises(InputError, match="hold no label at all"):
        label_names(Dataset.read(frame, label="tags"))


def test_a_label_column_that_is_not_there():
    with pytest.raises(ColumnNotFoundError, match="weather"):
        Dataset.read(TABLE, label=["news", "weather"])


def test_lists_become_a_matrix():
    batch = pl.DataFrame({"t": [["b", "b"], [], ["zzz"], ["a", "b"]]})
    found = indicator_matrix(batch, ["t"], ["a", "b"])
    assert found.tolist() == [[False, True], [False, False], [False, False], [True, True]]
    assert indicator_matrix(batch.slice(3), ["t"], ["a", "b"]).tolist() == [[True, True]]
    numbers = pl.DataFrame({"t": [[3], [1, 3]]})
    assert np.array_equal(indicator_matrix(numbers, ["t"], ["1", "3"]), [[0, 1], [1, 1]])
