"""JSON Lines: types from all lines, mistakes named by line, nested values reached into."""

import json

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assay.data.sources import json_lines
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError


def write(folder, text, name="t.jsonl"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder, text, **told):
    return open_source(write(folder, text), ReadOptions(**told)).frame.collect()


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


TABLES = {
    "whole numbers and null": ([1, None, 3], pl.Int64, [1, None, 3]),
    "whole numbers and others": ([1, 2.5], pl.Float64, [1.0, 2.5]),
    "whole floats": ([1.0, 2.0], pl.Float64, [1.0, 2.0]),
    "truth": ([True, None, False], pl.Boolean, [True, None, False]),
    "text": (["a", None, ""], pl.String, ["a", None, ""]),
    "digits in text": (["1", "02"], pl.String, ["1", "02"]),
    "dates": (["2020-01-01", "2020-01-02"], pl.String, ["2020-01-01", "2020-01-02"]),
    "times": (["2020-01-01T10:00:00Z"], pl.String, ["2020-01-01T10:00:00Z"]),
    "beyond 64 bits": ([2**63, 1], pl.String, [str(2**63), "1"]),
    "at the edge": ([2**63 - 1, -(2**63)], pl.Int64, [2**63 - 1, -(2**63)]),
    "nothing": ([None, None], pl.Null, [None, None]),
    "NaN": ([float("nan"), 1.5], pl.Float64, [None, 1.5]),
    "NaN as text": (["NaN", 2], pl.Float64, [None, 2.0]),
    "infinity": ([float("inf"), "-Infinity"], pl.Float64, [float("inf"), float("-inf")]),
    "lists of texts": ([["a", "b"], [], None], pl.List(pl.String), [["a", "b"], [], None]),
    "lists of dates": ([["2020-01-01"]], pl.List(pl.String), [["2020-01-01"]]),
    "lists of numbers": ([[1, 2], [3]], pl.List(pl.Int64), [[1, 2], [3]]),
    "escapes": (["\u00e9\U0001f600\n", "é"], pl.String, ["é😀\n", "é"]),
}


@pytest.mark.parametrize("piece", [1, 1 << 24])
@pytest.mark.parametrize("limit", [0, 2**20])
@pytest.mark.parametrize("case", TABLES)
def test_types_follow_from_all_lines(tmp_path, monkeypatch, case, limit, piece):
    monkeypatch.setattr(json_lines, "PIECE_BYTES", piece)
    values, dtype, expected = TABLES[case]
    text = lines(*({"x": value, "y": 1} for value in values))
    made = read(tmp_path, text, max_bytes_in_memory=limit)
    assert made["x"].dtype == dtype
    assert made["x"].to_list() == expected
    assert made["y"].to_list() == [1] * len(values)


CELLS = st.sampled_from(
    [None, 1, -2, 2.5, 1e300, 2**63, True, "x", "NaN", "2020-01-01", [1], ["a"], [[1]], {"k": 1}]
)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=st.lists(CELLS, min_size=1, max_size=4), piece=st.sampled_from([1, 1 << 24]))
@example(cells=[[1], ["a"]], piece=1)
@example(cells=[[1], ["a"], None, [2.5]], piece=1)
@example(cells=[[1], ["a"], "x"], piece=1)
@example(cells=[[1], [[1]]], piece=1)
@example(cells=[[[1]], {"k": 1}], piece=1)
def test_both_ways_of_parsing_agree(cells, piece, tmp_path, monkeypatch):
    path = write(tmp_path, lines(*({"a": 0, "x": cell} for cell in cells)))

    def outcome():
        try:
            source = open_source(path)
            return source.frame.collect(), [note.message for note in source.notes]
        except InputError as error:
            return str(error), []

    with monkeypatch.context() as patch:
        patch.setattr(json_lines._Lines, "_by_arrow", lambda *_: None)
        expected = outcome()
    with monkeypatch.context() as patch:
        patch.setattr(json_lines, "PIECE_BYTES", piece)
        made = outcome()
    assert made[1] == expected[1]
    if isinstance(expected[0], str):
        assert made[0] == expected[0]
    else:
        assert_frame_equal(made[0], expected[0])


def test_absent_keys_blank_lines_and_order(tmp_path):
    made = read(tmp_path, '\n{"b":1,"a":"x"}\n  \n{"c":true}\r\n\n{"a":"2020-01-01"}')
    assert made.columns == ["b", "a", "c"]
    assert made.rows() == [(1, "x", None), (None, None, True), (None, "2020-01-01", None)]


def test_odd_names_stay(tmp_path):
    made = read(tmp_path, '{"a b":1,"ü\\n":3}\n')
    assert made.rows(named=True) == [{"a b": 1, "ü\n": 3}]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    assert read(tmp_path, '\ufeff{"a":1}\n').rows() == [(1,)]


MIXED = {
    "text": ([1, "x"], r"column 'a' mixes types: a number in line 1 \(1\) and text in line 2 "),
    "truth": ([True, 1], r"true or false in line 1 \(true\) and a number in line 2 \(1\)"),
    "object": ([{"k": 1}, 2], r"an object in line 1 .* and a number in line 2"),
    "list": (["x", ["y"]], r"text in line 1 \(\"x\"\) and a list in line 2 \(\[\"y\"\]\)"),
}


@pytest.mark.parametrize("piece", [1, 1 << 24])
@pytest.mark.parametrize("case", MIXED)
def test_mixed_types_are_refused_with_both_values(tmp_path, monkeypatch, case, piece):
    monkeypatch.setattr(json_lines, "PIECE_BYTES", piece)
    values, message = MIXED[case]
    with pytest.raises(InputError, match=rf"t\.jsonl.*{message}.*--types a=text"):
        read(tmp_path, lines(*({"a": value} for value in values)))


def test_ways_out_of_mixed_types(tmp_path):
    text = '{"a":1.50,"b":1}\n{"a":"x","b":2}\n{"a":true,"b":3}\n'
    made = read(tmp_path, text, storages={"a": "utf8"})
    assert made["a"].to_list() == ["1.50", "x", "true"]
    assert made["b"].dtype == pl.Int64
    marked = read(tmp_path, '{"a":1}\n{"a":"?"}\n', missing=["?"])
    assert marked["a"].to_list() == [1, None]


def test_a_column_that_is_to_be_text_and_is_not_there_is_not_made_up(tmp_path):
    assert read(tmp_path, '{"a":1}\n', storages={"z": "utf8"}).columns == ["a"]


BAD = {
    "half a line": ('{"a":1}\n{"a":2}\n{"a":', r"line 3 is not JSON.*cut off"),
    "half a text": ('{"a":1}\n{"a":"tex', r"line 2 is not JSON.*cut off"),
    "no JSON": ('{"a":1}\n{a:2}\n{"a":3}\n', r"line 2 is not JSON.*'\{a:2\}'.*correct the line"),
    "two on a line": ('{"a":1} {"a":2}\n', "line 1 is not JSON: extra data"),
    "twin keys": ('{"a":1}\n{"a":2,"a":3}\n', "line 2: the key 'a' occurs twice"),
    "number": ('{"a":1}\n5\n', "line 2 is a number, and an object"),
    "null": ('{"a":1}\nnull\n', "line 2 is .*and an object"),
    "list": ("[1,2]\n", r"line 1 is a list.*--column NAME='\[0\]'"),
    "document": ('[{"a":1},\n{"a":2}]\n', r"line 1 is not JSON.*suffix \.json"),
    "pretty document": ('{\n "a": 1\n}\n', r"line 1 is not JSON.*suffix \.json"),
    "blank": ("\n\n \n", "no lines with values"),
    "latin-1": (
        '{"a":"x"}\n{"a":"caf\xe9"}\n'.encode("latin-1"),
        "not UTF-8: byte 0xe9 in line 2, at byte 10 of the line.*iconv",
    ),
    "utf-16": ('{"a":1}\n'.encode("utf-16"), "UTF-16.*iconv"),
    "nested alone": ('{"a":{"k":1}}\n', r"all columns \(a\).*--column a=a\.k"),
    "ours": ('{"__assay_x":1}\n', "'__assay_x'.*rename"),
    "no name": ('{"a":1}\n{"a":1,"":2}\n', "line 2 has a key that is empty"),
    "deep": ('{"a":' + "[" * 100_000 + "\n", "line 1.*too deep"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named_with_their_line(tmp_path, case):
    text, message = BAD[case]
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, text)
    assert "t.jsonl" in str(caught.value)
    assert len(str(caught.value)) < 600


def test_nested_values_are_left_out_and_said(tmp_path):
    path = write(tmp_path, lines({"a": 1, "user": {"first name": "x"}, "m": [[1]]}, {"a": 2}))
    source = open_source(path)
    assert source.frame.collect().columns == ["a"]
    (note,) = source.notes
    assert note.rule == "nested_columns_left_out"
    assert "'user', 'm'" in note.message
    assert '--column user_first_name=user."first name"' in note.advice


def test_columns_reach_into_records(tmp_path):
    text = lines({"u": {"age": 3, "tags": ["p", "q"]}, "n": None}, {"u": {"age": 4}})
    told = {"age": "u.age", "first": "u.tags[0]", "n": "n"}
    made = read(tmp_path, text, columns=told)
    assert made.columns == ["age", "first", "n"]
    assert made.rows() == [(3, "p", None), (4, None, None)]
    assert read(tmp_path, "[1,2]\n[3,4]\n", columns={"y": "[1]"}).rows() == [(2,), (4,)]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("u.agee", "'u.agee' of column 'x' gives nothing in any line.*has the keys u, n"),
        ("u.[", "column 'x': 'u.*' is not a JMESPath"),
        ("abs(u)", r"line 1: the JMESPath 'abs\(u\)' fails"),
    ],
)
def test_paths_that_lead_nowhere(tmp_path, path, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, lines({"u": {"age": 3}, "n": 1}), columns={"x": path})


def test_a_large_file_is_not_held_and_read_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lines, "PIECE_BYTES", 4096)
    path = write(tmp_path, lines(*({"i": i, "x": i if i < 900 else i / 2} for i in range(1000))))
    small = open_source(path)
    large = open_source(path, ReadOptions(max_bytes_in_memory=0))
    assert (small.bytes_in_memory, large.bytes_in_memory) == (path.stat().st_size, 0)
    assert_frame_equal(large.frame.collect(), small.frame.collect())
    assert large.frame.filter(pl.col("i") > 998).select("x").collect().item() == 499.5
