"""JSON documents: a list of records, an object of columns, or records found by a JMESPath.

With `columns` and no `records`, a document that is an object is searched as a whole, and each
JMESPath must give a list with a value for each row; so it is with ``$`` as `records`, whatever
the document is. For the types see `json_columns`. A file of
JSON Lines that is named .json is read as such.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from assay.data.sources.content import refuse_other_content
from assay.data.sources.csv_checks import refuse_wide_text
from assay.data.sources.json_columns import (
    Columns,
    Told,
    column_of_values,
    columns_of_records,
    nested_finding,
    quoted,
    refuse_all_nested,
)
from assay.data.sources.json_decoding import (
    TwinKeyError,
    compile_path,
    decoder,
    is_cut,
    search,
    told_keys,
)
from assay.data.sources.json_lines import open_json_lines
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import NoRowsError, Source, check_names
from assay.errors import InputError

HEAD_BYTES = 1 << 20
DOCUMENT = "$"
"""As `records`: the columns' paths search the document as a whole."""


def open_json(path: Path, options: ReadOptions) -> Source:
    """Return a source for a JSON document, which is held in memory.

    Raises
    ------
    InputError
        If it is no JSON, holds no records where they are looked for, or a column mixes types.
    """
    refuse_other_content(path, "JSON")
    if options.records is None and _is_json_lines(path):
        return open_json_lines(path, options)
    size = path.stat().st_size
    if size > options.max_bytes_in_memory:
        msg = (
            f"{path.name} has {size >> 20} MiB, and a JSON document is read as a whole; make it "
            f"JSON Lines, for example: jq -c '.[]' {path.name} > {path.stem}.jsonl"
        )
        raise InputError(msg)
    told = Told(
        path.name,
        texts=frozenset(name for name, s in options.storages.items() if s == "utf8"),
        marks=frozenset(options.missing or ()),
    )
    made = _columns(_load(path, raw=bool(told.texts)), options, told)
    if made.frame.height == 0:
        msg = f"{path.name} has no records with values; at least one record is needed"
        raise NoRowsError(msg)
    frame = made.frame.drop(list(made.nested))
    refuse_all_nested(path.name, frame.columns, made.nested)
    check_names(frame.columns, path.name)
    large = [name for name, dtype in frame.schema.items() if dtype == pl.Int128]
    return Source(
        path.name,
        frame.with_columns(pl.col(name).cast(pl.String) for name in large).lazy(),
        missing_values=tuple(sorted(told.marks)),
        notes=nested_finding(path.name, made.nested),
        bytes_in_memory=size,
    )


def _is_json_lines(path: Path) -> bool:
    """Whether the first line is an object by itself, and another follows."""
    with path.open("rb") as file:
        lines = [line for line in file.read(HEAD_BYTES).split(b"\n") if line.strip()]
    if len(lines) < 2 or not lines[1].lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(lines[0]), dict)
    except ValueError:
        return False


def _load(path: Path, *, raw: bool) -> object:
    content = path.read_bytes()
    refuse_wide_text(path, content)
    try:
        text = content.decode("utf-8-sig")
        return decoder(raw=raw).decode(text.strip())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = (
            f"{path.name} is not UTF-8: byte 0x{content[error.start]:02x} in line {line}; convert "
            f"it, for example: iconv -f LATIN1 -t UTF-8 {path.name} > utf8.json"
        )
        raise InputError(msg) from error
    except TwinKeyError as error:
        msg = f"{path.name}: {error}"
        raise InputError(msg) from error
    except json.JSONDecodeError as error:
        hint = "it is cut off: write or download it again" if is_cut(error) else "correct it"
        msg = (
            f"{path.name} is not JSON: {error.msg.lower()} in line {error.lineno}, character "
            f"{error.colno}; {hint}"
        )
        raise InputError(msg) from error
    except RecursionError as error:
        msg = f"{path.name}: objects in objects, too deep to be read"
        raise InputError(msg) from error


def _columns(document: object, options: ReadOptions, told: Told) -> Columns:
    if options.records == DOCUMENT:
        return _searched_columns(document, options.columns, told)
    if options.records is not None:
        path = compile_path(options.records, "records")
        records = search(path, document, told.where)
        if records is None:
            msg = (
                f"{told.where}: the JMESPath {options.records!r} (records) matches nothing in the "
                f"document; {told_keys(document)}"
            )
            raise InputError(msg)
        place = f"{told.where} at {options.records}"
    else:
        records, place = document, told.where
    if isinstance(records, dict):
        if options.columns and options.records is None:
            return _searched_columns(records, options.columns, told)
        return _object_of_columns(records, options, place, told)
    if not isinstance(records, list):
        msg = f"{place}: a list of records is needed; {told_keys(records)}"
        raise InputError(msg)
    if options.columns:
        return _chosen_columns(records, options.columns, told)
    return columns_of_records(_checked(records, place), range(1, len(records) + 1), told)


def _checked(records: Sequence[object], place: str) -> Sequence[Mapping[str, object]]:
    for at, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            hint = (
                "; reach into lists with --column NAME='[0]'" if isinstance(record, list) else ""
            )
            msg = (
                f"{place}: record {at} is no object with a key for each column; "
                f"{told_keys(record)}{hint}"
            )
            raise InputError(msg)
    return records  # type: ignore[return-value]  # all are dicts by now


def _chosen_columns(records: Sequence[object], columns: Mapping[str, str], told: Told) -> Columns:
    """Search each record."""
    made: dict[str, list[object]] = {}
    for name, text in columns.items():
        path = compile_path(text, f"column {name!r}")
        made[name] = [
            search(path, record, f"{told.where}, record {at}")
            for at, record in enumerate(records, start=1)
        ]
        known = {quoted(key) for each in records if isinstance(each, dict) for key in each}
        if records and all(v is None for v in made[name]) and text not in known:
            msg = (
                f"{told.where}: the JMESPath {text!r} of column {name!r} gives nothing in any "
                f"record; look at the first: {told_keys(records[0])}"
            )
            raise InputError(msg)
    return _assembled(made, told)


def _searched_columns(document: object, columns: Mapping[str, str], told: Told) -> Columns:
    """Search the document: each path gives the values of all rows."""
    made: dict[str, list[object]] = {}
    for name, text in columns.items():
        values = search(compile_path(text, f"column {name!r}"), document, told.where)
        if not isinstance(values, list) or not values:
            gives = "nothing" if values is None else "no list" if values != [] else "an empty list"
            msg = (
                f"{told.where}: the JMESPath {text!r} of column {name!r} gives {gives}; "
                f"{told_keys(document)} (to search "
                "each record, say where the records are with --records)"
            )
            raise InputError(msg)
        made[name] = values
    return _assembled(made, told)


def _object_of_columns(
    document: Mapping[str, object], options: ReadOptions, place: str, told: Told
) -> Columns:
    """Take an object of lists, or of objects with the same keys, as pandas writes it."""
    values = list(document.values())
    if options.columns or not values:
        msg = f"{place}: a list of records is needed; {told_keys(document)}"
        raise InputError(msg)
    if all(isinstance(each, list) for each in values) and not _is_records(values):
        return _assembled(dict(document), told)  # type: ignore[arg-type]
    if all(isinstance(each, dict) for each in values):
        keys = [list(each) for each in values if isinstance(each, dict)]
        if all(each == keys[0] for each in keys):
            columns = {k: list(v.values()) for k, v in document.items() if isinstance(v, dict)}
            return _assembled(columns, told)
    lists = [key for key, each in document.items() if isinstance(each, list)]
    hint = f", for example --records {quoted(lists[0])}" if lists else ""
    msg = (
        f"{place} is an object, and neither a list of records nor an object of columns; "
        f"{told_keys(document)}: say where the records are with --records{hint}"
    )
    raise InputError(msg)


def _is_records(values: Sequence[object]) -> bool:
    """Whether one list of objects is all there is: the records under a key."""
    (first, *more) = values
    return not more and isinstance(first, list) and any(isinstance(each, dict) for each in first)


def _assembled(columns: Mapping[str, list[object]], told: Told) -> Columns:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in list(lengths.items())[:5])
        msg = f"{told.where}: columns have different lengths ({shown}); each row needs a value"
        raise InputError(msg)
    series: list[pl.Series] = []
    nested: dict[str, str] = {}
    for name, values in columns.items():
        made = column_of_values(name, values, range(1, len(values) + 1), told)
        if isinstance(made, str):
            nested[name] = made
            made = pl.Series(name, [None] * len(values), dtype=pl.Null)
        series.append(made)
    return Columns(pl.DataFrame(series), nested)


class JsonReader:
    """JSON documents."""

    title = "JSON"
    suffixes = (".json",)
    schemes = ()
    reads = frozenset({"missing", "records", "columns"})

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a file."""
        return open_json(Path(place), options)


READER = JsonReader()
