"""Columns made to hold what they are said to hold."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from assay.data.row_order import IN_ORDER
from assay.data.schema import Column
from assay.data.sources.csv_types import DTYPES, cast_text
from assay.data.sources.reader import ReadOptions
from assay.data.times import is_far, parse_iso, to_utc
from assay.errors import InputError

NUMBER_STORAGES = ("int64", "float64")
KEPT_AS_WRITTEN = ("categorical", "ordinal", "id")


def options_for_kinds(options: ReadOptions, kinds: Mapping[str, str]) -> ReadOptions:
    """Return options by which text that kinds ask for is not lost to numbers.

    Examples
    --------
    >>> made = options_for_kinds(ReadOptions(), {"note": "text", "zip": "id"})
    >>> dict(made.storages), made.as_written
    ({'note': 'utf8'}, ('zip',))
    """
    return replace(
        options,
        storages={name: "utf8" for name, kind in kinds.items() if kind == "text"},
        as_written=tuple(name for name, kind in kinds.items() if kind in KEPT_AS_WRITTEN),
    )


def apply_kinds(
    frame: pl.LazyFrame, columns: Sequence[Column], kinds: Mapping[str, str]
) -> tuple[pl.LazyFrame, tuple[Column, ...]]:
    """Parse text columns that were told to be times, numbers or true and false.

    Numbers that were told to be true and false stay numbers, which must be 0 and 1.

    Raises
    ------
    InputError
        If a value cannot be parsed; names column, row and value.
    """
    types = frame.collect_schema()
    casts: list[pl.Expr] = []
    made: list[Column] = []
    for column in columns:
        kind, dtype, here = kinds.get(column.name), types[column.name], pl.col(column.name)
        if kind == "time" and dtype == pl.String:
            _refuse(frame, column.name, to_utc(here, dtype), "an ISO 8601 date or time")
            far = frame.select(is_far(here).any()).collect(engine="streaming").item()
            casts.append(parse_iso(here, "us" if far else "ns"))
            column = replace(column, storage="time")
        elif kind == "time" and column.storage != "time":
            msg = (
                f"column {column.name!r} was declared to be a time and holds {column.storage}; "
                "give it as a date type or as text such as 2024-01-31 23:59:59"
            )
            raise InputError(msg)
        elif kind == "continuous" and dtype == pl.String:
            number = here.str.strip_chars().cast(pl.Float64, strict=False)
            _refuse(frame, column.name, number, "a number")
            casts.append(number)
            column = replace(column, storage="float64")
        elif kind == "boolean" and dtype == pl.String:
            answer = cast_text(here.str.strip_chars(), "bool")
            _refuse(frame, column.name, answer, "true or false")
            casts.append(answer.alias(column.name))
            column = replace(column, storage="bool")
        elif kind == "boolean" and dtype.is_numeric():
            answer = pl.when((here == 0) | (here == 1)).then(here)
            _refuse(frame, column.name, answer, "0 or 1, as true and false are in numbers")
        made.append(column)
    return frame.with_columns(casts), tuple(made)


def align(
    frame: pl.LazyFrame,
    found: Sequence[Column],
    wanted: Sequence[Column],
    *,
    names: tuple[str, str] = ("here", "in the other table"),
) -> tuple[pl.LazyFrame, tuple[Column, ...]]:
    """Make the columns of one table mean what they mean in another.

    Numbers may widen: where the other table has whole numbers and this one has not, they stay
    floats. Columns that the other table does not have stay, with the role "ignored".

    Parameters
    ----------
    frame : polars.LazyFrame
    found : sequence of Column
        The columns of `frame`.
    wanted : sequence of Column
        The columns of the other table; each is in `found`.
    names : (str, str)
        What errors call the two tables, with "in" before it.

    Raises
    ------
    InputError
        If a value does not fit; names table, column, row and value.
    """
    types = frame.collect_schema()
    have = {column.name: column for column in found}
    casts: list[pl.Expr] = []
    columns: list[Column] = []
    for want in wanted:
        here = have.pop(want.name)
        storage, cast = _align_one(frame, here, want, types[want.name], names)
        if cast is not None:
            casts.append(cast)
        columns.append(replace(want, storage=storage, has_null=here.has_null))
    extra = [replace(column, role="ignored", is_feature=False) for column in have.values()]
    order = [*(column.name for column in columns), *have]
    return frame.with_columns(casts).select(order), (*columns, *extra)


def _align_one(
    frame: pl.LazyFrame, here: Column, want: Column, dtype: pl.DataType, names: tuple[str, str]
) -> tuple[str, pl.Expr | None]:
    column = pl.col(want.name)
    if want.storage == here.storage:
        return want.storage, None
    if here.kind == "empty" and want.storage in DTYPES:
        return want.storage, column.cast(DTYPES[want.storage])
    if want.kind == "empty" and want.storage == "other":  # a type that holds nothing
        return here.storage, None
    if want.storage == "float64" and here.storage == "int64":
        return "float64", column.cast(pl.Float64)
    if want.storage == "int64" and here.storage == "float64":
        whole = frame.select((column.fill_nan(None).drop_nulls() % 1 == 0).all())
        if whole.collect(engine="streaming").item():
            return "int64", column.fill_nan(None).cast(pl.Int64)
        return "float64", None
    if want.storage == "utf8":
        return "utf8", None if dtype == pl.String else column.cast(pl.String)
    if want.storage in NUMBER_STORAGES and dtype == pl.String:
        number = column.str.strip_chars().cast(pl.Float64, strict=False)
        _refuse(frame, want.name, number, f"a number, as it is {names[1]}", where=names[0])
        return "float64", number
    if want.storage == "time" and dtype == pl.String:
        time = to_utc(column, dtype)
        _refuse(frame, want.name, time, "an ISO 8601 date or time", where=names[0])
        return "time", None
    msg = (
        f"column {want.name!r} holds {here.storage} {names[0]} and {want.storage} {names[1]}; "
        "give both the same type"
    )
    raise InputError(msg)


def _refuse(
    frame: pl.LazyFrame, name: str, made: pl.Expr, expected: str, *, where: str = ""
) -> None:
    """Raise an error for the first value of which nothing can be made."""
    bad = (
        frame.select(value=pl.col(name), made=made)
        .with_row_index("row")
        .filter(pl.col("value").is_not_null() & pl.col("made").is_null())
        .head(1)
        .collect(optimizations=IN_ORDER)
    )
    if bad.height:
        row, value, _ = bad.row(0)
        msg = (
            f"column {name!r}{where and ' ' + where}, row {row + 1} (counted from 1): {value!r} "
            f"is not {expected}; correct the value, or tell another kind for the column"
        )
        raise InputError(msg)
