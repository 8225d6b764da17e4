import gc
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from assay.errors import InputError
from assay.models.remote.program import LongLineError, Program, SilenceError, UnfinishedLine

MEGABYTE = 1_000_000
SECONDS = 20.0


def program(*argv, max_line_bytes=MEGABYTE) -> Program:
    return Program(argv or ("cat",), max_line_bytes)


def shell(text, **limits) -> Program:
    return program("sh", "-c", text, **limits)


def lines(made) -> list[bytes]:
    found = []
    while (line := made.read_line(SECONDS)) is not None:
        found.append(line)
    return found


def exists(pid) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_lines_in_and_out_many_times():
    made = program()
    for text in (b"a\nb\n", "é\n".encode()):
        made.feed(text, close=False)
        assert [made.read_line(SECONDS) for _ in text.split()] == text.split()
    assert made.is_usable
    made.end()
    assert not made.is_usable
    assert made.exit_code == 0


def test_more_than_the_pipes_hold_does_not_block():
    made = program()
    line = b"x" * 999
    made.feed((line + b"\n") * 20_000, close=True)
    assert lines(made) == [line] * 20_000
    made.end()


def test_silence_and_the_end():
    made = program()
    with pytest.raises(SilenceError):
        made.read_line(0.01)
    with pytest.raises(SilenceError):
        made.read_line(0)
    made.close_input()
    assert made.read_line(SECONDS) is None
    assert made.read_line(SECONDS) is None
    made.end()


def test_lines_without_an_end():
    made = shell("printf 'a\\nb'")
    first, last = lines(made)
    assert (first, last) == (b"a", b"b")
    assert isinstance(last, UnfinishedLine)
    made.end()


def test_lines_that_never_end():
    made = shell("yes | tr -d '\\n'", max_line_bytes=100_000)
    with pytest.raises(LongLineError):
        made.read_line(SECONDS)
    made.end(now=True)


@pytest.mark.parametrize(
    ("text", "end"),
    [("exit 0", "ended with exit code 0"), ("exit 7", "exit code 7"), ("kill -9 $$", "SIGKILL")],
)
def test_how_it_ended(text, end):
    made = shell(text)
    assert lines(made) == []
    assert end in made.describe_end()
    made.end()


def test_the_end_of_standard_error_is_told():
    made = shell("i=0; while [ $i -lt 300 ]; do echo line $i >&2; i=$((i+1)); done; exit 1")
    assert lines(made) == []
    assert made.said.endswith("line 298 line 299")
    assert len(made.said) < 400
    made.end()


def test_the_line_that_names_the_error_is_told_before_a_long_trace():
    made = shell("echo 'Error: no such file' >&2; for i in 1 2 3; do seq 1 99 >&2; done; exit 1")
    assert lines(made) == []
    assert "Error: no such file …" in made.said
    assert made.said.endswith("98 99")
    made.end()


def test_a_lot_of_standard_error_does_not_block():
    made = shell("head -c 3000000 /dev/zero | tr '\\0' e >&2; echo done")
    assert lines(made) == [b"done"]
    made.end()


def test_ending_a_program_that_floods():
    made = shell("yes")
    assert made.read_line(SECONDS) == b"y"
    made.end(now=True)
    assert not made.is_usable


def test_what_does_not_end_is_killed_with_what_it_started(tmp_path):
    note = tmp_path / "pid"
    made = shell(f"trap '' TERM; sleep 60 & echo $! > {note}; wait; wait")
    wait_until(lambda: note.exists() and note.read_text().strip())
    child = int(note.read_text())
    started = time.monotonic()
    made.end(now=True)
    wait_until(lambda: not exists(child) or _is_zombie(child))
    assert time.monotonic() - started < 10
    assert made.exit_code == -signal.SIGKILL


def _is_zombie(pid) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return state.stdout.strip().startswith("Z") or not state.stdout.strip()


def test_a_program_that_nobody_holds_is_ended():
    made = program()
    pid = made._process.pid
    del made
    gc.collect()
    assert not exists(pid)


def test_it_ends_with_the_interpreter():
    code = """
        from assay.models.remote.program import Program
        made = Program(("sh", "-c", "echo $$; sleep 60"), 1000)
        print(made.read_line(20).decode(), flush=True)
        import assay.models.remote.program as where
        where.GRACE = 0.1
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    wait_until(lambda: _is_zombie(int(made.stdout)))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_leaves_its_parents_program_alone():
    made = program()
    code = os.fork()
    if code == 0:
        usable = made.is_usable
        made._finalizer()
        os._exit(1 if usable else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(code, 0)[1]) == 0
    made.feed(b"a\n", close=False)
    assert made.read_line(SECONDS) == b"a"
    made.end()


@pytest.mark.parametrize("argv", [("/no/such/program",), ("/",), ("a\0b",)])
def test_what_cannot_be_started(argv):
    with pytest.raises(InputError, match="cannot be started"):
        program(*argv)
