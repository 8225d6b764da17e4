"""Opening a table with roles, and what is refused before anything else runs."""

from datetime import time, timedelta

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest
from assay.data.schema import Schema
from assay.data.units import block_codes
from assay.errors import ColumnNotFoundError, InputError

TABLE = {
    "age": [20, 30, 40, 50],
    "sex": ["f", "m", "f", "m"],
    "income": ["no", "yes", "no", "yes"],
    "p": [0.1, 0.9, 0.4, 0.6],
    "w": [1.0, 2.0, 0.0, 1.0],
    "who": [1, 1, 2, 2],
    "at": ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"],
}


def test_roles_and_features():
    data = Dataset.read(
        TABLE, label="income", score="p", weight="w", group="who", time="at", facets="sex"
    )
    schema = data.schema
    assert (schema.label, schema.scores, schema.weight) == ("income", ("p",), "w")
    assert (schema.group, schema.time, schema.facets) == ("who", "at", ("sex",))
    assert schema.features == ("age", "sex")
    assert schema["at"].storage == "time"
    assert data.unit == ("who", "group")


def test_told_features_are_all_there_are():
    schema = Dataset.read(TABLE, label="income", features=["age"], facets="sex").schema
    assert schema.features == ("age",)
    assert schema.facets == ("sex",)
    assert schema["w"].role == "ignored"


def test_ignored_columns_are_not_read_by_a_model():
    assert "w" not in Dataset.read(TABLE, ignore="w").schema.features


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"label": "incom"}, r"columns not found: incom; did you mean income\?.*age, sex"),
        ({"label": "p", "score": "p"}, "'p' is named as label and as score"),
        ({"label": "income", "features": ["age", "income"]}, "'income' is named as label and"),
        ({"kinds": {"age": "numeral"}}, "kind 'numeral' of column 'age' is not known.*continuous"),
        ({"kinds": {"agee": "text"}}, "columns not found: agee"),
        ({"kinds": {"sex": "time"}}, r"column 'sex', row 1 \(counted from 1\): 'f' is not an ISO"),
        ({"kinds": {"age": "time"}}, "'age' was declared to be a time and holds int64"),
        ({"kinds": {"sex": "continuous"}}, "row 1 .*'f' is not a number"),
        ({"label": "income", "positive": "maybe"}, "'maybe' does not occur.*found: 'no', 'yes'"),
        ({"score": "sex"}, "score column 'sex' of frame must hold numbers.*'f'"),
        ({"weight": "sex"}, "weight column 'sex' of frame must hold numbers"),
        ({"time": "sex"}, r"\(the time\) is no ISO 8601 date or time in 4 rows.*'f'"),
        ({"engine": "sparc"}, "engine 'sparc' is not known; there is: polars"),
    ],
)
def test_what_is_told_wrongly(roles, message):
    with pytest.raises(InputError, match=message):
        Dataset.read(TABLE, **roles)


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("role", "values", "message"),
    [
        ("label", ["a", None, "b"], r"\(the label\) has no value in 1 row, first in row 2"),
        ("label", [1.0, NAN, NAN], r"\(the label\) has no value in 2 rows, first in row 2"),
        ("prediction", ["a", "b", None], r"\(the prediction\) has no value in 1 row.*row 3"),
        ("score", [0.5, 0.1, NAN], r"\(a score\) has no value or NaN in 1 row, first in row 3"),
        ("score", [0.5, None, 0.1], r"\(a score\) has no value or NaN"),
        ("score", [0.5, INF, 0.1], r"\(a score\) is infinite in 1 row, first in row 2"),
        ("weight", [1.0, -1.0, -2.0], r"negative in 2 rows, first in row 2 .*: -1.0; a weight"),
        ("weight", [1.0, None, 1.0], r"\(the weight\) has no value"),
        ("weight", [1.0, INF, 1.0], r"\(the weight\) is infinite"),
        ("weight", [0, 0, 0], "all weights in column 'c' of frame are zero"),
    ],
)
@pytest.mark.parametrize("make", [dict, pl.DataFrame, pd.DataFrame])
def test_values_that_cannot_be_used(role, values, message, make):
    with pytest.raises(InputError, match=message):
        Dataset.read(make({"c": values, "x": [1, 2, 3]}), **{role: "c"})


@pytest.mark.parametrize("make", [pl.DataFrame, pl.LazyFrame, pd.DataFrame])
def test_no_rows(make):
    with pytest.raises(InputError, match="columns and no rows"):
        Dataset.read(make({"a": []}))


def test_names_with_markup_are_kept_as_they_are(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('"<script>alert(1)</script>","two\nlines","t\tab"\n1,2,3\n')
    data = Dataset.read(path, label="two\nlines")
    assert data.schema.names == ("<script>alert(1)</script>", "two\nlines", "t\tab")


@pytest.mark.parametrize(
    ("values", "told", "found"),
    [
        ([0, 1], "1", 1),
        ([0, 1], True, 1),
        ([0.0, 1.0], "1", 1.0),
        ([True, False], "True", True),
        ([True, False], "true", True),
        ([True, False], 1, True),
        (["0", "1"], 1, "1"),
        (["no", "yes"], "yes", "yes"),
        (["False", "True"], True, "True"),
    ],
)
def test_positive_is_matched_across_types(values, told, found):
    positive = Dataset.read({"y": values}, label="y", positive=told).schema.positive
    assert positive == found
    assert type(positive) is type(found)


def test_declared_times_are_parsed_and_other_dates_stay_text():
    told = Dataset.read(TABLE, kinds={"at": "time"})
    assert told.frame.collect_schema()["at"].is_temporal()
    assert told.schema["at"].why == "declared"
    assert Dataset.read(TABLE).frame.collect_schema()["at"] == nw.String


def test_a_declared_number_is_parsed():
    data = Dataset.read({"x": ["1", "2.5", None]}, kinds={"x": "continuous"})
    assert data.frame.collect()["x"].to_list() == [1.0, 2.5, None]
    assert data.schema["x"].storage == "float64"


# like


def test_like_gives_the_same_meaning_to_another_table(tmp_path):
    train = Dataset.read(
        {"zip": ["01", "02"], "n": [1, 2], "y": ["a", "b"], "f": [0.5, 1.5]},
        label="y",
        positive="b",
        kinds={"n": "continuous"},
    )
    path = tmp_path / "test.csv"
    path.write_text("more,f,y,n,zip\n1,1,a,,03\n2,2,b,4,04\n")
    test = train.like(path)
    assert test.name == "test.csv"
    assert test.schema.names == ("zip", "n", "y", "f", "more")
    assert test.frame.collect()["zip"].to_list() == ["03", "04"]
    assert test.schema["n"].has_null
    assert test.schema["n"].kind == "continuous"
    assert test.schema["f"].storage == "float64"
    assert test.schema["more"].role == "ignored"
    assert (test.schema.label, test.schema.positive) == ("y", "b")


def test_like_lets_whole_numbers_widen_and_takes_floats_that_are_whole():
    train = Dataset.read({"n": [1, 2]})
    assert train.like({"n": [1.0, None]}).schema["n"].storage == "int64"
    assert train.like({"n": [1.5, 2.0]}).schema["n"].storage == "float64"


def test_like_reads_an_empty_column_as_what_it_is_elsewhere():
    train = Dataset.read({"s": ["a", "b"], "x": [1, 2]})
    test = train.like(pl.DataFrame({"s": [None, None], "x": [1, 2]}))
    assert test.frame.collect_schema()["s"] == nw.String


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"y": ["a"]}, "columns not found: n"),
        ({"n": ["many"], "y": ["a"]}, "'n' in .*, row 1 .*'many' is not a number, as it is"),
        ({"n": [True], "y": ["a"]}, "'n' holds bool in .* and int64 in"),
        ({"n": [1], "y": [None]}, "the label"),
    ],
)
def test_like_refuses_what_does_not_fit(other, message):
    train = Dataset.read({"n": [1, 2], "y": ["a", "b"]}, label="y")
    with pytest.raises(InputError, match=message):
        train.like(other)


# arrays


def test_arrays_of_all_kinds():
    data = Dataset.from_arrays(
        y_true=["a", "b", "a"],
        y_pred=pd.Series(["a", "a", "a"], index=[7, 8, 9]),
        y_score=np.array([0.1, 0.5, 0.2]),
        X=np.ones((3, 2)),
        weight=pl.Series([1, 2, 3]),
        group=(1, 1, 2),
        time=np.array(["2024-01-01", "2024-01-02", "2024-01-03"], dtype="datetime64[D]"),
        feature_names=["u", "v"],
        positive="b",
    )
    schema = data.schema
    assert schema.features == ("u", "v")
    assert (schema.label, schema.prediction, schema.scores) == ("y_true", "y_pred", ("y_score",))
    assert (schema.weight, schema.group, schema.time) == ("weight", "group", "time")
    assert schema.positive == "b"
    assert data.count_rows() == 3


def test_scores_of_all_classes_are_named_by_class():
    scores = [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.5, 0.2, 0.3]]
    data = Dataset.from_arrays(y_true=["c", "a", "b"], y_score=scores)
    assert data.schema.scores == ("p_a", "p_b", "p_c")
    assert data.classes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "nothing was given"),
        ({"y_true": [1, 2], "y_pred": [1]}, "y_true has 2 rows and y_pred has 1"),
        ({"y_true": [1, 2], "X": np.ones((3, 1))}, "y_true has 2 rows and X has 3"),
        ({"y_true": [], "y_pred": []}, "y_true has no rows"),
        ({"y_true": [0, 1], "y_score": np.ones((2, 3))}, "3 columns and y_true has 2 classes"),
        ({"y_score": np.ones((2, 2))}, "without y_true the classes"),
        ({"y_true": [0], "X": {"y_true": [1]}}, "X has a column named 'y_true'"),
        ({"X": np.ones((2, 2)), "feature_names": ["a"]}, "1 names and X has 2 columns"),
        ({"y_true": [0, "a"]}, "'y_true' mixes types"),
        ({"y_true": np.zeros((2, 2, 2))}, r"y_true must have one dimension, not shape \(2, 2, 2"),
        ({"y_true": np.full((2, 2), 2)}, "'label_0' .* neither 0 nor 1"),
        ({"y_true": [0, 1], "y_score": [0.1, NAN]}, "a score"),
    ],
)
def test_arrays_that_do_not_fit(arrays, message):
    with pytest.raises(InputError, match=message):
        Dataset.from_arrays(**arrays)


# what follows from a dataset


def test_units_of_groups_and_of_time():
    groups = Dataset.read(TABLE, group="who").with_units()
    assert groups.unit == ("__assay_unit__", "group")
    assert groups.frame.collect()["__assay_unit__"].to_list() == [0, 0, 1, 1]
    blocks = Dataset.read(TABLE, time="at").with_units()
    assert blocks.unit == ("__assay_unit__", "block")
    assert blocks.frame.collect()["__assay_unit__"].to_list() == [0, 0, 1, 1]
    rows = Dataset.read(TABLE)
    assert rows.unit == (None, "row")
    assert rows.with_units() is rows
    assert groups.with_units() is groups


def test_filter_and_scan():
    data = Dataset.read(TABLE).filter(nw.col("age") > 25)
    cube = data.scan({"sex": CubeRequest(by={"sex": nw.col("sex")})})["sex"]
    assert cube.n.tolist() == [1, 2]
    assert data.count_rows() == 3


def test_with_roles():
    data = Dataset.read(TABLE, label="income").with_roles(facet=["sex"], weight="w")
    assert (data.schema.facets, data.schema.weight) == (("sex",), "w")
    with pytest.raises(InputError, match="role 'wait' is not known"):
        data.with_roles(wait="w")
    with pytest.raises(ColumnNotFoundError, match="did you mean age"):
        data.with_roles(ignored="agee")


def test_sample_and_batches():
    data = Dataset.read(TABLE)
    assert data.sample(2, seed=1).equals(data.sample(2, seed=1))
    assert [b.height for b in data.batches(["age"], batch_rows=3)] == [3, 1]


def test_dates_that_mean_never_have_a_fingerprint(tmp_path):
    table = pl.DataFrame({"k": [1, 2, 3], "until": ["2020-01-31", "9999-12-31", "1066-10-14"]})
    dated = table.with_columns(pl.col("until").str.to_date())
    table.write_csv(tmp_path / "t.csv")
    dated.write_parquet(tmp_path / "t.parquet")
    sources = [tmp_path / "t.csv", tmp_path / "t.parquet", dated.to_pandas(), dated, table]
    prints = {Dataset.read(source, time="until").fingerprint() for source in sources}
    assert len(prints) == 1
    changed = dated.with_columns(pl.col("until").dt.offset_by("1d"))
    assert Dataset.read(changed).fingerprint() not in prints


def test_dates_that_mean_never_can_be_declared():
    declared = Dataset.read({"until": ["2020-01-31", "9999-12-31"]}, kinds={"until": "time"})
    years = declared.frame.collect().to_polars()["until"].dt.year()
    assert years.to_list() == [2020, 9999]


@pytest.mark.parametrize("values", [[time(9, 30), time(8, 15)], [[1], [2]], [{"a": 1}, {"a": 2}]])
def test_time_must_order_the_rows(values):
    with pytest.raises(InputError, match=r"time column 'at' of frame must hold dates.*row 1"):
        Dataset.read(pl.DataFrame({"at": values}), time="at")


def test_time_that_passed_orders_the_rows():
    passed = pl.DataFrame({"at": [timedelta(hours=5), timedelta(0), None, timedelta(hours=1)]})
    made = Dataset.read(passed, time="at").with_units()
    codes = pl.concat(list(made.batches([made.unit[0]]))).to_series()
    assert codes.to_list() == block_codes(pl.Series([5, 0, None, 1])).to_list()


def test_schema_survives_its_dict():
    schema = Dataset.read(
        pd.DataFrame({"c": pd.Categorical(["b", "a"]), "y": [1, 0]}), label="y", positive=1
    ).schema
    assert Schema.from_dict(schema.to_dict()) == schema


def test_declared_features_keep_their_order():
    schema = Dataset.read(TABLE, label="income", features=["sex", "who", "age"]).schema
    assert schema.features == ("sex", "who", "age")
    assert schema.names == tuple(TABLE)
    assert Schema.from_dict(schema.to_dict()) == schema
    ignored = schema.with_roles({"who": "ignored", "w": "feature"})
    assert ignored.features == ("sex", "age", "w")
    assert Dataset.read(TABLE).schema.features == tuple(TABLE)


def test_real_data(data_dir):
    data = Dataset.read(
        data_dir / "adult_test.parquet", label="income", positive=">50K", facets=["sex", "race"]
    )
    assert data.count_rows() == 16_281
    assert data.schema["workclass"].has_null
    assert not data.schema["age"].has_null
    assert data.schema["age"].kind == "continuous"
    train = data.like(data_dir / "adult_train.parquet")
    assert train.schema.positive == ">50K"
