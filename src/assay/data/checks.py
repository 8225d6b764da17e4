"""Values that no analysis can use: refused when the data are opened, with their place."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from assay.data.row_order import IN_ORDER
from assay.data.schema import Schema
from assay.data.times import to_utc
from assay.errors import InputError

Value = bool | int | float | str
MAX_LISTED = 20
LEAST_WEIGHT, MOST_WEIGHT = 1e-30, 1e30
"""Third powers of such weights, and the sums of these, are still floats."""


@dataclass(frozen=True)
class _Rule:
    column: str
    bad: pl.Expr
    problem: str
    remedy: str


def check_values(frame: pl.LazyFrame, schema: Schema, where: str) -> None:
    """Refuse labels, predictions, scores, weights and times that cannot be used.

    Where a column of series was named, a row may lack its prediction: it is history then.

    Raises
    ------
    InputError
        Naming the column, how many rows, and the first of them, counted from 1.
    """
    types = frame.collect_schema()
    for role, name in _numbers(schema):
        if not types[name].is_numeric() and types[name] not in (pl.Null, pl.Boolean):
            value = _first(frame, name, _no_number(name, types[name]))
            value = value or _first(frame, name, pl.col(name).is_not_null())
            msg = (
                f"the {role} column {name!r} of {where} must hold numbers{value}; correct the "
                "values (a point before the decimals, no other signs), or name another column"
            )
            raise InputError(msg)
    if schema.time is not None and not _has_moments(types[schema.time]):
        value = _first(frame, schema.time, pl.col(schema.time).is_not_null())
        msg = (
            f"the time column {schema.time!r} of {where} must hold dates, times with their date, "
            f"or numbers{value}; leave the time out, or give a column that orders the rows"
        )
        raise InputError(msg)
    rules = list(_rules(schema, types))
    if rules:
        counts = frame.select(
            rule.bad.sum().alias(str(at)) for at, rule in enumerate(rules)
        ).collect(engine="streaming")
        for rule, bad in zip(rules, counts.row(0), strict=True):
            if bad:
                place = _first(frame, rule.column, rule.bad)
                rows = "1 row" if bad == 1 else f"{bad} rows"
                msg = (
                    f"column {rule.column!r} of {where} {rule.problem} in {rows}{place}; "
                    f"{rule.remedy}"
                )
                raise InputError(msg)
    if schema.weight is not None:
        weight = pl.col(schema.weight).cast(pl.Float64)
        total, most = frame.select(weight.sum(), most=weight.max()).collect().row(0)
        if most and not LEAST_WEIGHT < most < MOST_WEIGHT:
            msg = (
                f"the weights in column {schema.weight!r} of {where} go up to {most:g}, whose "
                f"powers no float holds; only their proportions count: bring the greatest "
                f"between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}"
            )
            raise InputError(msg)
        if total == 0:
            msg = (
                f"all weights in column {schema.weight!r} of {where} are zero; "
                "leave the weight out, or give at least one row a positive weight"
            )
            raise InputError(msg)


def _numbers(schema: Schema) -> Iterator[tuple[str, str]]:
    for name in schema.scores:
        yield "score", name
    if schema.weight is not None:
        yield "weight", schema.weight


def _no_number(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a value is there that is no number, nor the text of one."""
    column = pl.col(name)
    if dtype != pl.String:
        return column.is_not_null()
    return column.is_not_null() & column.str.strip_chars().cast(pl.Float64, strict=False).is_null()


def _has_moments(dtype: pl.DataType) -> bool:
    """Whether rows can be put in order of time by values of this type."""
    if dtype in (pl.String, pl.Boolean, pl.Null, pl.Date) or dtype.is_numeric():
        return True
    return isinstance(dtype, pl.Datetime | pl.Duration)


def _rules(schema: Schema, types: pl.Schema) -> Iterator[_Rule]:
    for role, names in (("label", schema.labels), ("prediction", schema.predictions)):
        for name in names:
            remedy = "drop these rows or fill them in"
            what = f"(the {role})" if len(names) == 1 else f"(a {role})"
            if role == "label" or schema.series is None:
                yield _Rule(name, _missing(name, types[name]), f"{what} has no value", remedy)
            if isinstance(types[name], pl.List):
                yield from _list_rules(name, role)
            elif len(names) > 1:
                yield _indicator_rule(name, role, types[name])
    for name in schema.scores:
        missing = _missing(name, types[name])
        remedy = "a score must be a finite number in every row"
        yield _Rule(name, missing, "(a score) has no value or NaN", remedy)
        if types[name].is_float():
            yield _Rule(name, pl.col(name).is_infinite(), "(a score) is infinite", remedy)
    if schema.weight is not None:
        name, remedy = schema.weight, "a weight must be a finite number, zero or more"
        yield _Rule(name, _missing(name, types[name]), "(the weight) has no value or NaN", remedy)
        yield _Rule(name, pl.col(name).cast(pl.Float64) < 0, "(the weight) is negative", remedy)
        if types[name].is_float():
            yield _Rule(name, pl.col(name).is_infinite(), "(the weight) is infinite", remedy)
    if schema.time is not None and types[schema.time] == pl.String:
        column = pl.col(schema.time)
        bad = column.is_not_null() & to_utc(column, types[schema.time]).is_null()
        remedy = "write times as 2024-01-31 or 2024-01-31 23:59:59"
        yield _Rule(schema.time, bad, "(the time) is no ISO 8601 date or time", remedy)


def _list_rules(name: str, role: str) -> Iterator[_Rule]:
    nothing = pl.col(name).list.eval(pl.element().is_null()).list.any()
    remedy = "write an empty list where a row has no label"
    yield _Rule(name, nothing, f"(the {role}) has a list with a missing value", remedy)


def _indicator_rule(name: str, role: str, dtype: pl.DataType) -> _Rule:
    """Refuse what is neither 0 nor 1, where each of several columns says whether a label holds."""
    column = pl.col(name)
    good = pl.lit(value=dtype == pl.Boolean)
    if dtype.is_numeric():
        good = (column == 0) | (column == 1)
    problem = f"(one of several {role}s) is neither 0 nor 1, neither true nor false,"
    remedy = (
        f"several {role} columns say of each label whether a row has it; give one column of "
        "classes alone, or one column of 0 and 1 for each label"
    )
    return _Rule(name, column.is_not_null() & ~good, problem, remedy)


def _missing(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    return column.is_null() | column.is_nan() if dtype.is_float() else column.is_null()


def _first(frame: pl.LazyFrame, name: str, bad: pl.Expr) -> str:
    found = (
        frame.select(value=pl.col(name), bad=bad.fill_null(value=False))
        .with_row_index("row")
        .filter(pl.col("bad"))
        .head(1)
        .collect(optimizations=IN_ORDER)
    )
    if found.height == 0:
        return ""
    row, value, _ = found.row(0)
    return f", first in row {row + 1} (counted from 1): {value!r}"


def find_positive(values: list[Value], told: Value, label: str) -> Value:
    """Return the label value that was told to be the positive one, in the label's own type.

    Text and value are one: "1" is 1, "true" is True.

    Raises
    ------
    InputError
        If it does not occur; lists what does.

    Examples
    --------
    >>> find_positive([0, 1], "1", "y")
    1
    """
    for value in values:
        if type(value) is type(told) and value == told:
            return value
    for value in values:
        if _as_text(value) == _as_text(told) or (
            not isinstance(value, str) and not isinstance(told, str) and value == told
        ):
            return value
    shown = ", ".join(repr(value) for value in values[:MAX_LISTED])
    more = f" and {len(values) - MAX_LISTED} more" if len(values) > MAX_LISTED else ""
    msg = (
        f"the positive value {told!r} does not occur in the label column {label!r}; "
        f"found: {shown}{more}"
    )
    raise InputError(msg)


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return text.lower() if text.lower() in ("true", "false") else text
