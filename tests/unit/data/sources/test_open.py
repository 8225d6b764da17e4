"""Paths that lead nowhere are refused with a way on."""

import pytest

from assay.data.sources.open import open_source
from assay.errors import InputError


def test_missing_file_suggests_a_near_name(tmp_path):
    (tmp_path / "adult_train.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"does not exist; did you mean adult_train.csv\?"):
        open_source(tmp_path / "adult_trian.csv")


def test_missing_folder_is_said(tmp_path):
    with pytest.raises(InputError, match="there is no folder"):
        open_source(str(tmp_path / "nowhere" / "a.csv"))


def test_folder(tmp_path):
    (tmp_path / "inside.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"is a folder.*inside\.csv"):
        open_source(tmp_path)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_empty_file(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=rf"{name} is empty"):
        open_source(tmp_path / name)


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.csv.gz"])
def test_unknown_suffix(tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(InputError, match=r"suffix .*\.csv, \.tsv, \.parquet"):
        open_source(tmp_path / name)


def test_tabs(tmp_path):
    (tmp_path / "a.tsv").write_text("a\tb\n1\tx,y\n")
    assert open_source(tmp_path / "a.tsv").frame.collect().rows() == [(1, "x,y")]
