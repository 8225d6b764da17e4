"""Rows on their way from elsewhere, and their temporary file."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from assay.data.sources.spool import Spool, TemporaryFolder, hold
from assay.errors import InputError

SPOOLING = """
import sys, time, polars as pl
from assay.data.sources.spool import Spool
spool = Spool("the rows", max_bytes_in_memory=1)
spool.add(pl.DataFrame({"x": range(100_000)}))
"""
FINISHING = "frame = spool.finish({'x': pl.Int64()}); print(frame.collect().height, flush=True)\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder of its own the system's temporary folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def spooled(limit: int) -> pl.LazyFrame:
    spool = Spool("the rows", max_bytes_in_memory=limit)
    for start in range(0, 5000, 500):
        rows = pl.DataFrame({"x": range(start, start + 500), "t": ["é"] * 500})
        spool.add(rows if start else rows.with_columns(t=pl.lit(None)))
    return spool.finish({"x": pl.Float64(), "t": pl.String()})


def test_few_rows_stay_in_memory(place: Path) -> None:
    assert spooled(2**20).collect()["x"].to_list() == [float(n) for n in range(5000)]
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("limit", [1, 20_000])
def test_many_rows_come_back_the_same(place: Path, limit: int) -> None:
    frame = spooled(limit)
    assert len(list(place.iterdir())) == 1
    assert frame.collect().equals(spooled(2**20).collect())
    assert frame.head(3).collect()["x"].to_list() == [0.0, 1.0, 2.0]
    assert frame.filter(pl.col("x") > 4997).select("t", "x").collect().rows() == [
        ("é", 4998.0),
        ("é", 4999.0),
    ]
    assert frame.select(pl.col("t").null_count()).collect(engine="streaming").item() == 500


def test_no_rows_have_the_types_told() -> None:
    frame = Spool("the rows").finish({"x": pl.Date()}).collect()
    assert frame.schema == {"x": pl.Date()}


def test_the_file_goes_with_the_last_frame(place: Path) -> None:
    frame = spooled(1)
    derived = frame.with_columns(double=pl.col("x") * 2)
    del frame
    gc.collect()
    assert derived.tail(1).collect()["double"].to_list() == [9998.0]
    del derived
    gc.collect()
    assert list(place.iterdir()) == []


def test_a_spool_that_is_given_up_leaves_no_file(place: Path) -> None:
    spool = Spool("the rows", max_bytes_in_memory=1)
    spool.add(pl.DataFrame({"x": [1]}))
    assert len(list(place.iterdir())) == 1
    del spool
    gc.collect()
    assert list(place.iterdir()) == []


def test_a_held_folder_lives_as_long_as_the_frame(place: Path) -> None:
    folder = TemporaryFolder("the rows")
    path = folder.path / "rows.parquet"
    pl.DataFrame({"x": [1, 2]}).write_parquet(path)
    frame = hold(pl.scan_parquet(path), folder)
    del folder
    gc.collect()
    assert frame.collect()["x"].to_list() == [1, 2]
    del frame
    gc.collect()
    assert not path.exists()


def test_the_file_goes_when_the_process_ends(place: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SPOOLING + FINISHING], capture_output=True)
    assert done.stdout.strip() == b"100000", done.stderr
    assert list(place.iterdir()) == []


def test_the_file_goes_after_an_error(place: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SPOOLING + "1 / 0"], capture_output=True)
    assert b"ZeroDivisionError" in done.stderr
    assert list(place.iterdir()) == []


def test_the_file_goes_after_an_interrupt(place: Path) -> None:
    code = SPOOLING + "print('ready', flush=True)\ntime.sleep(60)\n"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(list(place.iterdir())) == 1
        process.send_signal(signal.SIGINT)
        assert process.wait(30) != 0
    assert list(place.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_leaves_the_file_alone(place: Path) -> None:
    code = SPOOLING + (
        "import os\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    del spool\n"
        "    sys.exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", code + FINISHING], capture_output=True)
    assert done.stdout.strip() == b"100000", done.stderr
    assert list(place.iterdir()) == []


def test_a_full_disk_is_told(place: Path) -> None:
    """A limit on the size of files fails as a full disk does."""
    pytest.importorskip("resource")
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "from assay.errors import InputError\n"
        "try:\n"
        + "".join(f"    {line}\n" for line in (SPOOLING + FINISHING).strip().splitlines())
        + "except InputError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert f"there is no room left in {place} for the rows" in done.stdout, done.stderr
    assert "TMPDIR" in done.stdout
    assert list(place.iterdir()) == []


def test_a_temporary_folder_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(InputError, match="TMPDIR"):
        TemporaryFolder("the rows")
