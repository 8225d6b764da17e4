"""Frames of any library are taken as they are."""

from datetime import UTC, datetime
from decimal import Decimal

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assay.data.dataset import Dataset
from assay.data.sources.frames import open_frame, to_series
from assay.errors import InputError

ROWS = {"a": [1, 2, 3], "s": ["x", None, "z"], "f": [0.5, None, 2.0]}


@pytest.mark.parametrize(
    "make",
    [
        pl.DataFrame,
        pl.LazyFrame,
        pd.DataFrame,
        pa.table,
        lambda rows: pa.RecordBatch.from_pydict(rows),
        dict,
    ],
    ids=["polars", "lazy", "pandas", "arrow", "record batch", "mapping"],
)
def test_all_frames_give_the_same_table(make):
    made = open_frame(make(ROWS)).frame.collect()
    assert made.equals(pl.DataFrame(ROWS))


def pandas_frame():
    frame = pd.DataFrame(
        {
            "object": pd.Series(["a", None, "b"], dtype=object),
            "bool_null": pd.Series([True, None, False], dtype=object),
            "category": pd.Categorical(["x", None, "y"], categories=["z", "y", "x"], ordered=True),
            "number_category": pd.Categorical([3, 1, 3]),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "string": pd.array(["a", None, "c"], dtype="string"),
            "naive": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
            "zoned": pd.to_datetime(["2024-01-01", None, "2024-01-03"]).tz_localize("Asia/Tokyo"),
            "decimal": [Decimal("1.5"), None, Decimal("2.5")],
            "mixed_numbers": pd.Series([1, 2.5, None], dtype=object),
            "period": pd.period_range("2024-01", periods=3, freq="M"),
            7: [1, 2, 3],
        }
    )
    frame.index = ["p", "q", "r"]
    return frame


def test_pandas_types():
    source = open_frame(pandas_frame())
    made = source.frame.collect()
    assert made.columns[-1] == "7"
    assert made["object"].to_list() == ["a", None, "b"]
    assert made["bool_null"].to_list() == [True, None, False]
    assert made["category"].to_list() == ["x", None, "y"]
    assert made["number_category"].to_list() == [3, 1, 3]
    assert made["nullable"].to_list() == [1, None, 3]
    assert made["mixed_numbers"].to_list() == [1.0, 2.5, None]
    assert made["period"].to_list() == ["2024-01", "2024-02", "2024-03"]
    assert made["zoned"][0] == datetime.fromisoformat("2023-12-31T15:00:00").replace(tzinfo=UTC)
    assert source.categories["category"].values == ("z", "y", "x")
    assert source.categories["category"].ordered
    assert source.categories["number_category"].values == (1, 3)


def test_categories_of_arrow_in_a_pandas_frame():
    values = pl.Series("c", ["u", "v", "u", None], dtype=pl.Enum(["v", "u"]))
    frame = values.to_frame().to_pandas(use_pyarrow_extension_array=True)
    source = open_frame(frame)
    assert source.frame.collect()["c"].to_list() == ["u", "v", "u", None]
    assert set(source.categories["c"].values) == {"u", "v"}


def test_the_callers_own_rows_come_back():
    frame = pandas_frame()
    data = Dataset.read(frame)
    pd.testing.assert_frame_equal(data.pandas_rows(1, 3), frame.iloc[1:3])
    kept = data.filter(nw.col("nullable") > 1)
    pd.testing.assert_frame_equal(kept.pandas_rows(0, 9), frame.iloc[[2]])
    assert Dataset.read(pl.DataFrame({"a": [1]})).pandas_rows(0, 1) is None


def test_schema_of_a_pandas_category():
    column = Dataset.read(pandas_frame()).schema["category"]
    assert (column.kind, column.categories, column.ordered) == ("ordinal", ("z", "y", "x"), True)


def test_polars_enum_keeps_its_categories():
    frame = pl.DataFrame({"e": pl.Series(["b", "a"], dtype=pl.Enum(["b", "a", "c"]))})
    data = Dataset.read(frame)
    assert data.schema["e"].categories == ("b", "a", "c")
    assert data.frame.collect_schema()["e"] == nw.String


def test_numpy_arrays():
    made = open_frame(np.array([[1.0, np.nan], [3.0, 4.0]])).frame.collect()
    assert made.to_dict(as_series=False) == {"x0": [1.0, 3.0], "x1": [None, 4.0]}
    structured = np.array([(1, "a"), (2, "b")], dtype=[("n", "i4"), ("s", "U3")])
    assert open_frame(structured).frame.collect().rows() == [(1, "a"), (2, "b")]
    objects = np.array([[1, "a"], [2, "b"]], dtype=object)
    assert open_frame(objects).frame.collect().rows() == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column named 'a'"),
        (pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), "named 'a'"),
        (pd.DataFrame(), "no columns"),
        (np.zeros(3), r"not an array of shape \(3,\).*reshape"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        ({"a": [1], "b": [1, 2]}, "different lengths.*'b': 2"),
        (42, "a table was expected, not builtins.int"),
        (pl.DataFrame({"__assay_x": [1]}), "__assay_x.*rename"),
    ],
)
def test_frames_that_cannot_be_used(data, message):
    with pytest.raises(InputError, match=message):
        open_frame(data)


@pytest.mark.parametrize(
    "values",
    [[1, "a"], [True, "a", 2], [datetime.fromisoformat("2024-01-01"), "x"]],
)
def test_a_column_of_mixed_types_is_named_with_rows_and_values(values):
    frame = pd.DataFrame({"fine": range(len(values)), "odd": pd.Series(values, dtype=object)})
    with pytest.raises(InputError, match=r"column 'odd' mixes types: row 0 .*; row 1 .*astype"):
        open_frame(frame)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        (1, 2),
        np.array([1, 2]),
        np.array([[1], [2]]),
        pd.Series([1, 2], index=[5, 6]),
        pl.Series([1, 2]),
        pa.array([1, 2]),
        range(1, 3),
        pd.DataFrame({"label": [1, 2]}, index=[5, 6]),
        pl.DataFrame({"label": [1, 2]}),
        pa.table({"label": [1, 2]}),
    ],
    ids=lambda values: type(values).__name__,
)
def test_one_dimensional_values(values):
    made = to_series(values, "y")
    assert made.name == "y"
    assert made.to_list() == [1, 2]


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((2, 2)),
        "text",
        5,
        {"a": 1, "b": 2},
        {1, 2},
        pd.DataFrame({"a": [1, 2], "b": [3, 4]}),
        pl.DataFrame({"a": [1, 2], "b": [3, 4]}),
        pa.table({"a": [1, 2], "b": [3, 4]}),
    ],
)
def test_values_that_are_no_column(values):
    with pytest.raises(InputError, match="y must"):
        to_series(values, "y")
