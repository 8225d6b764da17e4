"""Conditions as people write them: ``age>40``, ``sex=F``, ``region=north & age>40``.

========================  ====================================================================
text                      rows
========================  ====================================================================
``sex=F``                 with this value; ``race=Black,Asian`` with any of these
``sex!=F``                with another value; also ``≠``
``age>40``                also ``>=``, ``<``, ``<=``, ``≥`` and ``≤``
``age is missing``        without a value; ``age is not missing``
``month of day = 3``      year, month (1 to 12), weekday (1 is Monday) or hour of a time
``length of note > 100``  characters of a text
========================  ====================================================================

Several are joined with ``&`` or ``and``; all must hold. A row without a value satisfies only
``is missing``. The column is the longest name before the sign; backquotes keep signs within a name
or value from being read, and are written twice there. Nothing is evaluated as code.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

import polars as pl

from assay.data.times import parse_iso, to_utc
from assay.errors import ColumnNotFoundError, InputError

Sign = Literal["=", "≠", ">", "≥", "<", "≤", "missing", "present"]
Part = Literal["year", "month", "weekday", "hour", "length"]
PARTS: tuple[str, ...] = get_args(Part)
_QUOTED = re.compile(r"`(?:[^`]|``)*`")
_AND = re.compile(r"&&?|(?<=\s)and(?=\s)")
_SIGN = re.compile(r">=|<=|==|!=|[≥≤≠><=]")
_MISSING = re.compile(r"\s+is\s+(not\s+)?missing\s*$")
_SIGNS: dict[str, Sign] = {
    "=": "=", "==": "=", "!=": "≠", "≠": "≠", ">": ">", "<": "<",
    ">=": "≥", "<=": "≤", "≥": "≥", "≤": "≤",
}  # fmt: skip
_HOW = "write column=value, column>number or column is missing, and join several with &"


@dataclass(frozen=True)
class Condition:
    """What one column must hold.

    Parameters
    ----------
    column : str
    sign : {"=", "≠", ">", "≥", "<", "≤", "missing", "present"}
    values : tuple of (bool, int, float or str)
        One for a comparison, one or more for "=" and "≠", none for "missing" and "present".
    part : {"year", "month", "weekday", "hour", "length"} or None
        What of the value is compared; None for the value itself.
    """

    column: str
    sign: Sign
    values: tuple[bool | int | float | str, ...] = ()
    part: Part | None = None

    @property
    def text(self) -> str:
        """The condition as people read it; `parse_conditions` reads it back.

        Examples
        --------
        >>> Condition("age", "≤", (25.0,)).text, Condition("d", "=", (3,), part="month").text
        ('age ≤ 25', 'month of d = 3')
        """
        name = _quoted(self.column)
        of = name if self.part is None else f"{self.part} of {name}"
        if self.sign in ("missing", "present"):
            return f"{of} is {'' if self.sign == 'missing' else 'not '}missing"
        return f"{of} {self.sign} {', '.join(map(_value_text, self.values))}"


def conditions_text(conditions: Sequence[Condition]) -> str:
    """Return several conditions as people read them.

    Examples
    --------
    >>> conditions_text([Condition("age", "≤", (25,)), Condition("sex", "=", ("F",))])
    'age ≤ 25 and sex = F'
    """
    return " and ".join(condition.text for condition in conditions)


def parse_conditions(text: str, columns: Collection[str]) -> tuple[Condition, ...]:
    """Read conditions that must all hold.

    Parameters
    ----------
    text : str
    columns : collection of str
        Names of the columns that the table has.

    Returns
    -------
    tuple of Condition

    Raises
    ------
    ColumnNotFoundError
        If it names a column that is not there.
    InputError
        If it cannot be read.

    Examples
    --------
    >>> [each.text for each in parse_conditions("sex=F & age>=40", ["age", "sex"])]
    ['sex = F', 'age ≥ 40']
    """
    ends = [(found.start(), found.end()) for found in _AND.finditer(_masked(text))]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    spans: list[tuple[int, int]] = []
    for start, stop in zip(starts, stops, strict=True):
        if spans and text[start:stop].strip() and not _has_sign(text[start:stop]):
            spans[-1] = (spans[-1][0], stop)  # the `and` belongs to a value: R&D
        else:
            spans.append((start, stop))
    return tuple(_parse(text[start:stop], columns) for start, stop in spans)


def _has_sign(piece: str) -> bool:
    masked = _masked(piece)
    return bool(_SIGN.search(masked) or _MISSING.search(masked))


def _masked(text: str) -> str:
    return _QUOTED.sub(lambda found: "\0" * len(found[0]), text)


def _parse(piece: str, columns: Collection[str]) -> Condition:
    missing = _MISSING.search(_masked(piece))
    if missing is not None:
        column, part = _column(piece[: missing.start()], columns, piece)
        return Condition(column, "present" if missing[1] else "missing", part=part)
    signs = list(_SIGN.finditer(_masked(piece)))
    if not signs:
        msg = (
            f"the condition {piece.strip()!r} has no sign; {_HOW}; a name with & or and in it "
            "goes into backquotes"
        )
        raise InputError(msg)
    sign = next(
        (s for s in reversed(signs) if _names(piece[: s.start()], columns) is not None), signs[0]
    )
    column, part = _column(piece[: sign.start()], columns, piece)
    return Condition(column, _SIGNS[sign[0]], _values(piece[sign.end() :], sign[0], piece), part)


def _names(text: str, columns: Collection[str]) -> tuple[str, Part | None] | None:
    """Return the column, and the part of it, that a text names; None where it names none."""
    name = _plain(text)
    if name in columns:
        return name, None
    for part in get_args(Part):
        if name.startswith(f"{part} of "):
            of = _plain(text.strip()[len(part) + 4 :])
            if of in columns:
                return of, part
    return None


def _column(text: str, columns: Collection[str], piece: str) -> tuple[str, Part | None]:
    found = _names(text, columns)
    if found is not None:
        return found
    name = _plain(text)
    if not name:
        msg = f"the condition {piece.strip()!r} names no column; {_HOW}"
        raise InputError(msg)
    raise ColumnNotFoundError([name], columns)


def _values(told: str, sign: str, piece: str) -> tuple[float | str, ...]:
    commas = [at for at, letter in enumerate(_masked(told)) if letter == ","]
    ends = [*commas, len(told)]
    starts = [0, *(at + 1 for at in commas)]
    values = [_plain(told[a:b]) for a, b in zip(starts, ends, strict=True)]
    if not all(values):
        msg = (
            f"the condition {piece.strip()!r} has an empty value; {_HOW}; rows without a value "
            "are found with: column is missing"
        )
        raise InputError(msg)
    if _SIGNS[sign] in ("=", "≠"):
        return tuple(dict.fromkeys(values))
    if len(values) > 1:
        msg = f"the condition {piece.strip()!r} compares with {len(values)} values; give one"
        raise InputError(msg)
    return tuple(values)


def _plain(text: str) -> str:
    text = text.strip()
    whole = _QUOTED.fullmatch(text)
    return text[1:-1].replace("``", "`") if whole else text


def _quoted(text: str) -> str:
    """Return a name or value in backquotes where signs within it would be read."""
    odd = _SIGN.search(text) or _AND.search(text) or "," in text or "`" in text
    odd = odd or _MISSING.search(text) or text != text.strip() or text == ""
    odd = odd or any(text.startswith(f"{part} of ") for part in PARTS)
    return "`" + text.replace("`", "``") + "`" if odd else text


def _value_text(value: object) -> str:
    if isinstance(value, float) and isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return _quoted(value) if isinstance(value, str) else str(value)


def rows_where(frame: pl.DataFrame, conditions: Sequence[Condition]) -> pl.Series:
    """Return which rows satisfy all conditions.

    Parameters
    ----------
    frame : polars.DataFrame
    conditions : sequence of Condition
        At least one.

    Returns
    -------
    polars.Series of bool, length n_rows

    Raises
    ------
    InputError
        If a value does not suit its column: a text where numbers are compared, or a time.

    Examples
    --------
    >>> frame = pl.DataFrame({"age": [30, 50, None], "sex": ["F", "M", "F"]})
    >>> rows_where(frame, parse_conditions("age > 40", frame.columns)).to_list()
    [False, True, False]
    """
    kept = [_expression(each, frame.schema[each.column]) for each in conditions]
    return frame.select(pl.all_horizontal(kept).fill_null(value=False).alias("kept"))["kept"]


def part_of(column: pl.Expr, dtype: pl.DataType, part: Part) -> pl.Expr:
    """Return a part of a time (year, month, weekday, hour) or the length of a text, as numbers."""
    if part == "length":
        return column.cast(pl.String).str.len_chars().cast(pl.Float64)
    time = to_utc(column, dtype)
    parts = {
        "year": time.dt.year(),
        "month": time.dt.month(),
        "weekday": time.dt.weekday(),
        "hour": time.dt.hour(),
    }
    return parts[part].cast(pl.Float64)


def _expression(condition: Condition, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(condition.column)
    lacking = column.is_null() | (column.is_nan() if dtype.is_float() else pl.lit(value=False))
    if condition.sign in ("missing", "present"):
        return lacking if condition.sign == "missing" else ~lacking
    if condition.part is not None:
        column, dtype = part_of(column, dtype, condition.part), pl.Float64()
    if dtype.is_numeric():
        return ~lacking & _compared(column.cast(pl.Float64), condition, _numbers(condition))
    if dtype.is_temporal():
        return ~lacking & _compared(to_utc(column, dtype), condition, _times(condition))
    if condition.sign not in ("=", "≠"):
        if dtype == pl.String and not any(map(_is_number, condition.values)):
            return ~lacking & _compared(to_utc(column, dtype), condition, _times(condition))
        msg = (
            f"the condition {condition.text!r} compares sizes, and {condition.column!r} holds "
            "no numbers; write column=value"
        )
        raise InputError(msg)
    texts = [str(value) for value in condition.values]
    if dtype == pl.Boolean:
        truths = [_truth(text, condition) for text in texts]
        among = pl.any_horizontal([column == truth for truth in truths])
    else:
        among = column.cast(pl.String).is_in(texts)
    return ~lacking & (among if condition.sign == "=" else ~among)


def _compared(column: pl.Expr, condition: Condition, values: list[pl.Expr]) -> pl.Expr:
    first = values[0]
    if condition.sign in ("=", "≠"):
        among = pl.any_horizontal([column == value for value in values])
        return among if condition.sign == "=" else ~among
    return {
        ">": column > first,
        "≥": column >= first,
        "<": column < first,
        "≤": column <= first,
    }[condition.sign]


def _is_number(value: object) -> bool:
    try:
        return isfinite(float(str(value)))
    except ValueError:
        return False


def _numbers(condition: Condition) -> list[pl.Expr]:
    for value in condition.values:
        if not _is_number(value):
            msg = (
                f"the condition {condition.text!r} needs a number, and {value!r} is none; "
                f"{condition.column!r} holds numbers"
            )
            raise InputError(msg)
    return [pl.lit(float(value)) for value in condition.values]


def _times(condition: Condition) -> list[pl.Expr]:
    texts = [str(value) for value in condition.values]
    read = pl.DataFrame({"t": texts}).select(parse_iso(pl.col("t")))["t"]
    if read.null_count():
        msg = (
            f"the condition {condition.text!r} needs a time such as 2024-03-31 or "
            f"2024-03-31T12:00; {condition.column!r} is compared with times"
        )
        raise InputError(msg)
    return [pl.lit(value) for value in read]


def _truth(text: str, condition: Condition) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in known:
        msg = (
            f"the condition {condition.text!r} needs true or false: {condition.column!r} holds "
            "nothing else"
        )
        raise InputError(msg)
    return known[text.lower()]
