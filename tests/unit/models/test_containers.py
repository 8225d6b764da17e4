import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError, MissingExtraError
from assay.models.containers import check_container, container_of, to_container, to_pandas
from assay.models.layout import Layout


def test_unknown_container_is_refused():
    with pytest.raises(InputError, match="'arrow'; choose one of: pandas, polars, numpy"):
        check_container("arrow")
    check_container(None)


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (pd.DataFrame({"a": [1]}), "pandas"),
        (pd.Series([1]), "pandas"),
        (pl.DataFrame({"a": [1]}), "polars"),
        (np.zeros((1, 1)), "numpy"),
        ([[1]], None),
    ],
)
def test_container_of_rows_is_told(rows, name):
    assert container_of(rows) == name


def test_missing_pandas_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'assay\[pandas\]'") as caught:
        to_pandas(pl.DataFrame({"a": [1]}), ["a"], Layout())
    assert "--model-input polars" in str(caught.value)
    assert caught.value.exit_status == 2


def test_polars_and_numpy_do_without_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    batch = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    assert to_container(batch, ["b", "a"], Layout(), "polars").equals(batch.select("b", "a"))
    made = to_container(batch, ["a", "b"], Layout(), "numpy")
    assert made.dtype == object
    assert made[0].tolist() == [1, "x"]
    assert np.isnan(made[1, 1])


@pytest.mark.parametrize(
    ("columns", "nullable", "dtype"),
    [
        ({"a": [1, 2], "b": [3, 4]}, (), "int64"),
        ({"a": [1, 2], "b": [3, 4]}, ("a",), "float64"),
        ({"a": [1, 2], "b": [3.5, 4]}, (), "float64"),
        ({"a": [1, 2], "b": [True, False]}, (), "float64"),
        ({"a": [1, 2], "b": [None, None]}, (), "float64"),
        ({"a": [1, 2], "b": ["x", "y"]}, (), "object"),
    ],
)
def test_array_has_the_type_of_the_whole_table(columns, nullable, dtype):
    batch = pl.DataFrame(columns)
    layout = Layout(nullable=frozenset(nullable))
    made = to_container(batch, batch.columns, layout, "numpy")
    assert made.dtype == dtype
    assert made.shape == (2, 2)


def test_one_column_is_handed_over_as_a_series():
    batch = pl.DataFrame({"text": ["good day", "bye"]})
    kinds = {
        container: type(to_container(batch, ["text"], Layout(), container, one_column=True))
        for container in ("pandas", "polars", "numpy")
    }
    assert kinds == {"pandas": pd.Series, "polars": pl.Series, "numpy": np.ndarray}


def test_batch_without_nulls_has_the_types_of_a_table_with_them():
    batch = pl.DataFrame({"whole": [1, 2], "truth": [True, False], "text": ["a", "b"]})
    csv = Layout("csv", nullable=frozenset(batch.columns))
    made = to_pandas(batch, batch.columns, csv)
    assert [str(dtype) for dtype in made.dtypes][:2] == ["float64", "object"]
    assert made["text"].dtype == pd.Series(["a"]).dtype


def test_missing_truth_is_nan_from_text_and_none_from_arrow():
    batch = pl.DataFrame({"truth": [True, None]})
    assert np.isnan(to_pandas(batch, ["truth"], Layout("csv"))["truth"][1])
    assert to_pandas(batch, ["truth"], Layout("frame"))["truth"][1] is None


def test_column_without_any_value_is_float_from_text():
    batch = pl.DataFrame({"empty": pl.Series([None, None], dtype=pl.String)})
    layout = Layout("csv", empty=frozenset({"empty"}))
    assert to_pandas(batch, ["empty"], layout)["empty"].dtype == "float64"


def test_categories_are_those_of_the_whole_column():
    frame = pl.DataFrame(
        {"job": pl.Series(["b", "a"], dtype=pl.Enum(["b", "a", "z"])), "n": [1, 2]}
    )
    layout = Layout.from_schema(Dataset.read(frame).schema, "frame")
    made = to_pandas(pl.DataFrame({"job": ["a"]}), ["job"], layout)["job"]
    assert list(made.cat.categories) == ["b", "a", "z"]
    assert made.cat.ordered


def test_types_of_the_users_own_frame_come_back():
    own = pd.DataFrame(
        {
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "category": pd.Categorical(["x", "y", "x"], categories=["y", "x", "z"]),
            "small": np.array([1, 2, 3], dtype="int8"),
            "at": pd.to_datetime(["2020-01-01", None, "2020-01-03"]),
            "truth": pd.array([True, False, None], dtype="boolean"),
        }
    )
    data = Dataset.read(own)
    batch = next(iter(data.batches()))
    made = to_pandas(batch, list(own.columns), Layout.from_pandas(own))
    pd.testing.assert_frame_equal(made, own)


def test_missing_value_in_a_whole_column_of_the_own_frame_makes_it_float():
    own = pd.DataFrame({"whole": [1, 2]})
    made = to_pandas(pl.DataFrame({"whole": [1, None]}), ["whole"], Layout.from_pandas(own))
    assert made["whole"].dtype == "float64"


def test_no_columns_keep_the_number_of_rows():
    assert to_pandas(pl.DataFrame({"a": [1, 2]}), [], Layout()).shape == (2, 0)
