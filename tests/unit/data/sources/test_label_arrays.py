"""Arrays and lists in which a row has many labels."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from assay.data.dataset import Dataset
from assay.errors import InputError

Y = np.array([[0, 1], [1, 1], [0, 0]])
P = np.array([[0.2, 0.7], [0.9, 0.6], [0.1, 0.4]])


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist, csr_matrix, lambda y: y > 0])
def test_matrices_get_names(make):
    data = Dataset.from_arrays(y_true=make(Y), y_pred=make(Y), y_score=P)
    assert data.schema.labels == ("label_0", "label_1")
    assert data.schema.predictions == ("pred_label_0", "pred_label_1")
    assert data.schema.scores == ("p_label_0", "p_label_1")


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_frames_keep_their_names(frame):
    data = Dataset.from_arrays(y_true=frame({"b": Y[:, 0], "a": Y[:, 1]}), y_score=P)
    assert data.schema.labels == ("b", "a")
    assert data.schema.scores == ("p_b", "p_a")


def test_lists_of_texts_are_one_column():
    data = Dataset.from_arrays(y_true=[["b"], ["a", "b"], []], y_pred=[[], ["a"], []], y_score=P)
    assert data.schema.labels == ("y_true",)
    assert data.schema.scores == ("p_a", "p_b")
    assert data.holds_lists("y_pred")


def test_a_column_of_classes_is_as_before():
    data = Dataset.from_arrays(y_true=Y[:, :1], y_pred=Y[:, 0].tolist())
    assert (data.schema.label, data.schema.prediction) == ("y_true", "y_pred")
    assert Dataset.from_arrays(y_true=["ab", "cd"]).schema.label == "y_true"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"y_true": Y, "y_pred": np.ones((3, 3))}, "y_pred has 3 columns and there are 2 labels"),
        ({"y_true": Y, "y_score": P[:, :1]}, "y_score has 1 columns and there are 2 labels"),
        ({"y_true": Y[:, 0], "y_pred": Y}, "y_pred has 2 columns and y_true has one"),
        ({"y_true": Y, "y_score": P[:2]}, "must be as long"),
        ({"y_true": Y + 1, "y_score": P}, "neither 0 nor 1"),
    ],
)
def test_what_does_not_fit(given, message):
    with pytest.raises(InputError, match=message):
        Dataset.from_arrays(**given)


def test_one_value_in_brackets_is_a_value():
    data = Dataset.from_arrays(y_true=[[1], [0]], y_pred=[[1], [1]])
    assert (data.schema.label, data.schema["y_true"].storage) == ("y_true", "int64")
