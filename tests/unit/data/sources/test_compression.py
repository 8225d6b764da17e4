"""Compressed files hold what they hold, whatever their name; broken ones are refused."""

import bz2
import gzip
import lzma
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pytest

from assay.data.sources import file as file_source
from assay.data.sources.compression import decompress
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError

TEXT = b"a,b\n" + b"".join(b"%d,x%d\n" % (i, i * i) for i in range(5000))


def arrow_codec(name):
    def compress(data):
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, name) as out:
            out.write(data)
        return sink.getvalue().to_pybytes()

    return compress


WAYS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": arrow_codec("zstd"),
    ".lz4": arrow_codec("lz4"),
}


@pytest.mark.parametrize("suffix", WAYS)
def test_each_way_is_read(tmp_path, suffix):
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(WAYS[suffix](TEXT))
    source = open_source(path)
    assert source.name == path.name
    assert source.frame.collect().row(4999) == (4999, "x24990001")
    assert source.notes == ()


@pytest.mark.parametrize("suffix", WAYS)
def test_a_file_that_is_cut_off(tmp_path, suffix):
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(WAYS[suffix](TEXT)[:-9])
    with pytest.raises(InputError, match=rf"a\.csv{suffix} is cut off.*download it again"):
        open_source(path)


def test_a_file_whose_middle_is_broken(tmp_path):
    content = bytearray(gzip.compress(os.urandom(5000)))
    content[2000] ^= 255
    (tmp_path / "a.csv.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.csv\.gz is broken \(gzip: .*again"):
        open_source(tmp_path / "a.csv.gz")


def test_members_one_after_the_other_are_one_text(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    assert open_source(tmp_path / "a.csv.gz").frame.collect().rows() == [(1, 2), (3, 4)]


def test_a_name_that_says_compressed_of_a_file_that_is_not(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(TEXT)
    with pytest.raises(
        InputError, match=r"not compressed with gzip.*begins with b'a,b.*take \.gz"
    ):
        open_source(tmp_path / "a.csv.gz")


def test_a_compressed_file_whose_name_does_not_say_so_is_read_and_said(tmp_path):
    (tmp_path / "a.csv").write_bytes(gzip.compress(TEXT))
    source = open_source(tmp_path / "a.csv")
    assert source.frame.collect().height == 5000
    assert [note.rule for note in source.notes] == ["compressed_by_content"]


def test_a_file_that_holds_nothing(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(InputError, match=r"a\.csv\.gz holds nothing"):
        open_source(tmp_path / "a.csv.gz")


def test_every_text_format_can_be_compressed(tmp_path):
    (tmp_path / "a.jsonl.zst").write_bytes(WAYS[".zst"](b'{"a":1}\n{"a":2}\n'))
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress(b"a\tb\n1\t2\n"))
    (tmp_path / "a.json.xz").write_bytes(lzma.compress(b'[{"a":1}]'))
    assert open_source(tmp_path / "a.jsonl.zst").frame.collect()["a"].to_list() == [1, 2]
    assert open_source(tmp_path / "a.tsv.gz").frame.collect().rows() == [(1, 2)]
    assert open_source(tmp_path / "a.json.xz").frame.collect().rows() == [(1,)]


def test_rows_in_memory_leave_no_copy_behind_and_large_ones_keep_theirs(tmp_path, monkeypatch):
    made = []

    def folder():
        made.append(tmp_path / f"copy{len(made)}")
        made[-1].mkdir()
        return made[-1]

    monkeypatch.setattr(file_source, "temporary_folder", folder)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT))
    small = open_source(tmp_path / "a.csv.gz")
    large = open_source(tmp_path / "a.csv.gz", ReadOptions(max_bytes_in_memory=100))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2,3\n"))
    with pytest.raises(InputError, match=r"b\.csv\.gz, line 2"):
        open_source(tmp_path / "b.csv.gz")
    assert [each.exists() for each in made] == [False, True, False]
    assert large.frame.collect().equals(small.frame.collect())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_no_room_for_what_a_file_holds(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT * 400))
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "a.csv.gz").symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"larger than the room in .* TMPDIR"):
        decompress(tmp_path / "a.csv.gz", "gzip", tmp_path / "room")


WAITING = """
import sys, time
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
open_source(sys.argv[1], ReadOptions(max_bytes_in_memory=100))
print("open", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_leaves_no_copy_behind(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(TEXT))
    room = tmp_path / "room"
    room.mkdir()
    environment = {**os.environ, "TMPDIR": str(room)}
    command = [sys.executable, "-c", WAITING, str(path)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "open\n"
        assert [each.name[:6] for each in room.iterdir()] == ["assay-"]
        running.send_signal(signal.SIGINT)
        deadline = time.monotonic() + 20
        while running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert running.returncode != 0
    assert list(room.iterdir()) == []


def test_no_place_for_a_copy(tmp_path, monkeypatch):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"no temporary folder can be made.*TMPDIR"):
        open_source(tmp_path / "a.csv.gz")
