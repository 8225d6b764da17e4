import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import InputError
from assay.reports.files import dump_json, ensure_writable, write_atomic


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "a.txt"
    assert write_atomic(path, "one\n") == path
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_has_the_rights_of_any_new_file(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    written = write_atomic(tmp_path / "written", "x")
    assert written.stat().st_mode == plain.stat().st_mode


def test_a_lone_surrogate_does_not_stop_the_report(tmp_path):
    assert write_atomic(tmp_path / "a", "half\ud800").read_text("utf-8") == "half?"


def test_an_interruption_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = write_atomic(tmp_path / "a.txt", "old")

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot write .*--out"):
        write_atomic(tmp_path / "absent" / "a.txt", "x")


def test_a_folder_in_place_of_the_file_is_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="cannot write"):
        write_atomic(tmp_path / "a", "x")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    folder = ensure_writable(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    blocker = tmp_path / "out"
    blocker.write_text("mine")
    with pytest.raises(InputError, match="is a file, not a directory") as caught:
        ensure_writable(blocker / below)
    assert str(blocker) in str(caught.value)
    assert blocker.read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc: nobody writes there")
def test_a_place_where_nobody_may_write(tmp_path):
    with pytest.raises(InputError, match=r"cannot write into .*--out"):
        ensure_writable("/proc/assay-out")


def test_json_keeps_order_text_and_ends_with_a_newline():
    text = dump_json({"b": "é", "a": [1, None, True]})
    assert list(json.loads(text)) == ["b", "a"]
    assert "é" in text
    assert text.endswith("}\n")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_as_they_were(value):
    back = json.loads(dump_json({"v": value}))["v"]
    assert back == value
    assert math.copysign(1, back) == math.copysign(1, value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        dump_json({"v": value})
