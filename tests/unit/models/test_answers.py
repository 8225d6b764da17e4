import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import ModelError
from assay.models.answers import (
    AnswerError,
    as_array,
    as_labels,
    as_numbers,
    as_probabilities,
    as_scores,
    interpret,
)


@pytest.mark.parametrize(
    "answer",
    [
        [0.5, 1.0],
        (0.5, 1.0),
        np.array([0.5, 1.0]),
        np.array([[0.5], [1.0]]),
        pd.Series([0.5, 1.0], index=[7, 3]),
        pd.DataFrame({"y": [0.5, 1.0]}),
        pl.Series([0.5, 1.0]),
        pl.DataFrame({"y": [0.5, 1.0]}),
    ],
)
def test_any_column_of_values_is_read(answer):
    assert as_array(answer, 2).tolist() == [0.5, 1.0]


@pytest.mark.parametrize("answer", [0.5, None, "yes", {"a": 1}, np.zeros((2, 2, 2))])
def test_what_is_no_table_is_refused(answer):
    with pytest.raises(AnswerError, match="instead of a value a row"):
        as_array(answer, 2)


@pytest.mark.parametrize("answer", [[[1], [1, 2]], [0.5, [0.5, 0.5]]])
def test_rows_of_different_length_are_refused(answer):
    with pytest.raises(AnswerError, match="returned list whose rows differ in length"):
        as_array(answer, 2)


def test_another_number_of_rows_is_refused():
    with pytest.raises(ModelError, match="returned 3 predictions for 2 rows"):
        as_labels(["a", "b", "c"], 2)


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_row_without_class_is_named(missing):
    with pytest.raises(AnswerError, match="row 1 of the batch") as caught:
        as_labels(np.array(["a", missing], dtype=object), 2)
    assert caught.value.row == 1


def test_two_columns_are_no_prediction():
    with pytest.raises(AnswerError, match="2 columns where one value"):
        as_numbers([[1, 2], [3, 4]], 2)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_must_be_finite(value):
    with pytest.raises(AnswerError) as caught:
        as_numbers([1.0, 2.0, value], 3)
    assert caught.value.row == 2


def test_text_is_no_number():
    with pytest.raises(AnswerError, match="str values such as 'high' instead of numbers"):
        as_numbers(["high", "low"], 2)


def test_probability_names_row_class_and_value():
    with pytest.raises(AnswerError, match=r"1\.2 as the probability of class number 1") as caught:
        as_probabilities([[0.5, 0.5], [-1e-9, 1.2]], 2)
    assert caught.value.row == 1


def test_rounding_beyond_one_is_clipped():
    made = as_probabilities([[-1e-9, 1 + 1e-9]], 1)
    assert made.tolist() == [[0.0, 1.0]]


def test_scores_need_a_column_for_each_class():
    with pytest.raises(AnswerError, match=r"expected 3 columns of scores \(a, b, c\)"):
        as_scores([[0.1, 0.9]], 1, classes=("a", "b", "c"))
    with pytest.raises(AnswerError, match="a column for each class"):
        as_scores([0.1, 0.9], 2)


def test_sparse_answers_are_refused():
    from scipy.sparse import csr_array

    with pytest.raises(AnswerError, match="csr_array"):
        as_array(csr_array(np.eye(2)), 2)


def test_shape_and_type_tell_what_an_answer_is():
    assert interpret([0.5, 1.0], 2, classes=None).values is not None
    assert interpret([1, 0], 2, classes=None).labels is not None
    assert interpret([True, False], 2, classes=None).labels is not None
    both = interpret(pd.DataFrame({"no": [0.5], "yes": [0.5]}), 1, classes=None)
    assert both.classes == ("no", "yes")
    assert interpret([[0.5, 0.5]], 1, classes=None).classes is None


@given(st.lists(st.floats(0, 1), min_size=1))
def test_probabilities_come_back_unchanged(values):
    table = np.column_stack([1 - np.array(values), values])
    assert np.array_equal(as_probabilities(table, len(values)), table)
