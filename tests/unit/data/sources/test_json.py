"""JSON documents: records, columns, and what a JMESPath finds in them."""

import json

import polars as pl
import pytest

from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError


def read(folder, document, **told):
    path = folder / "t.json"
    text = document if isinstance(document, (str, bytes)) else json.dumps(document)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return open_source(path, ReadOptions(**told)).frame.collect()


ROWS = [(1, "x"), (2, None)]
FORMS = {
    "records": [{"a": 1, "b": "x"}, {"a": 2}],
    "columns": {"a": [1, 2], "b": ["x", None]},
    "columns as pandas writes them": {"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": None}},
    "lines": '{"a":1,"b":"x"}\n{"a":2}\n',
    "pretty": json.dumps([{"a": 1, "b": "x"}, {"a": 2}], indent=2),
    "with a mark": '\ufeff[{"a":1,"b":"x"},{"a":2}]',
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(tmp_path, form):
    made = read(tmp_path, FORMS[form])
    assert made.columns == ["a", "b"]
    assert made.rows() == ROWS


DOCUMENT = {"meta": {"n": 2}, "data": {"rows": [{"a": 1, "u": {"b": "x"}}, {"a": 2, "u": None}]}}


def test_records_are_found_and_reached_into(tmp_path):
    made = read(tmp_path, DOCUMENT, records="data.rows", columns={"a": "a", "b": "u.b"})
    assert made.rows() == ROWS
    lists = read(tmp_path, [[1, "x"], [2, None]], columns={"a": "[0]", "b": "[1]"})
    assert lists.rows() == ROWS


def test_columns_without_records_search_the_document(tmp_path):
    made = read(tmp_path, DOCUMENT, columns={"a": "data.rows[*].a"})
    assert made.rows() == [(1,), (2,)]


def test_columns_that_are_to_be_text_keep_their_digits(tmp_path):
    made = read(tmp_path, '[{"a":1.50,"b":7},{"a":2,"b":null}]', storages={"a": "utf8"})
    assert made.rows() == [("1.50", 7), ("2", None)]


def test_whole_numbers_beyond_64_bits_keep_their_digits(tmp_path):
    made = read(tmp_path, [{"a": 10**30}, {"a": -(10**50)}, {"a": 1}])
    assert made["a"].to_list() == [str(10**30), str(-(10**50)), "1"]


BAD = {
    "cut off": ('[{"a":1},{"a":', {}, "not JSON: .* line 1, character 15; it is cut off"),
    "cut in a text": ('[{"a":"te', {}, "it is cut off"),
    "no JSON": ("[{'a':1}]", {}, "not JSON: .* line 1, character 3.*; correct it"),
    "twin keys": ('[{"a":1,"a":2}]', {}, "the key 'a' occurs twice"),
    "number": ("5", {}, "a list of records is needed; it is 5"),
    "scalars": ([1, 2], {}, "record 1 is no object.*it is 1"),
    "lists": ([[1]], {}, r"record 1 is no object.*--column NAME='\[0\]'"),
    "no records": ([], {}, "no records with values"),
    "records elsewhere": ({"n": 1, "rows": [{"a": 1}]}, {}, "keys n, rows.*--records rows"),
    "one record": ({"rows": [{"a": 1}]}, {}, "neither a list of records.*--records rows"),
    "lengths": ({"a": [1, 2], "b": [1]}, {}, r"different lengths \(a 2, b 1\)"),
    "path to nothing": (DOCUMENT, {"records": "data.row"}, "'data.row' .* the keys meta, data"),
    "path to an object": (DOCUMENT, {"records": "meta"}, "at meta.*neither.*the keys n"),
    "no path": (DOCUMENT, {"records": "["}, r"records: '\[' is not a JMESPath"),
    "column of nothing": (
        DOCUMENT,
        {"records": "data.rows", "columns": {"z": "u.z"}},
        "'u.z' of column 'z' gives nothing in any record.*the keys a, u",
    ),
    "column of no list": (DOCUMENT, {"columns": {"a": "meta.n"}}, "gives no list.*--records"),
    "column of an empty list": (DOCUMENT, {"columns": {"a": "data.rows[*].z"}}, "an empty list"),
    "mixed": ([{"a": 1}, {"a": "x"}], {}, r"a number in record 1 \(1\) and text in record 2"),
    "nested alone": ([{"a": {"k": 1}}], {}, r"all columns \(a\)"),
    "latin-1": ('[{"a":\n"\xe9"}]'.encode("latin-1"), {}, "not UTF-8: byte 0xe9 in line 2"),
    "utf-16": ('[{"a":1}]'.encode("utf-16"), {}, "UTF-16"),
    "deep": ("[" * 100_000, {}, "too deep"),
    "large": ([{"a": 1}], {"max_bytes_in_memory": 5}, r"JSON Lines, for example: jq -c '\.\[\]'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_documents(tmp_path, case):
    document, told, message = BAD[case]
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, document, **told)
    assert "t.json" in str(caught.value) or case == "no path"


def test_nested_columns_are_left_out_and_said(tmp_path):
    (tmp_path / "t.json").write_text('[{"a":1,"u":{"b":2},"e":[]},{"a":2,"u":null}]')
    source = open_source(tmp_path / "t.json")
    assert source.frame.collect().schema == {"a": pl.Int64, "e": pl.List(pl.Null)}
    assert ["--column u_b=u.b" in note.advice for note in source.notes] == [True]
