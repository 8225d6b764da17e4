"""Columns from a second file about the same rows."""

import narwhals as nw
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.dataset import Dataset
from assay.data.side_file import join_side_file
from assay.errors import ColumnNotFoundError, InputError


def people(**columns):
    rows = {"id": [3, 1, 2], "x": [0.3, 0.1, 0.2], "y": [1, 0, 1], **columns}
    return Dataset.read(rows, label="y")


def column(data, name):
    return data.frame.collect().to_native()[name].to_list()


def test_rows_are_matched_by_their_identifier_and_keep_their_order():
    joined = join_side_file(people(), {"id": [1, 2, 3], "sex": ["a", "b", "c"]}, on="id")
    assert column(joined, "sex") == ["c", "a", "b"]
    assert column(joined, "id") == [3, 1, 2]
    assert joined.schema.names == ("id", "x", "y", "sex")
    assert joined.notes == ()
    assert joined.count_rows() == 3


def test_added_columns_are_facets_and_never_features():
    joined = join_side_file(people(), {"id": [1, 2, 3], "sex": ["a", "b", "c"]}, on="id")
    assert joined.schema.features == ("id", "x")
    assert joined.schema.facets == ("sex",)
    assert joined.schema["sex"].kind == "categorical"


def test_without_an_identifier_rows_are_matched_by_their_order():
    joined = join_side_file(people(), {"sex": ["a", "b", "c"], "race": [None, "p", "q"]})
    assert column(joined, "sex") == ["a", "b", "c"]
    assert column(joined, "race") == [None, "p", "q"]
    assert joined.schema["race"].has_null


def test_other_numbers_of_rows_cannot_be_matched_by_order():
    with pytest.raises(InputError, match=r"has 2 rows and frame has 3.*name a column"):
        join_side_file(people(), {"sex": ["a", "b"]})


def test_rows_without_a_partner_are_kept_and_counted():
    side = {"id": [1, 9, None], "sex": ["a", "b", "c"]}
    joined = join_side_file(people(), side, on="id")
    assert column(joined, "sex") == [None, "a", None]
    (note,) = joined.notes
    assert (note.rule, note.severity) == ("side_file_rows_unmatched", "warning")
    assert note.evidence == {"rows_unmatched": 2, "rows": 3}
    assert joined.schema["sex"].has_null


def test_rows_without_a_partner_can_be_dropped():
    frame = pd.DataFrame({"id": [3, 1, 2], "y": [1, 0, 1], "c": pd.Categorical(["p", "q", "p"])})
    data = Dataset.read(frame, label="y")
    joined = join_side_file(data, {"id": [2, 3], "sex": ["b", "c"]}, on="id", how="inner")
    assert column(joined, "id") == [3, 2]
    assert column(joined, "sex") == ["c", "b"]
    assert joined.pandas_rows(0, 2)["c"].tolist() == ["p", "p"]
    assert joined.notes[0].evidence == {"rows_unmatched": 1, "rows": 3}
    assert joined.count_rows() == 2
    assert joined.frame.collect_schema().names() == ["id", "y", "c", "sex"]


def test_few_rows_without_a_partner_are_worth_knowing_only():
    data = Dataset.read({"id": list(range(100)), "y": [0, 1] * 50}, label="y")
    side = {"id": list(range(99)), "sex": ["f"] * 99}
    assert join_side_file(data, side, on="id").notes[0].severity == "info"


def test_a_row_without_an_identifier_has_no_partner():
    data = Dataset.read({"id": [1.0, None, float("nan")], "y": [1, 0, 1]}, label="y")
    side = {"id": [1.0, float("nan"), None], "sex": ["a", "b", "c"]}
    joined = join_side_file(data, side, on="id")
    assert column(joined, "sex") == ["a", None, None]
    assert joined.notes[0].evidence["rows_unmatched"] == 2


@pytest.mark.parametrize("where", ["side", "data"])
def test_identifiers_that_repeat_are_refused(where):
    data = people(id=[1, 2, 2]) if where == "data" else people()
    side = {"id": [1, 2, 3], "sex": ["a", "b", "c"]}
    if where == "side":
        side = {"id": [7, 7, 7, 8, 8], "sex": list("abcde")}
    count = 1 if where == "data" else 2
    with pytest.raises(InputError, match=rf"{count} values of the identifier 'id'.*for example"):
        join_side_file(data, side, on="id")


def test_whole_numbers_match_floats_and_text_does_not():
    side = {"id": [1.0, 2.0, 3.0, 3.5], "sex": ["a", "b", "c", "d"]}
    assert column(join_side_file(people(), side, on="id"), "sex") == ["c", "a", "b"]
    floats = people(id=[3.0, 1.0, 2.0])
    whole = {"id": [1, 2, 3], "sex": ["a", "b", "c"]}
    assert column(join_side_file(floats, whole, on="id"), "sex") == ["c", "a", "b"]
    with pytest.raises(InputError, match=r"is utf8 in frame \(for example '1'\) and int64"):
        join_side_file(people(), {"id": ["1"], "sex": ["a"]}, on="id")


def test_missing_columns_name_the_file(tmp_path):
    place = tmp_path / "facets.csv"
    place.write_text("id,sex\n1,f\n2,m\n3,f\n")
    with pytest.raises(ColumnNotFoundError, match=r"race; facets\.csv has: id, sex"):
        join_side_file(people(), place, on="id", columns=["race"])
    with pytest.raises(ColumnNotFoundError, match=r"idd; did you mean id\? frame has: id"):
        join_side_file(people(), place, on="idd")
    with pytest.raises(ColumnNotFoundError, match=r"x; facets\.csv has"):
        join_side_file(people(), place, on="x")
    assert column(join_side_file(people(), place, on="id"), "sex") == ["f", "f", "m"]


def test_a_column_in_both_tables_is_refused():
    side = {"id": [1, 2, 3], "x": [1, 2, 3], "sex": ["a", "b", "c"]}
    with pytest.raises(InputError, match="x is in frame and in frame; name only the columns"):
        join_side_file(people(), side, on="id")
    only = join_side_file(people(), side, on="id", columns=["sex"])
    assert column(only, "sex") == ["c", "a", "b"]
    with pytest.raises(InputError, match=r"id is in frame.*match them by it"):
        join_side_file(people(), {"id": [1, 2, 3], "sex": ["a", "b", "c"]})


def test_a_file_without_other_columns_is_refused():
    with pytest.raises(InputError, match="no column to add beside 'id'"):
        join_side_file(people(), {"id": [1, 2, 3]}, on="id")


def test_predictions_from_a_side_file():
    side = {"id": [1, 2, 3], "predicted": [0, 1, 1]}
    joined = join_side_file(people(), side, on="id", role="prediction")
    assert joined.schema.prediction == "predicted"
    assert column(joined, "predicted") == [1, 0, 1]
    with pytest.raises(InputError, match="predicted"):
        join_side_file(people(), {"id": [1, 2], "predicted": [0, 1]}, on="id", role="prediction")


def test_text_identifiers_and_rows_from_a_file(tmp_path):
    frame = pl.DataFrame({"id": [f"k{at}" for at in range(500)], "y": [0, 1] * 250})
    frame.write_parquet(tmp_path / "data.parquet")
    frame.reverse().select("id", age=pl.int_range(500)).write_csv(tmp_path / "ages.csv")
    data = Dataset.read(tmp_path / "data.parquet", label="y")
    joined = join_side_file(data, tmp_path / "ages.csv", on="id")
    assert column(joined, "age") == list(range(499, -1, -1))
    assert joined.sample(5, seed=1).columns == ["id", "y", "age"]
    older = joined.filter(nw.col("age") > 490)
    assert older.count_rows() == 9


@given(st.data())
def test_it_agrees_with_a_look_up(drawn):
    keys = drawn.draw(st.lists(st.integers(0, 30), min_size=1, max_size=20, unique=True))
    side = drawn.draw(st.lists(st.integers(0, 30), min_size=1, max_size=20, unique=True))
    data = Dataset.read({"id": keys, "y": [0] * len(keys)}, label="y")
    joined = join_side_file(data, {"id": side, "v": [f"v{key}" for key in side]}, on="id")
    assert column(joined, "v") == [f"v{key}" if key in side else None for key in keys]
