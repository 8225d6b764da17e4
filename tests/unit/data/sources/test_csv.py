"""CSV files mean what they mean to pandas, held in memory or read block by block."""

import io

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.data.sources import csv as csv_source
from assay.data.sources.csv import open_csv
from assay.errors import InputError


def write(folder, text, name="table.csv"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(path, **options):
    return open_csv(path, **options).frame.collect()


def same_as_pandas(made, expected):
    """Compare values and types; pandas has floats and objects where we have nulls."""
    assert made.columns == list(expected.columns)
    for name in made.columns:
        ours, theirs = made[name], expected[name]
        if pd.api.types.is_bool_dtype(theirs):
            assert ours.dtype == pl.Boolean
        elif pd.api.types.is_numeric_dtype(theirs):
            assert ours.dtype.is_numeric()
            if pd.api.types.is_integer_dtype(theirs):
                assert ours.dtype == pl.Int64
        else:
            assert ours.dtype in (pl.String, pl.Boolean)
        values = [None if pd.isna(value) else value for value in theirs.tolist()]
        assert ours.to_list() == values


TEXTS = [
    "a,b\n1,2\n3,4\n",
    "a,b\n1,x\n,y\n",
    "a,b\nTrue,1\nFALSE,2\ntrue,3\n",
    "a,b\nTrue,1\n,2\n",
    "a,b\n007,1.5\n010,.5\n",
    "a,b\n 1, x\n2 ,y\n",
    "a,b\n1e5,inf\n1E-3,-inf\n",
    'a,b\n"1","x,y"\n"2","say ""hi"""\n',
    'a,b\n"line\nbreak",1\nz,2\n',
    "a,b\nNA,None\nnull,#N/A\nx,y\n",
    "a,b\nNA,1\n,2\n",
    "a,b\n2020-01-01,1\n2020-02-01,2\n",
    "a,b\n\n1,2\n\n3,4\n\n",
    "a,b\r\n1,2\r\n3,4\r\n",
    "﻿a,b\n1,2\n",
    ",b\n1,2\n3,4\n",
    "a,b\n1,2\n3,4",
    "a,b\nTrue,1\n1,2\n",
    "a,b\n1,1_0\n2,0x1\n",
    "\n\na,b\n1,2\n",
    "a,b\n+1,--1\n-2,5\n",
    'a,b\n"",x\n"NA",y\n3,z\n',
    "naïve,b\né,1\n",
    "a,b\n1.0,1\n2.0,2\n",
    "a\n1\n\n2\n",
    "<b>x</b>,b\n1,2\n",
    '"two\nlines","tab\there"\n1,2\n',
    'a,b\n5" pipe,2\n',
    "a,b\r1,2\r3,4\r",
    "a,b,\n1,2,\n",
]


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_reads_as_pandas_reads(tmp_path, text, in_memory):
    path = write(tmp_path, text)
    made = read(path, max_bytes_in_memory=2**20 if in_memory else 0)
    same_as_pandas(made, pd.read_csv(path))


CELLS = st.sampled_from(
    [
        "",
        "1",
        "-2",
        "3.5",
        "1e3",
        "NA",
        "x",
        "True",
        "false",
        "0",
        " 7",
        "NaN",
        "2020-01-01",
        "é",
        " ",
        "+1",
        "1 ",
        ".5",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(CELLS, CELLS, st.just("1")), min_size=1, max_size=6))
def test_any_mix_of_cells_is_read_as_pandas_reads_it(rows, tmp_path_factory):
    text = "a,b,c\n" + "".join(",".join(row) + "\n" for row in rows)
    path = write(tmp_path_factory.mktemp("csv"), text)
    same_as_pandas(read(path), pd.read_csv(io.StringIO(text)))


def test_type_follows_from_the_whole_file_not_a_sample(tmp_path):
    text = "a,b\n" + "1,1\n" * 200_000 + "x,1.5\n"
    for limit in (0, 2**30):
        made = read(write(tmp_path, text), max_bytes_in_memory=limit)
        assert made.schema == {"a": pl.String, "b": pl.Float64}
        assert made["a"][0] == "1"


def test_reads_again_only_the_columns_that_are_asked_for(tmp_path):
    lazy = open_csv(write(tmp_path, "a,b\n1,x\n2,\n"), max_bytes_in_memory=0).frame
    assert lazy.select("b").collect()["b"].to_list() == ["x", None]
    assert lazy.filter(pl.col("a") > 1).select("a").collect()["a"].to_list() == [2]
    assert lazy.head(1).collect().rows() == [(1, "x")]
    assert lazy.select(pl.len()).collect().item() == 2


def test_whole_numbers_beyond_64_bits_keep_their_digits(tmp_path):
    made = read(write(tmp_path, "a,b\n99999999999999999999,1\n1,2\n"))
    assert made["a"].to_list() == ["99999999999999999999", "1"]


def test_missing_marks_can_be_told_and_empty_is_always_missing(tmp_path):
    path = write(tmp_path, "a,b\n?,NA\n,y\n3,z\n")
    made = read(path, missing=["?"])
    assert made["a"].to_list() == [None, None, 3]
    assert made["b"].to_list() == ["NA", "y", "z"]


def test_missing_values_are_those_of_pandas():
    parsers = pytest.importorskip("pandas._libs.parsers")
    assert set(csv_source.MISSING_VALUES) == set(parsers.STR_NA_VALUES)


def test_told_storages_hold(tmp_path):
    path = write(tmp_path, "zip,n\n01234,1\n99999,2\n")
    made = read(path, storages={"zip": "utf8", "n": "float64"})
    assert made.schema == {"zip": pl.String, "n": pl.Float64}
    assert made["zip"][0] == "01234"


def test_a_value_that_does_not_fit_its_told_storage(tmp_path):
    path = write(tmp_path, "zip,n\n1,1\n2,many\n")
    with pytest.raises(InputError, match=r"column 'n', row 2 of the data: 'many'.*numbers"):
        read(path, storages={"n": "float64"})


BAD = {
    "header only": ("a,b\n", r"has a header and no rows"),
    "blank": ("\n \n\n", r"is empty"),
    "too many fields": ("a,b\n1,2\n3,4,5\n", r"line 3: 3 fields where the header has 2.*quotes"),
    "too few fields": ("a,b\n1,2\n3\n", r"line 3: 1 field where the header has 2.*empty fields"),
    "semicolons": ("a;b\n1;2\n", r"separated by semicolons.*--delimiter ';'"),
    "tabs": ("a\tb\n1\t2\n", r"separated by tabs.*delimiter='\\t'"),
    "bars": ("a|b\n1|2\n", r"separated by bars"),
    "twins": ("a,b,a\n1,2,3\n", r"more than one column named 'a' \(columns 1, 3\)"),
    "ours": ("a,__assay_x\n1,2\n", r"'__assay_x'.*rename"),
    "latin-1": (
        "a,b\n1,x\n2,caf\xe9\n".encode("latin-1"),
        r"0xe9 in line 3, at byte 6 of the line, in column 'b' .*'é'.*iconv",
    ),
    "utf-16": ("a,b\n1,2\n".encode("utf-16"), r"UTF-16.*iconv"),
    "utf-16 without mark": ("a,b\n1,2\n".encode("utf-16-le"), r"UTF-16"),
    "open quote": ('a,b\n1,x\n2,"y\n3,z\n', r"quote that is opened after line 2 is never closed"),
    "cut in a character": ("a,b\n1,é".encode()[:-1], r"not UTF-8.*line 2"),
}


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named_with_their_place_and_remedy(tmp_path, case, in_memory):
    text, message = BAD[case]
    path = write(tmp_path, text, "bad.csv")
    with pytest.raises(InputError, match=message) as caught:
        open_csv(path, max_bytes_in_memory=2**20 if in_memory else 0)
    assert "bad.csv" in str(caught.value)


def test_latin_1_far_into_a_file_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("assay.data.sources.csv_checks.CHUNK_BYTES", 7)
    good = b"a,b\n" + b"1,x\xc3\xa9\n" * 20
    path = write(tmp_path, good + b"2,caf\xe9\n")
    with pytest.raises(InputError, match=r"0xe9 in line 22, at byte 6"):
        open_csv(path)
    assert read(write(tmp_path, good)).height == 20
