import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.errors import InputError
from assay.models.network_rows import columns_of, matrix_of, numbers_of, stretches, texts_of

FRAME = pl.DataFrame({"a": [1, 2], "b": [0.5, 1.5], "c": [True, False]})
MATRIX = [[1.0, 0.5, 1.0], [2.0, 1.5, 0.0]]


@pytest.mark.parametrize(
    "rows", [FRAME, FRAME.to_pandas(), FRAME.to_pandas().astype(object), np.array(MATRIX)]
)
def test_any_container_gives_the_same_matrix(rows):
    assert matrix_of(columns_of(rows), nulls="refuse").tolist() == MATRIX


def test_names_are_kept_and_arrays_are_counted_from_one():
    assert list(columns_of(FRAME)) == ["a", "b", "c"]
    assert list(columns_of(FRAME.to_pandas())) == ["a", "b", "c"]
    assert list(columns_of(np.zeros((1, 2)))) == ["column 1", "column 2"]
    assert list(columns_of(pd.Series([1.0], name="x"))) == ["x"]


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([1.0, None, 3.0]),
        pl.Series([1.0, np.nan, 3.0]),
        pl.Series([1, None, 3]),
        columns_of(pd.DataFrame({"x": [1.0, None, 3.0]}))["x"],
        columns_of(pd.DataFrame({"x": [1, None, 3]}, dtype="object"))["x"],
    ],
)
def test_missing_values_are_refused_by_name_or_replaced_as_told(column):
    with pytest.raises(InputError, match=r"'age' has no value in 1 of 3 rows .*nulls=NUMBER"):
        numbers_of(column, "age", nulls="refuse")
    assert numbers_of(column, "age", nulls=-1.0).tolist() == [1.0, -1.0, 3.0]
    kept = numbers_of(column, "age", nulls="nan")
    assert np.isnan(kept).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("values", "shown"),
    [(["red", "blue"], "red"), ([datetime.date(2024, 1, 2)] * 2, "2024-01-02"), ([[1], [2]], "1")],
)
def test_what_is_no_number_is_named(values, shown):
    with pytest.raises(InputError, match=rf"'colour' holds .*{shown}.*--feature"):
        numbers_of(pl.Series(values), "colour", nulls=0.0)


def test_whole_numbers_stay_whole_where_no_value_may_be_missing():
    assert numbers_of(pl.Series([1, 2]), "a", nulls="refuse", whole=True).dtype == np.int64
    assert numbers_of(pl.Series([True]), "a", nulls="refuse", whole=True).dtype == np.int64
    assert numbers_of(pl.Series([1, 2]), "a", nulls=0.0, whole=True).dtype == np.float64
    assert numbers_of(pl.Series([1, 2]), "a", nulls="refuse").dtype == np.float64


def test_missing_texts_are_refused_or_empty():
    column = pl.Series(["a", None])
    with pytest.raises(InputError, match="'text' has no value in 1 of 2"):
        texts_of(column, "text", empty_for_null=False)
    assert texts_of(column, "text", empty_for_null=True) == ["a", ""]


def test_stretches_cover_every_row_once():
    rows = list(range(10))
    assert [row for part in stretches(10, 3) for row in rows[part]] == rows
    assert len(stretches(0, 3)) == 1
