"""The ledger of looks: a file of JSON lines that only grows, each line chained to the last.

One process writes at a time. A line is written with one call and synced to the disk; what a
process left half-written when it was killed is cut off by the next. Lines that were edited or
removed break the chain and are told; what was cut off at the end is told by the head file.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assay.jobs.ledger.entry import Entry, read_line
from assay.models.kept.lock import FolderLock
from assay.models.kept.parts import write_whole

NAME, HEAD, LOCK = "ledger.jsonl", "ledger.head", "ledger.lock"
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.01


@dataclass(frozen=True)
class Ledger:
    """What a ledger holds.

    Parameters
    ----------
    entries : tuple of Entry
        Those that can be read, in the order of the file.
    problems : tuple of str
        What shows that it was changed: edited, removed or unreadable lines.
    torn : bool
        Whether the last line was only begun.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    torn: bool = False


class LedgerFile:
    """A ledger in a folder.

    Parameters
    ----------
    folder : Path
        Made when the first look is written.

    Examples
    --------
    >>> LedgerFile(Path("no such folder")).read()
    Ledger(entries=(), problems=(), torn=False)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / NAME

    def read(self) -> Ledger:
        """Return what is there; nothing where there is no file.

        Raises
        ------
        OSError
            If the file is there and cannot be read.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            content = b""
        return _parse(content, self._head())

    def extend(self, make: Callable[[Ledger], Entry | None]) -> tuple[Ledger, Entry | None]:
        """Add what `make` returns, which sees the ledger as it is; None adds nothing.

        Returns
        -------
        tuple of (Ledger, Entry or None)
            The ledger before, and what was added, with its number and chain.

        Raises
        ------
        OSError
            If the folder cannot be written to, or another process keeps the ledger too long.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            before = self.read()
            entry = make(before)
            if entry is not None:
                self._append(before, entry)
            return before, entry

    def _append(self, before: Ledger, entry: Entry) -> None:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            size = os.fstat(handle).st_size
            content = os.pread(handle, size, 0) if hasattr(os, "pread") else self.path.read_bytes()
            end = size if not before.torn else content.rfind(b"\n") + 1
            lead = b"\n" if end and content[end - 1 : end] != b"\n" else b""
            os.ftruncate(handle, end)
            os.lseek(handle, end, os.SEEK_SET)
            _write_all(handle, lead + entry.to_line().encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        write_whole(self.folder / HEAD, f"{entry.n} {entry.digest}\n".encode())

    def _head(self) -> int:
        """Return the number of the last entry that was written whole; 0 where nobody says."""
        try:
            return int((self.folder / HEAD).read_text(encoding="ascii").split()[0])
        except (OSError, ValueError, IndexError):
            return 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FolderLock(self.folder, LOCK)
        until = time.monotonic() + PATIENCE_SECONDS
        while not lock.take():
            if time.monotonic() > until:
                msg = f"another process has kept {self.path} for {PATIENCE_SECONDS:.0f} seconds"
                raise TimeoutError(msg)
            time.sleep(PAUSE_SECONDS)
        try:
            yield
        finally:
            lock.release()


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _parse(content: bytes, head: int) -> Ledger:
    whole, _, rest = content.rpartition(b"\n")
    lines = whole.decode("utf-8", errors="replace").splitlines() if whole else []
    torn = False
    if rest:  # a line without its end: it counts where it is whole
        try:
            read_line(rest.decode("utf-8", errors="replace"))
            lines.append(rest.decode("utf-8"))
        except ValueError:
            torn = True
    entries: list[Entry] = []
    problems: list[str] = []
    last, number = "", 0
    for at, line in enumerate(lines, start=1):
        try:
            entry, written = read_line(line)
        except ValueError:
            problems.append(f"line {at} cannot be read")
            continue
        if entry.digest != written:
            problems.append(f"line {at} was edited")
        if entry.n != number + 1:
            problems.append(_gap(at, number, entry.n))
        elif entry.previous != last:
            problems.append(f"line {at} does not follow from the line before it")
        entries.append(entry)
        last, number = written, entry.n
    if head > number:
        problems.append(f"entries {number + 1} to {head} are gone from the end")
    return Ledger(tuple(entries), tuple(problems), torn)


def _gap(at: int, before: int, found: int) -> str:
    if found > before + 1:
        return f"entries {before + 1} to {found - 1} are gone before line {at}"
    return f"line {at} is out of order"
