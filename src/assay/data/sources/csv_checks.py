"""What can be wrong with a CSV file, each with its place and its remedy."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import TextIO

import numpy as np

from assay.data.sources.source import NoRowsError, check_names
from assay.errors import InputError

CHUNK_BYTES = 1 << 20
START_BYTES = 1 << 16
MAX_SHOWN, MAX_LISTED = 60, 240
WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Survey:
    """What the bytes of a file say without being parsed.

    Parameters
    ----------
    n_quotes, n_delimiters : int
        How often the double quote and the delimiter occur.
    has_lone_return : bool
        Whether a carriage return ends a line alone.
    """

    n_quotes: int
    n_delimiters: int
    has_lone_return: bool


def survey(path: Path, delimiter: str) -> Survey:
    """Look at every byte once; refuse a file that is empty or not UTF-8 (a BOM is fine).

    Raises
    ------
    InputError
        With line, column and byte of the first place that is not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes = delimiters = returns = pairs = offset = 0
    last = b""
    with path.open("rb", buffering=0) as file:
        _check_start(path, file)
        while chunk := file.read(CHUNK_BYTES):
            try:
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
            except UnicodeDecodeError as error:
                _refuse_bytes(
                    path, delimiter, offset + error.start + len(chunk) - len(error.object)
                )
            codes = np.frombuffer(chunk, np.uint8)
            delimiters += int(np.count_nonzero(codes == ord(delimiter)))
            quotes += int(np.count_nonzero(codes == ord('"'))) if b'"' in chunk else 0
            if b"\r" in chunk or last == b"\r":
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last + chunk[:1] == b"\r\n")
            last = chunk[-1:]
            offset += len(chunk)
    if pending := len(decoder.getstate()[0]):
        _refuse_bytes(path, delimiter, offset - pending)
    return Survey(quotes, delimiters, returns != pairs)


def _check_start(path: Path, file: RawIOBase) -> None:
    head = file.read(START_BYTES) or b""
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        msg = f"{path.name} is empty; a CSV file needs a header line and rows"
        raise NoRowsError(msg)
    refuse_wide_text(path, head)
    file.seek(0)


def refuse_wide_text(path: Path, head: bytes) -> None:
    """Refuse text in UTF-16 or UTF-32, by its first bytes.

    Raises
    ------
    InputError
    """
    for mark, name in WIDE_MARKS.items():
        if head.startswith(mark):
            _refuse_wide(path, name)
    if b"\x00" in head[: len(codecs.BOM_UTF32_LE)]:
        _refuse_wide(path, "UTF-16 or binary")


def _refuse_wide(path: Path, name: str) -> None:
    msg = (
        f"{path.name} is written in {name}, and UTF-8 is needed; convert it, for example: "
        f"iconv -f UTF-16 -t UTF-8 {path.name} > utf8{path.suffix}"
    )
    raise InputError(msg)


def _refuse_bytes(path: Path, delimiter: str, at: int) -> None:
    """Raise an error that names the place of the byte `at`, counted from 0."""
    with path.open("rb") as file:
        before = file.read(at)
        byte = file.read(1)
    line = before.count(b"\n") + 1
    place = at - (before.rfind(b"\n") + 1) + 1
    column = _column_at(path, delimiter, at)
    within = "" if column is None else f", in column {column!r}"
    msg = (
        f"{path.name} is not UTF-8: byte 0x{byte[0]:02x} in line {line}, at byte {place} of the "
        f"line{within} (in Latin-1 that is {byte.decode('latin-1')!r}); convert it, for example: "
        f"iconv -f LATIN1 -t UTF-8 {path.name} > utf8.csv"
    )
    raise InputError(msg)


def _column_at(path: Path, delimiter: str, at: int) -> str | None:
    """Return the name of the column that the byte `at` is in; None in the header and beyond it.

    In Latin-1 every byte is a character, so that positions in the text are those in the file.
    """
    names: list[str] = []
    end = 0

    def lines(file: TextIO) -> Iterator[str]:
        nonlocal end
        for line in file:
            left = at - end
            end += len(line)
            yield line[:left] if end > at else line
            if end > at:
                return

    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="latin-1", newline="") as file:
        for fields in csv.reader(lines(file), delimiter=delimiter):
            if not names:
                if end > at:
                    return None
                mark = codecs.BOM_UTF8.decode("latin-1")
                names = [fields[0].removeprefix(mark), *fields[1:]] if fields else []
            elif end > at:
                return _decoded(names, max(len(fields), 1) - 1)
    return _decoded(names, 0) if names else None


def _decoded(names: Sequence[str], at: int) -> str | None:
    try:
        return names[at].encode("latin-1").decode() or f"Unnamed: {at}"
    except (IndexError, UnicodeDecodeError):
        return None


def check_quotes(path: Path, delimiter: str) -> None:
    """Refuse a file in which a double quote is opened and never closed.

    Only a file with an odd number of quotes can be one.

    Raises
    ------
    InputError
        With the line in which the row begins.
    """
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


def read_header(
    path: Path, delimiter: str, told: Sequence[str] | None = None
) -> tuple[int, tuple[str, ...]]:
    """Return how many blank lines precede the header, and the column names.

    A column without a name is called ``Unnamed: i``, as in pandas.

    Parameters
    ----------
    path : Path
    delimiter : str
    told : sequence of str or None
        The names, where the file has no header line: the first line is then a row, unless it
        holds these very names. -1 is returned for the header's place where there is none.

    Raises
    ------
    InputError
        If the delimiter looks wrong, names repeat, there is nothing below the header, or the
        names that were told are not those of the file.
    """
    rows = _rows(path, delimiter)
    blank, header = next(rows)  # survey has seen that there is something
    if told is not None and not _is_header(path, header, told):
        return -1, tuple(told)
    if len(header) == 1:
        _check_delimiter(path, header[0])
    named = header if told is None else told
    names = tuple(name or f"Unnamed: {at}" for at, name in enumerate(named))
    check_names(names, path.name)
    if next(rows, None) is None:
        msg = f"{path.name} has a header and no rows; at least one row is needed"
        raise NoRowsError(msg)
    return blank - 1, names


def _is_header(path: Path, first: Sequence[str], told: Sequence[str]) -> bool:
    """Whether the first line holds the names that were told.

    Raises
    ------
    InputError
        If it has another number of fields, or some of the names and not all in their order.
    """
    check_names(told, f"the header told for {path.name}")
    if len(first) != len(told):
        msg = (
            f"{path.name} has {len(first)} columns, and {len(told)} names were told for it "
            f"(headers): {_listed(told)}; the first line is: {_listed(first)}; name each once"
        )
        raise InputError(msg)
    names = [field.strip() for field in first]
    if names == [name.strip() for name in told]:
        return True
    known = {name.strip() for name in told}
    if sum(name in known for name in names) > len(told) / 2:
        msg = (
            f"the first line of {path.name} is a header, and not the one that was told: expected "
            f"{_listed(told)}; found {_listed(first)}; correct the names (headers)"
        )
        raise InputError(msg)
    return False


def _listed(names: Sequence[str]) -> str:
    text = ", ".join(names)
    return text if len(text) <= MAX_LISTED else f"{text[:MAX_LISTED]}…"


def _check_delimiter(path: Path, header: str) -> None:
    for mark, name in OTHER_DELIMITERS.items():
        if mark in header:
            shown = header if len(header) <= MAX_SHOWN else f"{header[:MAX_SHOWN]}…"
            msg = (
                f"{path.name} has a single column, named {shown!r}: it seems to be separated by "
                f"{name}; say so with --delimiter {mark!r} (delimiter={mark!r})"
            )
            raise InputError(msg)


def refuse_ragged(path: Path, delimiter: str, names: Sequence[str], reason: str) -> None:
    """Raise an error that names the first line whose number of fields is not the header's.

    The first line has as many, whether it is the header or a row: see `read_header`.

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
            plural = "" if len(fields) == 1 else "s"
            msg = (
                f"{path.name}, line {line}: {len(fields)} field{plural} where the header has "
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
