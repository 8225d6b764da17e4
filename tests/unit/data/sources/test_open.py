"""Paths that lead nowhere are refused with a way on."""

import os

import pytest

from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError


def test_missing_file_suggests_a_near_name(tmp_path):
    (tmp_path / "adult_train.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"does not exist; did you mean adult_train.csv\?"):
        open_source(tmp_path / "adult_trian.csv")


def test_missing_folder_is_said(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        open_source(str(tmp_path / "nowhere" / "a.csv"))


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_empty_file(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=rf"{name} is empty"):
        open_source(tmp_path / name)


@pytest.mark.parametrize("name", ["a.doc", "a", "a.b.c"])
def test_unknown_suffix(tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(InputError, match=r"suffix .*not known;.*\.csv, \.tsv.*\.parquet"):
        open_source(tmp_path / name)


def test_unknown_suffix_of_a_known_format(tmp_path):
    (tmp_path / "table.bin").write_bytes(b"PAR1xx")
    with pytest.raises(InputError, match="it seems to hold Parquet"):
        open_source(tmp_path / "table.bin")


def test_archives_are_to_be_unpacked(tmp_path):
    (tmp_path / "a.csv.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match="is an archive; unpack it"):
        open_source(tmp_path / "a.csv.zip")


def test_file_urls_are_paths(tmp_path):
    (tmp_path / "my table.csv").write_text("a,b\n1,2\n")
    url = (tmp_path / "my table.csv").as_uri()
    assert "%20" in url
    assert open_source(url).frame.collect().rows() == [(1, 2)]
    with pytest.raises(InputError, match="three slashes"):
        open_source("file://server/table.csv")


def test_urls_that_nothing_reads(tmp_path):
    with pytest.raises(InputError, match=r"nothing reads tables from gopher://.*file://"):
        open_source("gopher://host/table.csv")


def test_what_means_nothing_to_a_format_is_refused_where_it_was_told(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    told = ReadOptions(records="rows")
    with pytest.raises(InputError, match=r"--records \(records=\) means nothing to CSV.*JSON"):
        open_source(tmp_path / "a.csv", told)
    with pytest.raises(InputError, match=r"--query .* means nothing to a frame"):
        open_source({"a": [1]}, ReadOptions(query="select 1"))
    with pytest.raises(InputError, match=r"--column .*columns="):
        open_source(tmp_path / "a.csv", ReadOptions(columns={"a": "b"}))
    assert open_source(tmp_path / "a.csv", told, carried=True).frame.collect().height == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    path.chmod(0)
    with pytest.raises(InputError, match="permission denied"):
        open_source(path)


@pytest.mark.skipif(os.name != "posix", reason="named pipes are of POSIX")
def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(InputError, match="a pipe or a device"):
        open_source(tmp_path / "a.csv")


FOREIGN = {
    "Parquet": b"PAR1....PAR1",
    "workbook": b"PK\x03\x04....",
    "web page": b"\n<!DOCTYPE html><html>",
    "PDF": b"%PDF-1.7",
    "SQLite": b"SQLite format 3\x00",
}


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.jsonl", "a.json"])
@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_of_another_format_than_its_suffix(tmp_path, what, name):
    (tmp_path / name).write_bytes(FOREIGN[what])
    with pytest.raises(InputError, match=rf"{name} is not .*it holds .*{what}"):
        open_source(tmp_path / name)
