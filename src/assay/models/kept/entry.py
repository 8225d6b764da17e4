"""The folder of one model's answers for one table."""

import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from assay.models.kept.codec import ABOUT, alike, cut
from assay.models.kept.description import FILE, Description
from assay.models.kept.lock import FolderLock
from assay.models.kept.parts import (
    DamagedPartError,
    Part,
    list_parts,
    read_answers,
    read_warned,
    remove_remains,
    write_part,
)
from assay.models.predictor import Prediction

PART_BYTES = 64 * 2**20
"""A file of answers grows to about this size."""
MAX_SMALL_PARTS = 16
"""So many small files in a row are put together into one."""
SMALL_BYTES = PART_BYTES // MAX_SMALL_PARTS

Stretch = tuple[int, int, Prediction | None]
"""(start, stop, the answers for these rows or None)."""


class Entry:
    """Answers that are kept in a folder, and those that are added.

    Parameters
    ----------
    folder : Path
        It exists.
    description : Description
    lock : FolderLock or None
        None where another process writes: then nothing is changed.

    Raises
    ------
    OSError
        If the folder cannot be read, or what a dead process left cannot be removed.
    """

    def __init__(self, folder: Path, description: Description, lock: FolderLock | None) -> None:
        self.folder, self.description, self._lock = folder, description, lock
        self._parts = list_parts(folder)
        if lock is not None:
            remove_remains(folder, self._parts)
        self._open: tuple[Part, Prediction] | None = None
        self._heard: set[int] = set()
        self.warned: Counter[str] = Counter()
        self.dropped_rows = 0

    @property
    def rows(self) -> int:
        """For how many rows answers are kept."""
        return sum(part.stop - part.start for part in self._parts)

    @property
    def complete(self) -> bool:
        """Whether there is an answer for every row."""
        return self.description.completed is not None and self.rows == self.description.rows

    @property
    def size(self) -> int:
        """Bytes of all answers."""
        return sum(part.size for part in self._parts)

    def stretches(self, start: int, stop: int) -> list[Stretch]:
        """Return the rows from `start` up to `stop` in pieces, with the answers that are kept."""
        pieces: list[Stretch] = []
        at = start
        for part in [each for each in self._parts if each.stop > start and each.start < stop]:
            answers = self._read(part)
            if answers is None:
                continue
            first, last = max(start, part.start), min(stop, part.stop)
            if at < first:
                pieces.append((at, first, None))
            pieces.append((first, last, cut(answers, first - part.start, last - part.start)))
            at = last
        return pieces if at == stop else [*pieces, (at, stop, None)]

    def add(self, start: int, table: pa.Table, warned: Mapping[str, int]) -> None:
        """Keep answers for the rows from `start` on.

        Raises
        ------
        OSError
            If they cannot be written.
        """
        self._parts.append(write_part(self.folder, start, table, warned))
        self._parts.sort(key=lambda part: part.start)
        self._put_together()

    def describe(self, description: Description) -> None:
        """Write another description.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        description.write(self.folder)
        self.description = description

    def touch(self) -> None:
        """Note that the answers are used now."""
        with suppress(OSError):
            os.utime(self.folder / FILE)

    def close(self) -> None:
        """Let other processes write."""
        if self._lock is not None:
            self._lock.release()

    def _read(self, part: Part) -> Prediction | None:
        if self._open is not None and self._open[0] == part:
            return self._open[1]
        try:
            table = part.read()
            answers = read_answers(table)
        except DamagedPartError:
            self._drop(part)
            return None
        if part.start not in self._heard:
            self._heard.add(part.start)
            self.warned += read_warned(table)
        self._open = part, answers
        return answers

    def _drop(self, part: Part) -> None:
        self._parts.remove(part)
        self.dropped_rows += part.stop - part.start
        if self._lock is not None:
            with suppress(OSError):
                part.path.unlink(missing_ok=True)

    def _put_together(self) -> None:
        """Make one file of the small ones at the end, when there are many."""
        small: list[Part] = []
        for later, part in pairwise([None, *reversed(self._parts)]):
            assert part is not None
            apart = later is not None and part.stop != later.start
            if apart or part.size > SMALL_BYTES:
                break
            small.insert(0, part)
        if len(small) < MAX_SMALL_PARTS:
            return
        try:
            tables = [part.read() for part in small]
        except DamagedPartError:
            return  # it is dropped when it is needed
        if not alike([_without_warnings(table) for table in tables]):
            return
        warned = sum((read_warned(table) for table in tables), Counter[str]())
        whole = pa.concat_tables([_without_warnings(table) for table in tables])
        made = write_part(self.folder, small[0].start, whole, warned)
        self._parts = [part for part in self._parts if part not in small] + [made]
        self._parts.sort(key=lambda part: part.start)
        for part in small:
            part.path.unlink(missing_ok=True)


def _without_warnings(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata({ABOUT: table.schema.metadata[ABOUT]})
