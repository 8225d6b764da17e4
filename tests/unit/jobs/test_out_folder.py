"""The folder of results: tried first, and not left behind empty."""

import pytest

from assay.errors import InputError
from assay.jobs.out_folder import reserved


def fails_in(out):
    with reserved(out):
        assert out.is_dir()
        raise RuntimeError("work")


def test_an_unused_folder_is_taken_away(tmp_path):
    with pytest.raises(RuntimeError, match="work"):
        fails_in(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_stays(tmp_path):
    with reserved(tmp_path / "a"):
        (tmp_path / "a" / "file").touch()
    assert (tmp_path / "a" / "file").exists()


def test_a_folder_that_was_there_stays(tmp_path):
    (tmp_path / "mine").mkdir()
    with reserved(tmp_path / "mine"):
        pass
    assert (tmp_path / "mine").is_dir()


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(InputError, match="is a file"), reserved(tmp_path / "taken" / "out"):
        pytest.fail("the work must not begin")


def test_no_folder_is_needed_without_out():
    with reserved(None):
        pass
