"""The ledger only grows, survives kills and company, and shows edits and gaps."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.jobs.ledger.entry import Entry, read_line
from assay.jobs.ledger.file import HEAD, NAME, LedgerFile


def entry(n, previous="", model="m"):
    return Entry(
        n=n,
        when="2026-01-01T00:00:00+00:00",
        who="me",
        run="analyze",
        model=(f"content:{model}{n}",),
        model_name=f"{model}{n}",
        test=("fs1:0",),
        test_name="test.csv",
        rows=10,
        previous=previous,
    )


def add(file, count=1):
    for _ in range(count):

        def make(ledger):
            last = ledger.entries[-1] if ledger.entries else None
            n = 1 if last is None else last.n + 1
            return entry(n, "" if last is None else last.digest)

        file.extend(make)


@pytest.fixture
def file(tmp_path):
    return LedgerFile(tmp_path / "store")


def lines_of(file):
    return file.path.read_text(encoding="utf-8").splitlines(keepends=True)


def test_what_was_added_is_read_again_in_order(file):
    add(file, 3)
    ledger = file.read()
    assert [each.n for each in ledger.entries] == [1, 2, 3]
    assert ledger.problems == ()
    assert not ledger.torn
    written, digest = read_line(lines_of(file)[1])
    assert written.digest == digest
    assert ledger.entries[2].previous == digest


def test_nothing_is_added_when_nothing_is_made(file):
    before, added = file.extend(lambda ledger: None)
    assert before.entries == ()
    assert added is None
    assert not file.path.exists()


def test_an_edited_number_shows(file):
    add(file, 3)
    lines = lines_of(file)
    lines[1] = lines[1].replace('"rows": 10', '"rows": 11')
    file.path.write_text("".join(lines), encoding="utf-8")
    assert file.read().problems == ("line 2 was edited",)


def test_an_edit_with_its_own_hash_made_anew_shows_in_the_next_line(file):
    add(file, 3)
    lines = lines_of(file)
    forged = json.loads(lines[1])
    told = {name: value for name, value in forged.items() if name not in {"format", "hash"}}
    lied = Entry(
        **{**told, "model_name": "another", "model": ("x",), "test": ("fs1:0",), "metrics": ()}
    )
    lines[1] = lied.to_line()
    file.path.write_text("".join(lines), encoding="utf-8")
    assert file.read().problems == ("line 3 does not follow from the line before it",)


@pytest.mark.parametrize(
    ("gone", "problem"),
    [
        (0, "entries 1 to 1 are gone before line 1"),
        (1, "entries 2 to 2 are gone before line 2"),
        (2, "entries 3 to 3 are gone from the end"),
    ],
)
def test_a_removed_line_shows(file, gone, problem):
    add(file, 3)
    lines = lines_of(file)
    del lines[gone]
    file.path.write_text("".join(lines), encoding="utf-8")
    assert file.read().problems == (problem,)


def test_lines_in_another_order_show(file):
    add(file, 3)
    first, second, third = lines_of(file)
    file.path.write_text(second + first + third, encoding="utf-8")
    assert len(file.read().problems) >= 2


def test_a_line_that_is_none_is_told_and_the_others_count(file):
    add(file, 2)
    file.path.write_text("".join([*lines_of(file), "rubbish\n"]), encoding="utf-8")
    ledger = file.read()
    assert ledger.problems == ("line 3 cannot be read",)
    assert len(ledger.entries) == 2


@pytest.mark.parametrize("kept", [1, 20, 200])
def test_a_torn_last_line_is_cut_off_by_the_next_write(file, kept):
    add(file, 2)
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + entry(3).to_line().encode()[:kept])
    ledger = file.read()
    assert ledger.torn
    assert len(ledger.entries) == 2
    add(file)
    assert [each.n for each in file.read().entries] == [1, 2, 3]
    assert not file.read().torn
    assert file.read().problems == ()


def test_a_last_line_that_lacks_only_its_end_counts(file):
    add(file, 2)
    file.path.write_bytes(file.path.read_bytes().rstrip(b"\n"))
    assert len(file.read().entries) == 2
    assert not file.read().torn
    add(file)
    assert [each.n for each in file.read().entries] == [1, 2, 3]
    assert file.read().problems == ()


def test_a_head_that_is_behind_or_damaged_says_nothing(file):
    add(file, 3)
    (file.folder / HEAD).write_text("2 x")
    assert file.read().problems == ()
    (file.folder / HEAD).write_text("what")
    assert file.read().problems == ()


WRITER = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from test_ledger_file import LedgerFile, add
print("ready", flush=True)
add(LedgerFile(Path({store!r})), {count})
"""


def writer(store, count):
    here = str(Path(__file__).parent)
    text = WRITER.format(here=here, store=str(store), count=count)
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)


def test_processes_at_once_lose_nothing(file):
    running = [writer(file.folder, 25) for _ in range(3)]
    for each in running:
        each.communicate(timeout=60)
        assert each.returncode == 0
    ledger = file.read()
    assert [each.n for each in ledger.entries] == list(range(1, 76))
    assert ledger.problems == ()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_killed_writer_loses_nothing_that_was_written(file):
    process = writer(file.folder, 100_000)
    assert process.stdout is not None
    process.stdout.readline()
    until = time.monotonic() + 30
    while not (file.folder / HEAD).exists() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    acknowledged = int((file.folder / HEAD).read_text().split()[0])
    assert acknowledged >= 1
    before = len(file.read().entries)
    assert before >= acknowledged
    add(file, 2)
    ledger = file.read()
    assert [each.n for each in ledger.entries] == list(range(1, before + 3))
    assert ledger.problems == ()


def test_a_folder_that_is_a_file_cannot_be_written(tmp_path):
    (tmp_path / "store").write_text("mine")
    with pytest.raises(FileExistsError):
        add(LedgerFile(tmp_path / "store"))


def test_another_holder_is_waited_for_and_then_told(file, monkeypatch):
    from assay.jobs.ledger import file as module
    from assay.models.kept.lock import FolderLock

    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    add(file)
    lock = FolderLock(file.folder, module.LOCK)
    assert lock.take()
    with pytest.raises(TimeoutError, match="another process has kept"):
        add(file)
    lock.release()
    add(file)
    assert len(file.read().entries) == 2


def test_the_name_of_the_file_is_what_the_docs_say(file):
    add(file)
    assert (file.folder / "ledger.jsonl").exists()
    assert NAME == "ledger.jsonl"
