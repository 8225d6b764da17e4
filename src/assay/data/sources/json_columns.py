"""Values of JSON to columns: one type a column, from all of its values.

Whole numbers are int64, numbers of which one is not whole float64, true and false bool, texts
utf8: a text is never taken for a number or a date. Null and a key that is absent are no value.
Whole numbers beyond 64 bits become text, so that no digit is lost. NaN is no value, and in a
column of numbers so is the text ``NaN``; ``Infinity`` is a number there. A list of texts, numbers
or truth values is kept as a list; other lists and objects are left out, which is said. Numbers and
texts in one column are refused, unless the column is declared to be text.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import polars as pl

from assay.errors import InputError
from assay.result import Finding

NUMBER_WORDS: Mapping[str, float] = {
    "NaN": float("nan"),
    "nan": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
    "inf": float("inf"),
    "-inf": float("-inf"),
}
WORD_CHARACTERS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_64, MAX_128 = 2**63, 2**127
MAX_SHOWN = 40
MAX_LISTED = 5
KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text"}


class RawNumber(str):
    """A number as it is written, for columns that are declared to be text."""

    __slots__ = ()

    @property
    def value(self) -> int | float:
        """The number."""
        return float(self) if set(self) & set(".eENI") else int(self)


@dataclass(frozen=True)
class Told:
    """What is known before the values are seen.

    Parameters
    ----------
    where : str
        Name of the file.
    unit : str
        What a place is called: "line" or "record".
    texts : collection of str
        Columns that must hold text.
    marks : collection of str
        Texts that mean "no value".
    """

    where: str
    unit: str = "record"
    texts: Collection[str] = ()
    marks: Collection[str] = ()


@dataclass
class Columns:
    """Columns of equal length.

    Parameters
    ----------
    frame : polars.DataFrame
    nested : dict of str to str
        Columns of objects or lists of such, which have no values in `frame` → how to reach into
        them.
    """

    frame: pl.DataFrame
    nested: dict[str, str] = field(default_factory=dict)


def columns_of_records(
    records: Sequence[Mapping[str, object]], places: Sequence[int], told: Told
) -> Columns:
    """Return the columns of records, in the order in which their keys first appear.

    Parameters
    ----------
    records : sequence of mapping
    places : sequence of int
        Where each is, counted from 1.
    told : Told

    Raises
    ------
    InputError
        If a column mixes types; names both values and their places.

    Examples
    --------
    >>> made = columns_of_records([{"a": 1}, {"a": 2.5, "b": "x"}], [1, 2], Told("x.json"))
    >>> made.frame.rows()
    [(1.0, None), (2.5, 'x')]
    """
    names = dict.fromkeys(key for record in records for key in record)
    if "" in names:
        at = next(place for place, r in zip(places, records, strict=True) if "" in r)
        msg = f"{told.where}, {told.unit} {at} has a key that is empty; every column needs a name"
        raise InputError(msg)
    series: list[pl.Series] = []
    nested: dict[str, str] = {}
    for name in names:
        values = [record.get(name) for record in records]
        made = column_of_values(name, values, places, told)
        if isinstance(made, str):
            nested[name] = made
            made = pl.Series(name, [None] * len(values), dtype=pl.Null)
        series.append(made)
    return Columns(pl.DataFrame(series), nested)


def column_of_values(
    name: str, values: list[object], places: Sequence[int], told: Told
) -> pl.Series | str:
    """Return one column; for objects and lists of lists how to reach into it (a JMESPath).

    Raises
    ------
    InputError
        If the values are of several types; names two of them and their places.
    """
    if told.marks:
        values = [None if isinstance(v, str) and v in told.marks else v for v in values]
    if name in told.texts:
        values = [_as_text(value) for value in values]
    types = {type(value) for value in values} - {type(None)}
    if RawNumber in types:
        values = [v.value if isinstance(v, RawNumber) else v for v in values]
        types = {type(value) for value in values} - {type(None)}
    with_numbers = str in types and types & {int, float} and types <= {str, int, float}
    if with_numbers and all(v in NUMBER_WORDS for v in values if isinstance(v, str)):
        values = [NUMBER_WORDS[v] if isinstance(v, str) else v for v in values]
        types = {type(value) for value in values} - {type(None)}
    kinds = {KINDS.get(kind, "nested") for kind in types}
    if len(kinds) > 1 or types == {dict, list}:
        refuse_mixed(name, zip(places, values, strict=True), told)
    if dict in types:
        return _into_object(name, next(value for value in values if isinstance(value, dict)))
    return _series(name, values, types)


def _as_text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (RawNumber, int, float)):
        return str(value)
    return value


def _series(name: str, values: list[object], types: set[type]) -> pl.Series | str:
    if not types:
        return pl.Series(name, values, dtype=pl.Null)
    if list in types:
        return _list_series(name, values)
    if float in types:
        numbers = [None if v is None else float(v) for v in values]  # type: ignore[arg-type]
        return pl.Series(name, numbers, dtype=pl.Float64, nan_to_null=False).fill_nan(None)
    if int in types:
        size = max(abs(value) for value in values if isinstance(value, int))
        if size >= MAX_128:
            texts = [None if value is None else str(value) for value in values]
            return pl.Series(name, texts, dtype=pl.String)
        return pl.Series(name, values, dtype=pl.Int128 if size >= MAX_64 else pl.Int64)
    return pl.Series(name, values, dtype=pl.Boolean if bool in types else pl.String)


def _list_series(name: str, values: list[object]) -> pl.Series | str:
    parts = [part for value in values if isinstance(value, list) for part in value]
    types = {type(part) for part in parts} - {type(None)}
    if types & {list, dict} or len({KINDS[kind] for kind in types}) > 1:
        return f"{quoted(name)}[0]"
    inner = _series(name, parts, types)
    return pl.Series(name, values, dtype=pl.List(inner.dtype), strict=False)  # type: ignore[union-attr]


def quoted(key: str) -> str:
    """Return a key as JMESPath writes it.

    Examples
    --------
    >>> quoted("age"), quoted("first name")
    ('age', '"first name"')
    """
    return key if WORD_CHARACTERS.fullmatch(key) else '"' + key.replace('"', '\\"') + '"'


def _into_object(name: str, value: Mapping[str, object]) -> str:
    inside = next(iter(value), None)
    return quoted(name) if inside is None else f"{quoted(name)}.{quoted(inside)}"


def kind_of(value: object) -> str:
    """Return what a value is, for people."""
    kind = int if isinstance(value, RawNumber) else type(value)
    return KINDS.get(kind, "a list" if isinstance(value, list) else "an object")


def refuse_mixed(name: str, values: Iterable[tuple[int, object]], told: Told) -> NoReturn:
    """Raise an error that names two values of one column that are of different types.

    Parameters
    ----------
    name : str
    values : iterable of (int, object)
        Places and values, in order; of at least two types.
    told : Told

    Raises
    ------
    InputError
    """
    found: dict[str, tuple[int, object]] = {}
    plain: tuple[int, object] | None = None  # the first text that is no word for a number
    for place, value in values:
        if value is not None:
            found.setdefault(kind_of(value), (place, value))
            if plain is None and isinstance(value, str) and value not in NUMBER_WORDS:
                plain = place, value
    if plain is not None and set(found) == {kind_of(0), kind_of("")}:
        found[kind_of("")] = plain
    first, other, *_ = sorted(found.values(), key=lambda each: each[0])
    both = " and ".join(
        f"{kind_of(value)} in {told.unit} {place} ({_shown(value)})"
        for place, value in (first, other)
    )
    text = next((v for _, v in (first, other) if isinstance(v, str)), None)
    mark = "" if text is None else f", or, if that text means no value, say --missing {text!r}"
    msg = (
        f"{told.where}, column {name!r} mixes types: {both}; make it one type, declare it to be "
        f"text with --types {name}=text{mark}"
    )
    raise InputError(msg)


def _shown(value: object) -> str:
    written = value if isinstance(value, RawNumber) else json.dumps(value, ensure_ascii=False)
    text = " ".join(written.split())
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def refuse_all_nested(where: str, names: Sequence[str], nested: Mapping[str, str]) -> None:
    """Refuse a table of which no column is left.

    Raises
    ------
    InputError
    """
    if nested and not names:
        name, path = next(iter(nested.items()))
        msg = (
            f"{where}: all columns ({', '.join(list(nested)[:MAX_LISTED])}) hold objects or lists "
            f"of different things; reach into them by a JMESPath, for example --column "
            f"{name}={path}"
        )
        raise InputError(msg)


def nested_finding(where: str, nested: Mapping[str, str]) -> tuple[Finding, ...]:
    """Say which columns were left out because they hold objects or lists of such."""
    if not nested:
        return ()
    names = list(nested)
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    listed = ", ".join(map(repr, names[:MAX_LISTED])) + more
    path = next(iter(nested.values()))
    example = re.sub(r"\W+", "_", path).strip("_")
    return (
        Finding(
            rule="nested_columns_left_out",
            severity="info",
            message=f"{where}: {listed} hold{'s' if len(names) == 1 else ''} objects or lists of "
            "different things, which are no columns; left out.",
            where={"columns": list(names[:MAX_LISTED])},
            evidence={"n_columns": len(names)},
            cause="The records are nested.",
            advice=f"Reach into them by a JMESPath, for example --column {example}={path} "
            f"(columns={{{example!r}: {path!r}}}); the table then has the columns named so alone.",
        ),
    )
