"""A running program that is given lines and prints lines; it never outlives its owner."""

import os
import re
import signal
import subprocess
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, Full, Queue
from threading import Event, Thread, current_thread, main_thread
from types import FrameType
from typing import IO

from assay.errors import InputError
from assay.models.remote.answers import shorten

CHUNK_BYTES = 65_536
WAITING_CHUNKS = 64
"""So many chunks of output are held; then the program has to wait."""
STDERR_CHUNKS = 8
STDERR_SHOWN = 300
ERROR = re.compile(r"\w*(?:[Ee]rror|Exception|panic)\w*:")
GRACE = 2.0
"""Seconds to end by itself when its input is closed, and again when it is asked to end."""
TICK = 0.05


class SilenceError(Exception):
    """Nothing was printed for as long as was waited."""


class LongLineError(Exception):
    """A line is longer than the cap."""


class UnfinishedLine(bytes):
    """The last line of a program that ended without a line's end: perhaps a part of one."""


Chunk = list[bytes] | LongLineError | None
"""Lines; or why there are no more: one was too long, or the output ended."""


class Program:
    """One process in a session of its own, with threads that feed it and drain it.

    Python programs are told not to hold their output back (``PYTHONUNBUFFERED``).

    Parameters
    ----------
    argv : sequence of str
        The program and its arguments; no shell reads them.
    max_line_bytes : int

    Raises
    ------
    InputError
        If it cannot be started.
    """

    def __init__(self, argv: Sequence[str], max_line_bytes: int) -> None:
        with _interrupts_held():
            self._launch(argv, max_line_bytes)

    def _launch(self, argv: Sequence[str], max_line_bytes: int) -> None:
        try:
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            msg = f"the command {shorten(argv[0])} cannot be started: {why}"
            raise InputError(msg) from error
        self._chunks: Queue[Chunk] = Queue(WAITING_CHUNKS)
        self._lines: deque[bytes] = deque()
        self._errors: deque[bytes] = deque(maxlen=STDERR_CHUNKS)
        self._ended, self._gone = False, Event()
        self._feeder: Thread | None = None
        stdout, stderr = self._process.stdout, self._process.stderr
        assert stdout is not None
        assert stderr is not None
        self._threads = (
            _start(_drain_lines, stdout, self._chunks, max_line_bytes, self._gone),
            _start(_drain, stderr, self._errors),
        )
        self._owner, self.max_line_bytes = os.getpid(), max_line_bytes
        self._finalizer = weakref.finalize(
            self, _end, self._process, self._threads, self._gone, self._owner
        )

    @property
    def is_usable(self) -> bool:
        """Whether it runs, waits for input and was started by this process, not by its parent."""
        return self._owner == os.getpid() and self._process.poll() is None and not self._ended

    def feed(self, text: bytes, *, close: bool) -> None:
        """Write to its standard input, in a thread, and close it then if told so."""
        stdin = self._process.stdin
        assert stdin is not None
        before, self._feeder = self._feeder, None
        self._feeder = _start(_write, stdin, text, close, before)

    @property
    def is_fed(self) -> bool:
        """Whether it took all that was written."""
        return self._feeder is None or not self._feeder.is_alive()

    def close_input(self) -> None:
        """Tell it that there is no more."""
        self.feed(b"", close=True)

    def read_line(self, seconds: float) -> bytes | None:
        """Return the next line that it printed, without its end; None when there is no more.

        Raises
        ------
        SilenceError
            If nothing came in so many seconds.
        LongLineError
            If the line is longer than the cap.
        """
        while not self._lines:
            if self._ended:
                return None
            try:
                chunk = self._chunks.get(timeout=seconds) if seconds else self._chunks.get_nowait()
            except Empty:
                raise SilenceError from None
            if isinstance(chunk, LongLineError):
                raise chunk
            self._ended = chunk is None
            self._lines.extend(chunk or ())
        return self._lines.popleft()

    def describe_end(self) -> str:
        """Say how it ended, once its output has."""
        try:
            status = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return "closed its output without ending"
        if status < 0:
            return f"was ended by {signal.Signals(-status).name}"
        return f"ended with exit code {status}"

    @property
    def exit_code(self) -> int | None:
        """Its exit code; None while it runs.

        Its output may end a moment before it does: that moment is waited for.
        """
        if not self._ended:
            return self._process.poll()
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(GRACE)
        return None

    @property
    def said(self) -> str:
        """What it printed on standard error at last, as the end of a sentence."""
        self._threads[1].join(TICK)
        text = _telling_part(b"".join(self._errors).decode(errors="replace"))
        return f"; it printed on standard error: {text}" if text else ""

    def end(self, *, now: bool = False) -> None:
        """Close its input and wait for its end; `now`, or after a while, it is killed."""
        if now:
            _signal(self._process, signal.SIGKILL)
        self._finalizer()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait until a process that is being started is known, so that it can be ended."""
    before = signal.getsignal(signal.SIGINT)
    if current_thread() is not main_thread() or not callable(before):
        yield
        return
    held: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        before(*held[0])


def _telling_part(text: str) -> str:
    """Return the end of a text, and before it the line that names the error, if it has gone."""
    tail = " ".join(text.split())
    if len(tail) <= STDERR_SHOWN:
        return shorten(tail, STDERR_SHOWN)
    errors = [" ".join(line.split()) for line in text.splitlines() if ERROR.search(line)]
    if errors and errors[-1] not in tail[-STDERR_SHOWN:]:
        half = STDERR_SHOWN // 2
        return f"{shorten(errors[-1], half)} … {shorten(tail[-half:], half)}"
    return f"…{shorten(tail[-STDERR_SHOWN:], STDERR_SHOWN)}"


def _start(target: object, *args: object) -> Thread:
    thread = Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


def _write(stdin: IO[bytes], text: bytes, close: bool, before: Thread | None) -> None:
    if before is not None:
        before.join()
    view = memoryview(text)
    try:
        while view:
            view = view[stdin.write(view) :]
        if close:
            stdin.close()
    except (OSError, ValueError):
        return  # it ended: its output and its exit code tell more


def _drain_lines(
    stdout: IO[bytes],
    chunks: Queue[Chunk],
    max_line_bytes: int,
    gone: Event,
) -> None:
    rest = b""
    while True:
        chunk = _read(stdout)
        lines: list[bytes] = []
        if b"\n" in chunk:
            *lines, rest = (rest + chunk).split(b"\n")
        else:
            rest += chunk
        if not chunk and rest:
            lines.append(UnfinishedLine(rest))
            rest = b""
        if lines and not _put(chunks, lines, gone):
            return
        if len(rest) > max_line_bytes:
            _put(chunks, LongLineError(), gone)
            return
        if not chunk:
            _put(chunks, None, gone)
            return


def _put(
    chunks: Queue[Chunk],
    chunk: Chunk,
    gone: Event,
) -> bool:
    """Hand a chunk over when there is room; False when nobody wants it any more."""
    while not gone.is_set():
        try:
            chunks.put(chunk, timeout=TICK)
        except Full:
            continue
        return True
    return False


def _drain(stderr: IO[bytes], kept: deque[bytes]) -> None:
    while chunk := _read(stderr):
        kept.append(chunk)


def _read(pipe: IO[bytes]) -> bytes:
    try:
        return pipe.read(CHUNK_BYTES)
    except (OSError, ValueError):
        return b""  # closed by the owner


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Send a signal to the process and to those that it started, which may outlive it."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _end(
    process: "subprocess.Popen[bytes]", threads: Sequence[Thread], gone: Event, owner: int
) -> None:
    """Close its input and wait; then ask it to end; then kill it. A fork's copy leaves it be."""
    if os.getpid() != owner:
        return
    gone.set()
    _close(process.stdin)
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGKILL):
        try:
            process.wait(GRACE)
            break
        except subprocess.TimeoutExpired:
            _signal(process, number)
    deadline = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    _close(process.stdout)
    _close(process.stderr)


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        return
