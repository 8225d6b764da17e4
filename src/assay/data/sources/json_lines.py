"""JSON Lines: one object a line; blank lines are skipped. For the types see `json_columns`.

The file is gone through once, in pieces of some MiB, each parsed by Arrow; a piece that Arrow
refuses, or would take for something else, is parsed line by line, which also finds the place of
what is wrong. The pieces of a large file are written to a temporary folder as Parquet.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.json as pj
from jmespath.parser import ParsedResult

from assay.data.row_order import IN_ORDER
from assay.data.sources.content import refuse_other_content
from assay.data.sources.csv_checks import refuse_wide_text
from assay.data.sources.csv_types import is_large
from assay.data.sources.json_columns import (
    Columns,
    Told,
    columns_of_records,
    kind_of,
    nested_finding,
    quoted,
    refuse_mixed,
)
from assay.data.sources.json_decoding import (
    TwinKeyError,
    compile_path,
    decoder,
    is_cut,
    search,
    told_keys,
)
from assay.data.sources.json_pieces import Piece, join_pieces, spooled
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import NoRowsError, Source
from assay.data.sources.temporary import temporary_folder
from assay.errors import InputError

PIECE_BYTES = 1 << 24
MAX_LINE_BYTES = 1 << 28
FIRST_LINES = 100
MAX_SHOWN = 60
BOM = b"\xef\xbb\xbf"


def open_json_lines(path: Path, options: ReadOptions) -> Source:
    """Return a source for a file of JSON Lines.

    Raises
    ------
    InputError
        If a line is no JSON object, is cut off, or a column mixes types; names the line.
    """
    refuse_other_content(path, "JSON Lines")
    told = Told(
        path.name,
        "line",
        texts=frozenset(name for name, s in options.storages.items() if s == "utf8"),
        marks=frozenset(options.missing or ()),
    )
    paths = {
        name: compile_path(each, f"column {name!r}") for name, each in options.columns.items()
    }
    lines = _Lines(path, told, paths)
    size = path.stat().st_size
    keep = size <= options.max_bytes_in_memory
    pieces = list(lines.pieces() if keep else spooled(lines.pieces(), temporary_folder()))
    if not pieces:
        msg = f"{path.name} has no lines with values; at least one record is needed"
        raise NoRowsError(msg)
    frame, nested = join_pieces(path.name, pieces, lines.refuse_types)
    return Source(
        path.name,
        frame.collect(optimizations=IN_ORDER).rechunk().lazy() if keep else frame,
        missing_values=tuple(sorted(told.marks)),
        notes=nested_finding(path.name, nested),
        bytes_in_memory=size if keep else 0,
    )


@dataclass
class _Lines:
    path: Path
    told: Told
    paths: Mapping[str, ParsedResult]
    texts: set[str] = field(default_factory=set)  # columns that Arrow must not take for times
    lists: set[str] = field(default_factory=set)  # the same for lists
    first: list[object] = field(default_factory=list)
    matched: set[str] = field(default_factory=set)

    def pieces(self) -> Iterator[Piece]:
        """Yield the lines in order, as columns; first their keys' order is known from a few."""
        for number, text in self._read():
            if not self.first:
                self._look_at_first(number, text)
            made = None if self.paths else self._by_arrow(text)
            if made is None:
                made = self._by_line(number, text)
            if made.frame.height:
                yield Piece(made.frame.lazy(), made.frame.schema, made.nested)
        self._check_matched()

    def _read(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number of the first line and the text, cut at ends of lines."""
        number = 1
        with self.path.open("rb") as file:
            while text := file.read(PIECE_BYTES):
                text += file.readline(MAX_LINE_BYTES)
                if number == 1:
                    refuse_wide_text(self.path, text)
                    text = text.removeprefix(BOM)
                if len(text) >= MAX_LINE_BYTES and not text.endswith(b"\n"):
                    msg = (
                        f"{self.path.name} has a line of more than {MAX_LINE_BYTES >> 20} MiB "
                        f"after line {number}; JSON Lines have one record a line"
                    )
                    raise InputError(msg)
                self._check_utf8(number, text)
                yield number, text
                number += text.count(b"\n")

    def _check_utf8(self, number: int, text: bytes) -> None:
        if text.isascii():
            return
        try:
            text.decode()
        except UnicodeDecodeError as error:
            line = number + text.count(b"\n", 0, error.start)
            place = error.start - text.rfind(b"\n", 0, error.start)
            msg = (
                f"{self.path.name} is not UTF-8: byte 0x{text[error.start]:02x} in line {line}, "
                f"at byte {place} of the line; convert it, for example: "
                f"iconv -f LATIN1 -t UTF-8 {self.path.name} > utf8.jsonl"
            )
            raise InputError(msg) from error

    def _look_at_first(self, number: int, text: bytes) -> None:
        head = text[: 1 << 20].split(b"\n")[:FIRST_LINES]
        with_more = len(head) > 1
        for line in head[:-1] if with_more else head:
            if line.strip():
                try:
                    self.first.append(json.loads(line))
                except (ValueError, RecursionError):
                    return

    def _by_arrow(self, text: bytes) -> Columns | None:
        """Return the columns as Arrow reads them; None if they must be read line by line."""
        if b"\nnull" in text or text.startswith(b"null"):
            return None
        table = self._arrow_table(text)
        if table is None or not _one_a_line(text, table.num_rows):
            return None
        if "" in table.column_names:  # which Polars would give a name
            return None
        nested = {each.name: _into(each) for each in table.schema if _is_nested(each.type)}
        for name in nested:
            at = table.column_names.index(name)
            table = table.set_column(at, name, pa.nulls(table.num_rows))
        made = pl.from_arrow(table)
        frame = made if isinstance(made, pl.DataFrame) else made.to_frame()
        if self._has_doubts(frame):
            return None
        if b"NaN" in text:
            frame = frame.with_columns(pl.selectors.float().fill_nan(None))
        if self.told.marks:
            mark = pl.selectors.string()
            frame = frame.with_columns(pl.when(~mark.is_in(list(self.told.marks))).then(mark))
        empty = [column.name for column in frame if column.null_count() == column.len()]
        frame = frame.with_columns(pl.lit(None).alias(name) for name in empty)
        return Columns(frame.select(self._ordered(frame.columns)), nested)

    def _arrow_table(self, text: bytes) -> pa.Table | None:
        known = {key for record in self.first if isinstance(record, dict) for key in record}
        self.texts |= {name for name in self.told.texts if name in known}
        while True:
            fields = [pa.field(name, pa.string()) for name in sorted(self.texts)]
            fields += [pa.field(name, pa.list_(pa.string())) for name in sorted(self.lists)]
            try:
                table = pj.read_json(
                    BytesIO(text),
                    read_options=pj.ReadOptions(use_threads=False, block_size=len(text) + 1),
                    parse_options=pj.ParseOptions(explicit_schema=pa.schema(fields)),
                )
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                return None
            texts = {f.name for f in table.schema if pa.types.is_timestamp(f.type)}
            lists = {f.name for f in table.schema if _is_list_of_times(f.type)}
            if not texts and not lists:
                return table
            self.texts |= texts
            self.lists |= lists

    def _has_doubts(self, frame: pl.DataFrame) -> bool:
        """Whether a number may have lost digits, or a column is to be text and is not."""
        for column in frame:
            if column.dtype.is_float() and is_large(column):
                return True
            if column.name in self.told.texts and column.dtype not in (pl.String, pl.Null):
                return True
        return False

    def _ordered(self, names: list[str]) -> list[str]:
        """Put names in the order of the first records; Arrow has those it was told first."""
        first = dict.fromkeys(key for r in self.first if isinstance(r, dict) for key in r)
        here = set(names)
        return [*(name for name in first if name in here), *(n for n in names if n not in first)]

    def _by_line(self, number: int, text: bytes) -> Columns:
        records: list[Mapping[str, object]] = []
        places: list[int] = []
        parse = decoder(raw=bool(self.told.texts)).decode
        for place, line in enumerate(text.split(b"\n"), start=number):
            if not line.strip():
                continue
            record = self._parse(parse, line, place, text)
            places.append(place)
            records.append(self._chosen(record, place))
        return columns_of_records(records, places, self.told)

    def _parse(self, parse: object, line: bytes, place: int, text: bytes) -> object:
        try:
            return parse(line.decode().strip())  # type: ignore[operator]
        except TwinKeyError as error:
            msg = f"{self.path.name}, line {place}: {error}"
            raise InputError(msg) from error
        except json.JSONDecodeError as error:
            self._refuse_line(line, place, error, is_last=text.endswith(line))
            raise
        except RecursionError as error:
            msg = f"{self.path.name}, line {place}: objects in objects, too deep to be read"
            raise InputError(msg) from error

    def _refuse_line(
        self, line: bytes, place: int, error: json.JSONDecodeError, *, is_last: bool
    ) -> None:
        shown = " ".join(line.decode().split())
        shown = shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
        if line.lstrip().startswith(b"[") and place == 1:
            hint = "it seems to be one JSON document; give it the suffix .json"
        elif line.strip() == b"{" and place == 1:
            hint = "a record must be on one line; give it the suffix .json if it is a document"
        elif is_last and is_cut(error):
            hint = "the line is cut off: write or download the file again, or drop the line"
        else:
            hint = "correct the line, or drop it"
        msg = (
            f"{self.path.name}, line {place} is not JSON: {error.msg.lower()} at character "
            f"{error.colno} ({shown!r}); {hint}"
        )
        raise InputError(msg) from error

    def _chosen(self, record: object, place: int) -> Mapping[str, object]:
        """Return a record, or what the JMESPaths choose from it."""
        if self.paths:
            where = f"{self.path.name}, line {place}"
            made = {name: search(path, record, where) for name, path in self.paths.items()}
            self.matched |= {name for name, value in made.items() if value is not None}
            return made
        if not isinstance(record, dict):
            hint = (
                "; reach into a list with --column NAME='[0]'" if isinstance(record, list) else ""
            )
            msg = (
                f"{self.path.name}, line {place} is {kind_of(record)}, and an object with a key "
                f"for each column is needed{hint}"
            )
            raise InputError(msg)
        return record

    def _check_matched(self) -> None:
        """Refuse a JMESPath that gave nothing in any line, unless it is a key that is there."""
        keys = {quoted(key) for record in self.first if isinstance(record, dict) for key in record}
        for name, path in self.paths.items():
            if self.first and name not in self.matched and path.expression not in keys:
                msg = (
                    f"{self.path.name}: the JMESPath {path.expression!r} of column {name!r} gives "
                    f"nothing in any line; look at the first: {told_keys(self.first[0])}"
                )
                raise InputError(msg)

    def refuse_types(self, name: str) -> None:
        """Find two values of a column that do not go together, and raise an error for them.

        Raises
        ------
        InputError
        """
        refuse_mixed(name, self._values(name), self.told)

    def _values(self, name: str) -> Iterator[tuple[int, object]]:
        with self.path.open("rb") as file:
            for place, line in enumerate(file, start=1):
                text = (line.removeprefix(BOM) if place == 1 else line).strip()
                value = self._chosen(json.loads(text), place).get(name) if text else None
                if not (isinstance(value, str) and value in self.told.marks):
                    yield place, value


def _one_a_line(text: bytes, n_rows: int) -> bool:
    n_lines = text.count(b"\n") + (not text.endswith(b"\n"))
    return n_lines == n_rows or n_rows == sum(1 for line in text.split(b"\n") if line.strip())


def _is_nested(dtype: pa.DataType) -> bool:
    if pa.types.is_list(dtype):
        return pa.types.is_nested(dtype.value_type)
    return pa.types.is_nested(dtype)


def _is_list_of_times(dtype: pa.DataType) -> bool:
    return pa.types.is_list(dtype) and pa.types.is_timestamp(dtype.value_type)


def _into(column: pa.Field) -> str:
    if pa.types.is_struct(column.type) and column.type.num_fields:
        return f"{quoted(column.name)}.{quoted(column.type.field(0).name)}"
    return f"{quoted(column.name)}[0]"


class JsonLinesReader:
    """JSON Lines."""

    title = "JSON Lines"
    suffixes = (".jsonl", ".ndjson")
    schemes = ()
    reads = frozenset({"missing", "columns"})

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a file."""
        return open_json_lines(Path(place), options)


READER = JsonLinesReader()
