"""Files that are parts of one table, and how they differ: said, not hidden.

* A column that some files lack is null there.
* Whole numbers become floats, and dates become times, where other files have these.
* A column without any value fits every type.
* Other differences of type, such as text and numbers, are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from assay.data.sources.csv_types import DTYPES, ColumnType, cast_series
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import Categories, Source, check_names
from assay.errors import InputError
from assay.result import Finding

MAX_LISTED = 5
Types = Mapping[str, pl.DataType]


@dataclass(frozen=True, eq=False)
class Part:
    """One file of a table.

    Parameters
    ----------
    name : str
        Its path below the folder.
    source : Source
    keys : mapping of str to str or None
        Columns that its folders name, with their value in this file.
    """

    name: str
    source: Source
    keys: Mapping[str, str | None]


def join_parts(name: str, parts: Sequence[Part], options: ReadOptions) -> Source:
    """Return one source whose rows are those of all parts, one after the other.

    Raises
    ------
    InputError
        If a column holds what cannot be brought to one type; names the files.
    """
    schemas: list[Types] = [part.source.frame.collect_schema() for part in parts]
    columns = list(dict.fromkeys(column for schema in schemas for column in schema))
    types, widened = _common_types(name, parts, schemas, columns)
    keys = _key_columns(parts, columns, options)
    check_names([*columns, *keys], name)
    frames = [
        part.source.frame.select(
            *(_take(column, schema.get(column), types[column]) for column in columns),
            *(values[part.keys.get(key)].alias(key) for key, values in keys.items()),
        )
        for part, schema in zip(parts, schemas, strict=True)
    ]
    same = all(list(schema.items()) == list(schemas[0].items()) for schema in schemas)
    first = parts[0].source
    return Source(
        name,
        pl.concat(frames) if len(frames) > 1 else frames[0],
        _common_categories(parts, columns),
        first.missing_values,
        path=first.path if same else None,
        notes=(
            *_merged_notes(parts),
            *_missing_columns(parts, schemas, columns),
            *_widened(widened),
            *_other_order(parts, schemas, columns),
        ),
        bytes_in_memory=sum(part.source.bytes_in_memory for part in parts),
    )


def _take(column: str, have: pl.DataType | None, want: pl.DataType) -> pl.Expr:
    if have is None:
        return pl.lit(None, dtype=want).alias(column)
    return pl.col(column) if have == want else pl.col(column).cast(want, strict=False)


def _common_types(
    name: str, parts: Sequence[Part], schemas: Sequence[Types], columns: Sequence[str]
) -> tuple[dict[str, pl.DataType], dict[str, list[tuple[pl.DataType, list[str]]]]]:
    """Return the type of each column, and for widened ones the files of each type."""
    by_type: dict[str, dict[pl.DataType, list[int]]] = {column: {} for column in columns}
    for at, schema in enumerate(schemas):
        for column, dtype in schema.items():
            by_type[column].setdefault(dtype, []).append(at)
    mixed = [column for column, found in by_type.items() if len(found) > 1]
    empty = _without_values(parts, schemas, mixed)
    types: dict[str, pl.DataType] = {}
    widened: dict[str, list[tuple[pl.DataType, list[str]]]] = {}
    for column, found in by_type.items():
        groups = {
            dtype: [parts[at].name for at in places if (at, column) not in empty]
            for dtype, places in found.items()
        }
        groups = {dtype: files for dtype, files in groups.items() if files and dtype != pl.Null}
        kinds = list(groups) or list(found)[:1]
        common = kinds[0]
        for dtype in kinds[1:]:
            both = common_type(common, dtype)
            if both is None:
                _refuse_types(name, column, groups)
            else:
                common = both
        types[column] = common
        if len({_family(dtype) for dtype in kinds}) > 1:
            widened[column] = list(groups.items())
    return types, widened


def common_type(one: pl.DataType, other: pl.DataType) -> pl.DataType | None:
    """Return the type that holds the values of both; None if there is none.

    Examples
    --------
    >>> common_type(pl.Int64(), pl.Float32()), common_type(pl.Int64(), pl.String())
    (Float64, None)
    """
    if one == other:
        return one
    if one == pl.Null or other == pl.Null:
        return other if one == pl.Null else one
    if one.is_numeric() and other.is_numeric():
        if not (one.is_integer() and other.is_integer()):
            return pl.Float64()
        signed = one.is_signed_integer() and other.is_signed_integer()
        large = pl.UInt64 in (one, other) or pl.Int128 in (one, other)
        return None if large and not signed else pl.Int128() if large else pl.Int64()
    if isinstance(one, pl.List) and isinstance(other, pl.List):
        inner = common_type(_inner(one), _inner(other))
        return None if inner is None else pl.List(inner)
    return _common_time(one, other)


def _inner(dtype: pl.List) -> pl.DataType:
    inner = dtype.inner
    return inner if isinstance(inner, pl.DataType) else inner()


def _common_time(one: pl.DataType, other: pl.DataType) -> pl.DataType | None:
    if isinstance(one, pl.Datetime) and isinstance(other, pl.Datetime):
        fine = "ns" if "ns" in (one.time_unit, other.time_unit) else "us"
        same_zone = one.time_zone == other.time_zone
        return pl.Datetime(fine, one.time_zone) if same_zone else None
    times = [each for each in (one, other) if isinstance(each, pl.Datetime)]
    dates = [each for each in (one, other) if each == pl.Date]
    plain = len(times) == len(dates) == 1 and times[0].time_zone is None
    return times[0] if plain else None


def _family(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "whole numbers"
    if dtype.is_numeric():
        return "floats"
    if dtype == pl.String:
        return "text"
    if dtype == pl.Boolean:
        return "true and false"
    if isinstance(dtype, pl.Datetime):
        return "times" if dtype.time_zone is None else f"times of {dtype.time_zone}"
    return "dates" if dtype == pl.Date else "lists" if isinstance(dtype, pl.List) else str(dtype)


def _without_values(
    parts: Sequence[Part], schemas: Sequence[Types], columns: Sequence[str]
) -> set[tuple[int, str]]:
    """Return (part, column) for the given columns that have no value in a part."""
    found: set[tuple[int, str]] = set()
    for at, (part, schema) in enumerate(zip(parts, schemas, strict=True)):
        here = [column for column in columns if column in schema]
        if not here:
            continue
        some = [pl.col(column).is_not_null().any() for column in here]
        row = part.source.frame.select(some).collect(engine="streaming").row(0)
        found |= {
            (at, column) for column, any_value in zip(here, row, strict=True) if not any_value
        }
    return found


def _refuse_types(name: str, column: str, groups: Mapping[pl.DataType, Sequence[str]]) -> None:
    told = "; ".join(f"{_family(dtype)} in {_listed(files)}" for dtype, files in groups.items())
    msg = (
        f"column {column!r} of {name} is not of one type: {told}; correct the files, or declare "
        f"it to be text (--types {column}=text, where the files are text)"
    )
    raise InputError(msg)


def _key_columns(
    parts: Sequence[Part], columns: Sequence[str], options: ReadOptions
) -> dict[str, dict[str | None, pl.Expr]]:
    """Return for each column that folders name: its value in a folder's name → the value."""
    names = dict.fromkeys(key for part in parts for key in part.keys if key not in columns)
    made: dict[str, dict[str | None, pl.Expr]] = {}
    for name in names:
        texts = list(dict.fromkeys(part.keys.get(name) for part in parts))
        column = pl.Series(name, texts, dtype=pl.String)
        kind = ColumnType(as_written=name in options.as_written)
        kind.update(column)
        told = options.storages.get(name)
        storage = told if told in DTYPES else kind.storage if kind.n_values else "utf8"
        values = cast_series(column, storage)
        made[name] = {
            text: pl.lit(value, dtype=values.dtype)
            for text, value in zip(texts, values.to_list(), strict=True)
        }
    return made


def _common_categories(parts: Sequence[Part], columns: Sequence[str]) -> dict[str, Categories]:
    """Return the categories of columns that every part which has them declares categorical."""
    made: dict[str, Categories] = {}
    for column in columns:
        known = [part.source.categories.get(column) for part in parts]
        found = [each for each in known if each is not None]
        if not found:
            continue
        alike = all(each == found[0] for each in found)
        values = dict.fromkeys(value for each in found for value in each.values)
        made[column] = found[0] if alike else Categories(tuple(values))
    return made


def _merged_notes(parts: Sequence[Part]) -> Iterator[Finding]:
    """Yield what was said of single files, once for each rule."""
    by_rule: dict[str, list[Finding]] = {}
    for part in parts:
        for note in part.source.notes:
            by_rule.setdefault(note.rule, []).append(note)
    for notes in by_rule.values():
        more = f" So for {len(notes) - 1} more of the files." if len(notes) > 1 else ""
        evidence = {**notes[0].evidence, "n_files": len(notes)}
        yield replace(notes[0], message=notes[0].message + more, evidence=evidence)


def _missing_columns(
    parts: Sequence[Part], schemas: Sequence[Types], columns: Sequence[str]
) -> Iterator[Finding]:
    lacking = {
        column: [
            part.name for part, schema in zip(parts, schemas, strict=True) if column not in schema
        ]
        for column in columns
    }
    lacking = {column: files for column, files in lacking.items() if files}
    if not lacking:
        return
    told = "; ".join(
        f"{column!r} in {len(files)} of {len(parts)} ({_listed(files)})"
        for column, files in list(lacking.items())[:MAX_LISTED]
    )
    shown = list(lacking)[:MAX_LISTED]
    more = f"; and {len(lacking) - MAX_LISTED} more columns" if len(lacking) > MAX_LISTED else ""
    yield Finding(
        rule="columns_missing_in_files",
        severity="warning",
        message=f"Some files lack columns that others have; they have no value there: "
        f"{told}{more}.",
        where={"columns": [*shown]},
        evidence={column: len(files) for column, files in list(lacking.items())[:MAX_LISTED]},
        cause="The files were written with different columns.",
        advice="Write them with the same columns, or choose the files that have them by a glob.",
    )


def _widened(widened: Mapping[str, list[tuple[pl.DataType, list[str]]]]) -> Iterator[Finding]:
    if not widened:
        return
    told = "; ".join(
        f"{column!r}: "
        + ", ".join(f"{_family(dtype)} in {_listed(files)}" for dtype, files in groups)
        for column, groups in list(widened.items())[:MAX_LISTED]
    )
    shown = list(widened)[:MAX_LISTED]
    more = f"; and {len(widened) - MAX_LISTED} more" if len(widened) > MAX_LISTED else ""
    yield Finding(
        rule="column_types_widened",
        severity="info",
        message=f"Files hold a column in different types, which were widened: {told}{more}.",
        where={"columns": [*shown]},
        evidence={"n_columns": len(widened)},
        cause="The files were written by different programs, or the values allowed a narrower "
        "type in some.",
        advice="Nothing, if the values mean the same.",
    )


def _other_order(
    parts: Sequence[Part], schemas: Sequence[Types], columns: Sequence[str]
) -> Iterator[Finding]:
    rank = {column: at for at, column in enumerate(columns)}
    other = [
        part.name
        for part, schema in zip(parts, schemas, strict=True)
        if (places := [rank[column] for column in schema]) != sorted(places)
    ]
    if other:
        yield Finding(
            rule="column_order_differs",
            severity="info",
            message=f"{len(other)} of {len(parts)} files have the columns in another order than "
            f"{parts[0].name} ({_listed(other)}); they were matched by name.",
            where={"files": [*other[:MAX_LISTED]]},
            evidence={"n_files": len(other)},
            cause="The files were written by different programs.",
            advice="Nothing, if the names mean the same in all files.",
        )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more
