"""The fingerprint says the same of the same rows, and something else of any others."""

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.data.dataset import Dataset

QUIET = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ROW = st.fixed_dictionaries(
    {
        "i": st.none() | st.integers(-(2**52), 2**52),
        "f": st.none() | st.floats(width=64),
        "s": st.none() | st.text(max_size=5),
        "b": st.none() | st.booleans(),
    }
)
TYPES = {"i": pl.Int64, "f": pl.Float64, "s": pl.String, "b": pl.Boolean}
TABLE = st.lists(ROW, min_size=1, max_size=8)


def frame_of(rows):
    return pl.DataFrame(rows, schema=TYPES)


def fingerprint(source):
    return Dataset.read(source).fingerprint()


def same_value(one, other):
    """Whether two cells mean the same: NaN is null, −0.0 is 0."""
    one, other = (None if isinstance(v, float) and math.isnan(v) else v for v in (one, other))
    return one == other and (one is None) == (other is None)


@QUIET
@given(rows=TABLE, data=st.data())
def test_another_order_of_rows_changes_only_the_ordered_hash(rows, data):
    shuffled = data.draw(st.permutations(rows))
    first, second = fingerprint(frame_of(rows)), fingerprint(frame_of(shuffled))
    assert first.order_free == second.order_free
    moved = any(
        not all(same_value(a[key], b[key]) for key in TYPES)
        for a, b in zip(rows, shuffled, strict=True)
    )
    assert (first.ordered != second.ordered) == moved


@QUIET
@given(rows=TABLE, data=st.data())
def test_one_changed_cell_changes_both_hashes(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    key = data.draw(st.sampled_from(sorted(TYPES)))
    new = data.draw(ROW)[key]
    changed = [dict(row) for row in rows]
    changed[at][key] = new
    first, second = fingerprint(frame_of(rows)), fingerprint(frame_of(changed))
    same = same_value(rows[at][key], new)
    assert (first.order_free == second.order_free) == same
    assert (first.ordered == second.ordered) == same


@QUIET
@given(rows=TABLE, data=st.data())
def test_twins_count(rows, data):
    twin = rows[data.draw(st.integers(0, len(rows) - 1))]
    one, two = (fingerprint(frame_of([*rows, *[twin] * n])) for n in (1, 2))
    assert one.order_free != two.order_free
    assert fingerprint(frame_of([*rows, twin, twin])) == two


@QUIET
@given(rows=TABLE)
def test_order_of_columns_changes_only_the_ordered_hash(rows):
    frame = frame_of(rows)
    turned = frame.select(reversed(frame.columns))
    assert fingerprint(frame).order_free == fingerprint(turned).order_free
    assert fingerprint(frame).ordered != fingerprint(turned).ordered


@QUIET
@given(rows=TABLE)
def test_containers_agree(rows, tmp_path_factory):
    frame = frame_of(rows)
    path = tmp_path_factory.mktemp("fp") / "rows.parquet"
    pq.write_table(frame.to_arrow(), path, row_group_size=3, use_dictionary=True)
    expected = fingerprint(frame)
    assert fingerprint(path) == expected
    assert fingerprint(frame.to_arrow()) == expected
    assert fingerprint(frame.lazy()) == expected
    assert fingerprint(frame.to_pandas()) == expected


def rich_table():
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "id": [3, 1, 2, 4],
            "whole_with_null": [1, None, 3, 4],
            "float": [1.5, -0.0, None, 1e300],
            "flag": [True, False, True, True],
            "flag_null": [True, None, False, None],
            "text": ["a", "b,c", 'say "x"', None],
            "day": [date(2024, 1, 1), date(2024, 2, 1), None, date(1970, 1, 1)],
            "at": [start + timedelta(seconds=i) for i in range(4)],
            "nothing": pl.Series([None] * 4, dtype=pl.Float64),
        }
    )


def test_csv_parquet_and_frames_agree(tmp_path):
    table = rich_table()
    expected = fingerprint(table)
    table.with_columns(pl.col("at").dt.to_string("iso:strict")).write_csv(tmp_path / "t.csv")
    narrow = table.with_columns(
        pl.col("id").cast(pl.Int16),
        pl.col("whole_with_null").cast(pl.Int32),
        pl.col("text").cast(pl.Categorical),
        pl.col("at").dt.cast_time_unit("ms").dt.convert_time_zone("Asia/Tokyo"),
        pl.col("nothing").cast(pl.String),
    )
    narrow.write_parquet(tmp_path / "t.parquet", row_group_size=1)
    pandas = pd.read_csv(tmp_path / "t.csv")
    assert pandas["whole_with_null"].dtype == np.float64
    parsed = pd.read_csv(tmp_path / "t.csv", parse_dates=["day", "at"])
    assert fingerprint(tmp_path / "t.csv") == expected
    assert fingerprint(tmp_path / "t.parquet") == expected
    assert fingerprint(narrow.to_arrow()) == expected
    assert fingerprint(pandas) == expected
    assert fingerprint(parsed.astype({"text": "category"})) == expected
    assert fingerprint(pandas.convert_dtypes()) == expected


def test_chunks_do_not_matter(tmp_path):
    n = 150_000
    rng = np.random.default_rng(0)
    table = pl.DataFrame(
        {"x": rng.normal(size=n), "k": rng.integers(0, 9, n), "s": rng.choice(["a", "b"], n)}
    )
    table.write_parquet(tmp_path / "t.parquet", row_group_size=10_007)
    expected = fingerprint(table)
    assert fingerprint(tmp_path / "t.parquet") == expected
    pieces = pl.concat([table[:70_001], table[70_001:]], rechunk=False)
    assert fingerprint(pieces) == expected
    assert expected.rows == n


def test_empty_text_is_not_null_and_nan_is():
    assert fingerprint({"s": ["", "a"]}) != fingerprint({"s": [None, "a"]})
    nan = pl.DataFrame({"f": [float("nan"), 1.5]})
    assert fingerprint(nan) == fingerprint(pl.DataFrame({"f": [None, 1.5]}))
    assert fingerprint({"f": [0.0, 1.5]}) == fingerprint({"f": [-0.0, 1.5]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": [1, 2]}, {"b": [1, 2]}),
        ({"a": [1, 2]}, {"a": ["1", "2"]}),
        ({"a": [0, 1]}, {"a": [False, True]}),
        ({"a": ["x", "y"], "b": ["y", "x"]}, {"a": ["y", "x"], "b": ["x", "y"]}),
        ({"a": ["ab", "c"]}, {"a": ["a", "bc"]}),
        ({"a": [1, 2], "b": [2, 1]}, {"a": [1, 1], "b": [2, 2]}),
        ({"a": [2**60]}, {"a": [2**60 + 1]}),
    ],
)
def test_what_means_something_else_is_told_apart(one, other):
    if one == {"a": ["x", "y"], "b": ["y", "x"]}:  # the same rows in another order
        assert fingerprint(one).order_free == fingerprint(other).order_free
    else:
        assert fingerprint(one).order_free != fingerprint(other).order_free
    assert fingerprint(one).ordered != fingerprint(other).ordered


def test_known_value_stays():
    """A stored fingerprint must be found again by later versions."""
    made = fingerprint({"x": [1, 2, 3], "s": ["a", None, "ü"], "f": [0.5, -1.25, 1e9]})
    assert made == fingerprint(
        pa.table({"x": [1, 2, 3], "s": ["a", None, "ü"], "f": [0.5, -1.25, 1e9]})
    )
    assert made.to_dict() == {
        "ordered": "fp1:f51ea213cfbe2047d51e8f27b87a14fe",
        "order_free": "fs1:474f2d53e9a3a98b7073b1b06c7a0585",
        "rows": 3,
    }


def test_columns_that_assay_adds_do_not_count():
    data = Dataset.read({"x": [1, 2, 3], "g": ["a", "b", "a"]}, group="g")
    assert data.with_units().fingerprint() == data.fingerprint()
