"""The native way gives what the text way gives, or leaves the file to it."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assay.data.sources import csv_native
from assay.data.sources.csv import MISSING_VALUES, open_csv
from assay.data.sources.csv_checks import read_header, survey
from assay.errors import InputError

NUMBERS = ["", "1", "-2", "1.5", "007", "+1", "1 ", "\t2", "9223372036854775807", "inf", "NA"]
OTHERS = ["0x1", "nan", "NAN", "nan(ind)", "99999999999999999999", "-", " ", "x"]
WORDS = ["True", "FALSE", "tRue"]
CELLS = st.sampled_from([*NUMBERS, *OTHERS, *WORDS])


def native_reader(path, marks=MISSING_VALUES, wanted=None):
    header_row, names = read_header(path, ",")
    seen = survey(path, ",")
    return csv_native.NativeReader(path, ",", names, header_row, marks, wanted or {}, seen)


def save(folder, text):
    path = folder / "table.csv"
    path.write_text(text, newline="")
    return path


def as_text(path, monkeypatch, **options):
    with monkeypatch.context() as patch:
        patch.setattr(csv_native.NativeReader, "read", lambda _: None)
        patch.setattr(csv_native.NativeReader, "scan", lambda _: None)
        try:
            return open_csv(path, **options).frame.collect()
        except InputError as error:
            return str(error)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.sampled_from(["1", "1.5", "True", "x", "", "NA"]),
    later=st.lists(CELLS, max_size=4),
    missing=st.sampled_from([None, ["1"], ["x"]]),
    wanted=st.sampled_from([None, "int64", "float64", "bool", "utf8"]),
    limit=st.sampled_from([0, 2**20]),
)
def test_both_ways_agree(first, later, missing, wanted, limit, tmp_path, monkeypatch):
    monkeypatch.setattr(csv_native, "HEAD_BYTES", 40)
    path = save(tmp_path, "a,b\n" + f"{first},1\n" * 15 + "".join(f"{x},1\n" for x in later))
    options = {"missing": missing, "max_bytes_in_memory": limit}
    options["storages"] = {"a": wanted} if wanted else None
    expected = as_text(path, monkeypatch, **options)
    if isinstance(expected, str):
        with pytest.raises(InputError) as caught:
            open_csv(path, **options)
        assert str(caught.value) == expected
    else:
        assert_frame_equal(open_csv(path, **options).frame.collect(), expected)


def test_plain_files_go_the_native_way(tmp_path):
    reader = native_reader(save(tmp_path, "a,b,c\r\n1,x,NA\r\n2,,True\r\n"))
    expected = {"a": [1, 2], "b": ["x", None], "c": [None, True]}
    made, lazy = reader.read(), reader.scan()
    assert made is not None
    assert made.to_dict(as_series=False) == expected
    assert lazy is not None
    assert lazy.collect().to_dict(as_series=False) == expected


@pytest.mark.parametrize(
    "text",
    ['a,b\n"1",2\n', "a\n1\n", "a,b\n1,2\n3\n", "a,b\n1,2\n\n3,4\n", "a,b\n1,2\r3,4\n"],
)
def test_files_that_could_mean_something_else_are_left_to_the_text_way(tmp_path, text):
    reader = native_reader(save(tmp_path, text))
    assert reader.read() is None
    assert reader.scan() is None


def test_a_column_whose_first_rows_mislead_is_read_as_text_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_native, "HEAD_BYTES", 16)
    made = native_reader(save(tmp_path, "a,b\n" + "1,2\n" * 20 + "x,3\n")).read()
    assert made is not None
    assert made.schema == {"a": pl.String, "b": pl.Int64}


def test_survey_counts_across_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("assay.data.sources.csv_checks.CHUNK_BYTES", 1)
    seen = survey(save(tmp_path, 'a,b\r\n"1",é\r\n'), ",")
    assert (seen.n_quotes, seen.n_delimiters, seen.has_lone_return) == (2, 2, False)
    assert survey(save(tmp_path, "a,b\r\n1,2\r"), ",").has_lone_return


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'a,b\n"x\ny",caf\xe9\n', "in line 3, at byte 7 of the line, in column 'b'"),
        (b"\xef\xbb\xbfa,b\n\xe9,1\n", "in line 2, at byte 1 of the line, in column 'a'"),
        (b"a,caf\xe9\n1,2\n", "in line 1, at byte 6 of the line (in Latin-1"),
    ],
)
def test_the_column_of_a_wrong_byte(tmp_path, content, place):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_csv(path)
    assert place in str(caught.value)
