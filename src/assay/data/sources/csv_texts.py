"""Columns of a text file that are nearly numbers, and text as they stand: said, not hidden."""

from collections.abc import Collection, Sequence

import polars as pl

from assay.data.row_order import IN_ORDER
from assay.data.sources.csv_types import BLANKS
from assay.result import Finding

HEAD_ROWS = 10_000
FIRST_ROWS = 20
DIGITS = "0123456789"
SIGNS = "+-."
MIN_NUMBERS = 20
NUMBERS_SHARE = 0.9
MAX_LISTED = 10
WITH_COMMAS = r"^[ \t]*[+-]?\d+(?:[.,]\d+)*[ \t]*$"  # 1,5 and 1.234,5 and 1,234


def texts_among_numbers(
    frame: pl.LazyFrame, where: str, *, declared: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return a finding if columns of text are numbers in nearly every row.

    A column is looked at if at least 90 % of the values in its first 10,000 rows, and 20 of them,
    are numbers. Whole numbers beyond 64 bits, which stay text as well, are numbers here.

    Parameters
    ----------
    frame : polars.LazyFrame
        The rows; what is missing is null.
    where : str
        Name of the file.
    declared : collection of str
        Columns whose type was told, of which nothing needs to be said.

    Examples
    --------
    >>> frame = pl.LazyFrame({"age": [str(age) for age in range(20, 60)] + ["unknown"]})
    >>> texts_among_numbers(frame, "t.csv")[0].evidence["first"]
    'unknown'
    """
    doubtful = [column.name for column in _candidates(frame, declared) if _mostly_numbers(column)]
    if not doubtful:
        return ()
    asked = [_no_number(name).sum().alias(name) for name in doubtful]
    counts = frame.select(asked).collect(engine="streaming").row(0, named=True)
    found = [name for name in doubtful if counts[name]]
    return (_finding(frame, where, found, counts[found[0]]),) if found else ()


def numbers_with_commas(
    frame: pl.LazyFrame, where: str, *, declared: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return a finding if columns of text hold numbers with decimal commas, or between thousands.

    A column is one of these if each value in its first 10,000 rows is written so, and one has a
    comma; nothing is changed, because 1,234 can be either.

    Parameters
    ----------
    frame, where, declared
        As in `texts_among_numbers`.

    Examples
    --------
    >>> frame = pl.LazyFrame({"price": ["1,5", "2", "13,25"], "town": ["Ulm", "Bonn", "Hof"]})
    >>> numbers_with_commas(frame, "t.csv")[0].evidence["columns"]
    ['price']
    """
    found = [c for c in _candidates(frame, declared) if _has_commas(c.drop_nulls())]
    if not found:
        return ()
    names = [column.name for column in found[:MAX_LISTED]]
    more = f" and {len(found) - MAX_LISTED} more" if len(found) > MAX_LISTED else ""
    columns = f"Column {names[0]}" if len(found) == 1 else f"Columns {', '.join(names)}{more}"
    were = "was" if len(found) == 1 else "were"
    first = next(value for value in found[0] if value is not None and "," in value)
    finding = Finding(
        rule="numbers_with_commas",
        severity="warning",
        message=f"{columns} of {where} {were} taken for text, because of commas in the numbers, "
        f"such as {first!r:.60}.",
        where={"file": where, "column": names[0]},
        evidence={"columns": [*names], "first": first[:60]},
        cause="The file was written by a program in whose language a comma stands before the "
        "decimals, or with commas between thousands.",
        advice="Write the file anew with a point before the decimals and nothing between "
        "thousands; if these are no numbers, say --types COLUMN=categorical.",
    )
    return (finding,)


def _candidates(frame: pl.LazyFrame, declared: Collection[str]) -> list[pl.Series]:
    """Return the head of each column of text in whose first rows a value begins as a number.

    Words are told without a look at all of them, because tables may have thousands of columns.
    """
    first = frame.head(FIRST_ROWS).collect(optimizations=IN_ORDER)
    texts = [c for c in first if c.dtype == pl.String and c.name not in declared]
    like = [c.name for c in texts if _may_be_numbers(c.to_list())]
    head = frame.select(like).head(HEAD_ROWS)
    return head.collect(optimizations=IN_ORDER).get_columns() if like else []


def _may_be_numbers(values: Sequence[str | None]) -> bool:
    starts = [value.lstrip(BLANKS + SIGNS)[:1] for value in values if value is not None]
    return not starts or any(start and start in DIGITS for start in starts)


def _has_commas(values: pl.Series) -> bool:
    few = values.head(MIN_NUMBERS)
    for some in (few, values):
        if some.len() == 0 or not some.str.contains(WITH_COMMAS).all():
            return False
    return bool(values.str.contains(",", literal=True).any())


def _mostly_numbers(values: pl.Series) -> bool:
    n_values = values.len() - values.null_count()
    if n_values < MIN_NUMBERS:
        return False
    few = _numbers(values.head(MIN_NUMBERS * 5))
    if few.null_count() == few.len():  # soon done with words
        return False
    n_numbers = values.len() - _numbers(values).null_count()
    return n_numbers >= max(MIN_NUMBERS, NUMBERS_SHARE * n_values)


def _numbers(values: pl.Series) -> pl.Series:
    return values.str.strip_chars(BLANKS).cast(pl.Float64, strict=False)


def _no_number(name: str) -> pl.Expr:
    number = pl.col(name).str.strip_chars(BLANKS).cast(pl.Float64, strict=False)
    return pl.col(name).is_not_null() & number.is_null()


def _finding(frame: pl.LazyFrame, where: str, columns: list[str], n_texts: int) -> Finding:
    name = columns[0]
    odd = frame.select(name).with_row_index("row").filter(_no_number(name)).head(1)
    row, value = odd.collect(optimizations=IN_ORDER).row(0)
    values = "1 value is no number" if n_texts == 1 else f"{n_texts:,} values are no numbers"
    more = f" So it is with {', '.join(columns[1:MAX_LISTED])}." if len(columns) > 1 else ""
    return Finding(
        rule="texts_among_numbers",
        severity="warning",
        message=f"Column {name} of {where} was taken for text, because {values}: the first is "
        f"{value!r:.60} in row {row + 1} (counted from 1).{more}",
        where={"file": where, "column": name},
        evidence={"columns": [*columns[:MAX_LISTED]], "n_texts": n_texts, "first": value[:60]},
        cause="A slip, a mark for no value that is not among the usual ones, or codes that have "
        "letters now and then.",
        advice="Correct the values, say with --missing what means no value, or say with "
        "--types COLUMN=categorical that they are codes.",
    )
