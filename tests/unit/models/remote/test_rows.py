import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.models.remote.rows import csv_text, json_arrays, json_columns, json_objects

BERLIN = pl.Series([datetime(2026, 1, 31, 11, 30, tzinfo=UTC)]).dt.convert_time_zone(
    "Europe/Berlin"
)

VALUES = {
    "whole": ([7], "7", "7"),
    "large": (pl.Series([2**64 - 1], dtype=pl.UInt64), "18446744073709551615", None),
    "real": ([0.1], "0.1", "0.1"),
    "round": ([3.0], "3.0", "3.0"),
    "tiny": ([1e-300], "1e-300", "1e-300"),
    "nan": ([float("nan")], "null", ""),
    "null": (pl.Series([None], dtype=pl.Int64), "null", ""),
    "truth": ([True], "true", "true"),
    "text": (['say "hé"\n'], '"say \\"hé\\"\\n"', '"say ""hé""\n"'),
    "comma": (["a, b"], '"a, b"', '"a, b"'),
    "category": (pl.Series(["x"], dtype=pl.Categorical), '"x"', "x"),
    "enum": (pl.Series(["x"], dtype=pl.Enum(["x"])), '"x"', "x"),
    "decimal": ([Decimal("1.25")], "1.25", "1.25"),
    "date": ([date(2026, 1, 31)], '"2026-01-31"', "2026-01-31"),
    "moment": (
        [datetime.fromisoformat("2026-01-31T12:00:00")],
        '"2026-01-31T12:00:00"',
        "2026-01-31T12:00:00",
    ),
    "split": (
        [datetime.fromisoformat("2026-01-31T12:00:00.250")],
        '"2026-01-31T12:00:00.250000"',
        "2026-01-31T12:00:00.250000",
    ),
    "zone": (BERLIN, '"2026-01-31T12:30:00+01:00"', "2026-01-31T12:30:00+01:00"),
    "clock": ([time(1, 2, 3)], '"01:02:03"', "01:02:03"),
    "span": ([timedelta(hours=1)], '"PT1H"', "PT1H"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_are_written_as_json_and_csv_have_them(kind):
    values, as_json, as_csv = VALUES[kind]
    frame = pl.DataFrame({"v": values})
    assert json_objects(frame).to_list() == [f'{{"v":{as_json}}}']
    assert json_arrays(frame).to_list() == [f"[{as_json}]"]
    assert json_columns(frame)["v"].to_list() == [as_json]
    if as_csv:
        assert csv_text(frame) == f"{as_csv}\n"


def test_lists_and_objects_inside_a_row():
    frame = pl.DataFrame({"l": [[1.5, float("nan")], None], "s": [{"x": 1}, None]})
    assert [json.loads(text) for text in json_objects(frame)] == [
        {"l": [1.5, None], "s": {"x": 1}},
        {"l": None, "s": None},
    ]
    with pytest.raises(InputError, match=r"column l holds lists.*JSON"):
        csv_text(frame)


def test_no_value_is_an_empty_field_and_empty_text_is_quoted():
    frame = pl.DataFrame({"a": [None, ""], "b": [1, 2]})
    assert csv_text(frame) == ',1\n"",2\n'


@pytest.mark.parametrize("value", [float("inf"), [1.0, float("-inf")]])
def test_infinity_is_refused_by_column(value):
    with pytest.raises(InputError, match=r"column odd holds an infinite number"):
        json_objects(pl.DataFrame({"fine": [1.0], "odd": [value]}))


def test_bytes_are_refused():
    with pytest.raises(InputError, match=r"column raw holds Binary"):
        json_objects(pl.DataFrame({"raw": [b"x"]}))


def test_names_are_escaped_and_order_is_kept():
    frame = pl.DataFrame({'b "q"\n': [1], "a": [2], "é 😀": [3]})
    assert list(json.loads(json_objects(frame).item()).items()) == [
        ('b "q"\n', 1),
        ("a", 2),
        ("é 😀", 3),
    ]


cells = st.one_of(st.none(), st.text(max_size=8))


@given(
    st.lists(
        st.tuples(st.integers(-(2**53), 2**53), cells, st.floats(allow_infinity=False)),
        min_size=1,
        max_size=5,
    )
)
def test_json_reads_back(rows):
    schema = {"i": pl.Int64, "t": pl.String, "f": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    expected = [[i, t, None if f != f else f] for i, t, f in rows]
    assert [list(json.loads(text).values()) for text in json_objects(frame)] == expected
    assert [json.loads(text) for text in json_arrays(frame)] == expected
