"""What can be wrong with a CSV file, each with its place and its remedy."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from assay.data.sources.source import check_names
from assay.errors import InputError

CHUNK_BYTES = 1 << 22
MAX_SHOWN = 60
WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def check_encoding(path: Path) -> None:
    """Refuse a file that is empty or not UTF-8 (a UTF-8 byte order mark is fine).

    Raises
    ------
    InputError
        With line, column and byte of the first place that is not UTF-8.
    """
    with path.open("rb") as file:
        head = file.read(len(codecs.BOM_UTF32_LE))
        if not head.removeprefix(codecs.BOM_UTF8).strip() and not file.read(CHUNK_BYTES).strip():
            msg = f"{path.name} is empty; a CSV file needs a header line and rows"
            raise InputError(msg)
        for mark, name in WIDE_MARKS.items():
            if head.startswith(mark):
                _refuse_wide(path, name)
        if b"\x00" in head:
            _refuse_wide(path, "UTF-16 or binary")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = 1
        tail = b""  # the unfinished line before the chunk
        while chunk := file.read(CHUNK_BYTES):
            if not chunk.isascii() or decoder.getstate()[0]:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    pending = len(error.object) - len(chunk)
                    _refuse_bytes(path, tail, chunk, error.start - pending, line)
            line += chunk.count(b"\n")
            tail = chunk[chunk.rfind(b"\n") + 1 :] if b"\n" in chunk else tail + chunk
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            _refuse_bytes(path, b"", tail, max(len(tail) - 1, 0), line)


def _refuse_wide(path: Path, name: str) -> None:
    msg = (
        f"{path.name} is written in {name}, and UTF-8 is needed; convert it, for example: "
        f"iconv -f UTF-16 -t UTF-8 {path.name} > utf8.csv"
    )
    raise InputError(msg)


def _refuse_bytes(path: Path, tail: bytes, chunk: bytes, at: int, line: int) -> None:
    before = tail + chunk[: max(at, 0)]
    line += chunk[: max(at, 0)].count(b"\n")
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    byte = chunk[at] if at >= 0 else tail[at]
    msg = (
        f"{path.name} is not UTF-8: byte 0x{byte:02x} in line {line}, at byte {column} of the "
        f"line (in Latin-1 that is {bytes([byte]).decode('latin-1')!r}); convert it, for example: "
        f"iconv -f LATIN1 -t UTF-8 {path.name} > utf8.csv"
    )
    raise InputError(msg)


def check_quotes(path: Path, delimiter: str) -> None:
    """Refuse a file in which a double quote is opened and never closed.

    Raises
    ------
    InputError
        With the line in which the row begins.
    """
    with path.open("rb") as file:
        quotes = sum(chunk.count(b'"') for chunk in iter(lambda: file.read(CHUNK_BYTES), b""))
    if quotes % 2 == 0:
        return
    line = 1
    try:
        for line, _ in _rows(path, delimiter, strict=True):  # noqa: B007 - read after the loop
            pass
    except csv.Error as error:
        if "end of data" not in str(error):
            return
        msg = (
            f"{path.name}: a double quote that is opened after line {line} is never closed, so "
            "all that follows would be one field; close it, or write a quote in a field as two"
        )
        raise InputError(msg) from error


def read_header(path: Path, delimiter: str) -> tuple[int, tuple[str, ...]]:
    """Return how many blank lines precede the header, and the column names.

    A column without a name is called ``Unnamed: i``, as in pandas.

    Raises
    ------
    InputError
        If the delimiter looks wrong, names repeat, or there is nothing below the header.
    """
    rows = _rows(path, delimiter)
    blank, header = next(rows)  # check_encoding has seen that there is something
    if len(header) == 1:
        _check_delimiter(path, header[0])
    names = tuple(name or f"Unnamed: {at}" for at, name in enumerate(header))
    check_names(names, path.name)
    if next(rows, None) is None:
        msg = f"{path.name} has a header and no rows; at least one row is needed"
        raise InputError(msg)
    return blank - 1, names


def _check_delimiter(path: Path, header: str) -> None:
    for mark, name in OTHER_DELIMITERS.items():
        if mark in header:
            shown = header if len(header) <= MAX_SHOWN else f"{header[:MAX_SHOWN]}…"
            remedy = (
                "give it the suffix .tsv"
                if mark == "\t"
                else f"convert it, for example: pandas.read_csv({path.name!r}, sep={mark!r})"
                ".to_csv('commas.csv', index=False)"
            )
            msg = (
                f"{path.name} has a single column, named {shown!r}: it seems to be separated by "
                f"{name}, and commas are needed; {remedy}"
            )
            raise InputError(msg)


def refuse_ragged(path: Path, delimiter: str, names: Sequence[str], reason: str) -> None:
    """Raise an error that names the first line whose number of fields is not the header's.

    Raises
    ------
    InputError
    """
    rows = _rows(path, delimiter)
    next(rows)
    for line, fields in rows:
        if len(fields) != len(names):
            many = len(fields) > len(names)
            hint = (
                "put fields that contain the delimiter in double quotes"
                if many
                else "add the delimiters of empty fields at the end of the line"
            )
            msg = (
                f"{path.name}, line {line}: {len(fields)} fields where the header has "
                f"{len(names)} (the last is {fields[-1][:MAX_SHOWN]!r}); {hint}"
            )
            raise InputError(msg)
    if "straddling" in reason:
        reason = "a row is longer than 8 MiB"
    msg = f"{path.name} cannot be read as CSV: {reason}"
    raise InputError(msg)


def _rows(path: Path, delimiter: str, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the fields of each row that is not blank."""
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=strict)
        start = 1
        for fields in reader:
            if fields:
                yield start, fields
            start = reader.line_num + 1
