"""Columns of the training rows in; how the simple models read each of them, and why, out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from assay.data.schema import Column
from assay.data.times import to_utc

How = Literal["number", "one_hot", "target", "dates", "text", "dropped"]
FEW_LEVELS = 30
"""Up to so many levels a categorical column is one-hot encoded, above that target encoded."""
MISSING_SHARE = 0.01
"""From this share of missing values on a column of numbers gets an indicator of them."""
ID_SHARE = 0.95
MIN_ID_VALUES = 20
DENSE = 2
"""Whole numbers of no more than this many times as many places as rows are counted through."""
LARGEST = 1e38
"""Trees hold numbers in 32 bits: what lies beyond counts as this."""
HASH = re.compile(r"[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
OBJECTS = frozenset({"binary", "other"})
Value = bool | int | float | str | None


@dataclass(frozen=True)
class ReadColumn:
    """How one column is read.

    Parameters
    ----------
    name : str
    how : {"number", "one_hot", "target", "dates", "text", "dropped"}
    why : str
        The rule that decided, for people.
    levels : tuple
        Of a categorical column: the values of the training rows as texts, sorted; None last where
        values are missing.
    indicator : bool
        Of numbers: whether a column says where they are missing.
    first : int
        Of dates: the earliest of the training rows, nanoseconds since 1970.
    """

    name: str
    how: How
    why: str
    levels: tuple[str | None, ...] = ()
    indicator: bool = False
    first: int = 0


def read_columns(frame: pl.DataFrame, columns: Sequence[Column]) -> tuple[ReadColumn, ...]:
    """Decide from the training rows alone how each column is read.

    ==============================================  ==========================================
    column                                          reading
    ==============================================  ==========================================
    identifier, constant or empty, lists or bytes   dropped
    dates and times                                 year, month, weekday, hour, days since the
                                                    earliest
    text of more than 5 words on average            text
    categorical of at most 30 levels                one-hot
    categorical of more                             target encoding, cross-fitted
    numbers, true and false                         number
    ==============================================  ==========================================

    Parameters
    ----------
    frame : polars.DataFrame
        The training rows.
    columns : sequence of Column
        The features, as the schema describes them; others are not read.

    Returns
    -------
    tuple of ReadColumn
        In the order of `columns`.

    Examples
    --------
    >>> from assay.data.inference import infer_columns
    >>> frame = pl.DataFrame({"age": [31.5, 40.0, 22.5], "job": ["cook", None, "smith"]})
    >>> [each.how for each in read_columns(frame, infer_columns(frame.lazy()))]
    ['number', 'one_hot']
    """
    return tuple(_read(frame[column.name], column) for column in columns)


def numbers_of(values: pl.Series) -> pl.Series:
    """Return numbers as float64; what is not finite counts as missing."""
    numbers = values.cast(pl.Float64)
    return numbers.set(~numbers.is_finite().fill_null(value=True), None).clip(-LARGEST, LARGEST)


def moments_of(values: pl.Series) -> pl.Series:
    """Return dates and times as nanoseconds since 1970, UTC."""
    frame = values.rename("at").to_frame()
    return frame.select(to_utc(pl.col("at"), values.dtype)).to_series().cast(pl.Int64)


def texts_of(values: pl.Series) -> pl.Series:
    """Return the values of a categorical column as texts; a whole float is written as an int."""
    if not values.dtype.is_float():
        return values.cast(pl.String)
    at = pl.col("at")
    whole = pl.when(at % 1 == 0).then(at.cast(pl.Int64, strict=False).cast(pl.String))
    texts = numbers_of(values).rename("at").to_frame().select(whole.otherwise(at.cast(pl.String)))
    return texts.to_series()


def _read(values: pl.Series, column: Column) -> ReadColumn:
    name = column.name
    if column.storage in OBJECTS:
        why = f"holds {values.dtype}, which simple models cannot read"
        return ReadColumn(name, "dropped", why)
    if column.kind == "time" or (column.storage == "time" and column.kind != "text"):
        return _dates(name, values)
    if column.kind == "text" and values.dtype == pl.String:
        if values.drop_nulls().n_unique() == 0:
            return ReadColumn(name, "dropped", "no training row has a value")
        return ReadColumn(name, "text", column.why or "text")
    if values.dtype.is_numeric() and not _categorical(column):
        return _number(name, numbers_of(values), column)
    if values.dtype == pl.Boolean:
        return _number(name, values.cast(pl.Float64), column)
    return _levels(name, texts_of(values), column)


def _categorical(column: Column) -> bool:
    return column.kind in ("categorical", "text") or (
        column.kind == "ordinal" and column.storage == "utf8"
    )


def _number(name: str, numbers: pl.Series, column: Column) -> ReadColumn:
    known = numbers.drop_nulls()
    missing = numbers.null_count() / max(numbers.len(), 1)
    if known.n_unique() < 2 and missing in (0.0, 1.0):
        return ReadColumn(name, "dropped", _one_value(known))
    if column.storage == "int64" and (column.kind == "id" or _counts_through(known)):
        return ReadColumn(name, "dropped", _identifier(known))
    why = "true or false" if column.kind == "boolean" else "numbers"
    return ReadColumn(name, "number", why, indicator=missing >= MISSING_SHARE)


def _one_value(known: pl.Series) -> str:
    return "one value in all training rows" if known.len() else "no training row has a value"


def _identifier(known: pl.Series) -> str:
    return f"identifier: {known.n_unique():,} distinct in {known.len():,} values"


def _counts_through(known: pl.Series) -> bool:
    """Whether whole numbers only count the rows: nearly all distinct, and dense."""
    if known.len() < MIN_ID_VALUES or known.n_unique() < ID_SHARE * known.len():
        return False
    low, high = known.min(), known.max()
    assert isinstance(low, float)
    assert isinstance(high, float)
    return high - low < DENSE * known.len()


def _levels(name: str, texts: pl.Series, column: Column) -> ReadColumn:
    known = texts.drop_nulls()
    distinct = known.n_unique()
    if distinct + (known.len() < texts.len()) < 2:
        return ReadColumn(name, "dropped", _one_value(known))
    if column.kind == "id" or _names_rows(known, distinct):
        return ReadColumn(name, "dropped", _identifier(known))
    levels: tuple[str | None, ...] = tuple(known.unique().sort().to_list())
    if known.len() < texts.len():
        levels = (*levels, None)
    how = "one_hot" if len(levels) <= FEW_LEVELS else "target"
    return ReadColumn(name, how, f"{len(levels):,} levels", levels=levels)


def _names_rows(known: pl.Series, distinct: int) -> bool:
    """Whether texts only name the rows: nearly all distinct, or hashes and UUIDs."""
    if known.len() < MIN_ID_VALUES:
        return False
    if distinct >= ID_SHARE * known.len():
        return True
    return distinct > FEW_LEVELS and all(map(HASH.fullmatch, known.head(MIN_ID_VALUES)))


def _dates(name: str, values: pl.Series) -> ReadColumn:
    moments = moments_of(values)
    if moments.n_unique() < 2:
        return ReadColumn(name, "dropped", _one_value(moments.drop_nulls()))
    first = moments.min()
    assert isinstance(first, int)
    return ReadColumn(name, "dates", "dates or times", first=first)
