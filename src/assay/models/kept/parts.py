"""Answers for stretches of rows, each in an Arrow file that is there whole or not at all."""

import hashlib
import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assay.models.kept.codec import decode
from assay.models.predictor import Prediction

WARNED = b"assay_warned"
NAME = re.compile(r"rows-(?P<start>\d+)-(?P<stop>\d+)-(?P<digest>[0-9a-f]{32})\.arrow")
PARTIAL = ".partial"
READ_ERRORS = (OSError, pa.ArrowException, ValueError, KeyError, TypeError)


class DamagedPartError(ValueError):
    """A file of answers is not what was written."""


@dataclass(frozen=True)
class Part:
    """Answers for the rows from `start` up to `stop` of a table.

    Its file's name ends with blake2b-128 of its content, so that damage shows.

    Parameters
    ----------
    path : Path
    start, stop : int
        Rows of the table, counted from 0; `stop` is not in it.
    digest : str
    """

    path: Path
    start: int
    stop: int
    digest: str

    @property
    def size(self) -> int:
        """Bytes of the file; 0 when it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def read(self) -> pa.Table:
        """Return the answers as a table.

        Raises
        ------
        DamagedPartError
            If the file is gone, cannot be read, or is not what was written.
        """
        try:
            content = self.path.read_bytes()
            if _digest(content) != self.digest:
                msg = "its content has changed"
                raise DamagedPartError(msg)
            with pa.ipc.open_file(pa.BufferReader(content)) as file:
                table = file.read_all()
        except READ_ERRORS as error:
            msg = f"{self.path.name}: {error}"
            raise DamagedPartError(msg) from error
        if table.num_rows != self.stop - self.start:
            msg = f"{self.path.name} holds {table.num_rows} rows"
            raise DamagedPartError(msg)
        return table


def list_parts(folder: Path) -> list[Part]:
    """Return the parts of a folder in the order of their rows, without those inside others.

    A part inside another is what is left when a process ended while it put parts together.
    """
    found: list[Part] = []
    for path in folder.iterdir():
        match = NAME.fullmatch(path.name)
        if match is not None:
            start, stop = int(match["start"]), int(match["stop"])
            found.append(Part(path, start, stop, match["digest"]))
    chosen: list[Part] = []
    for part in sorted(found, key=lambda each: (each.start, -each.stop)):
        if not chosen or part.start >= chosen[-1].stop:
            chosen.append(part)
    return chosen


def remove_remains(folder: Path, parts: Collection[Part]) -> None:
    """Remove files that a process left which was ended: half-written ones, and parts in others.

    Parameters
    ----------
    folder : Path
        Nobody else writes into it.
    parts : collection of Part
        What stays.
    """
    stay = {part.path for part in parts}
    for path in folder.iterdir():
        half = path.name.endswith(PARTIAL)
        if half or (NAME.fullmatch(path.name) is not None and path not in stay):
            path.unlink(missing_ok=True)


def write_part(folder: Path, start: int, table: pa.Table, warned: Mapping[str, int]) -> Part:
    """Write answers for the rows from `start` on.

    Parameters
    ----------
    folder : Path
    start : int
    table : pyarrow.Table
        As `codec.encode` makes it.
    warned : mapping of str to int
        What the model warned of while it answered, and how often.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    told = {**(table.schema.metadata or {}), WARNED: json.dumps(dict(warned)).encode()}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema.with_metadata(told)) as file:
        file.write_table(table.replace_schema_metadata(told).combine_chunks())
    content = sink.getvalue()
    digest = _digest(content)
    stop = start + table.num_rows
    path = folder / f"rows-{start:012d}-{stop:012d}-{digest}.arrow"
    write_whole(path, content)
    return Part(path, start, stop, digest)


def write_whole(path: Path, content: "bytes | pa.Buffer") -> None:
    """Write a file that appears whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    partial = path.with_name(f".{secrets.token_hex(8)}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(content)  # type: ignore[arg-type]  a Buffer is one
        os.replace(partial, path)  # noqa: PTH105
    finally:
        partial.unlink(missing_ok=True)


def read_warned(table: pa.Table) -> Counter[str]:
    """Return what the model warned of while it gave these answers."""
    return Counter(json.loads((table.schema.metadata or {}).get(WARNED, b"{}")))


def read_answers(table: pa.Table) -> Prediction:
    """Return the answers of a part.

    Raises
    ------
    DamagedPartError
        If they cannot be understood.
    """
    try:
        return decode(table)
    except READ_ERRORS as error:
        msg = f"answers that cannot be understood: {error}"
        raise DamagedPartError(msg) from error


def _digest(content: "bytes | pa.Buffer") -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
