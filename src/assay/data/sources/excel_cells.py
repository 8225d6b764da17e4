"""The cells of one sheet and their types, column by column."""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

import polars as pl

from assay.errors import InputError

if TYPE_CHECKING:
    import fastexcel

EXACT_INTEGER = 2.0**53
DAY_ZERO = (date(1899, 12, 30), date(1899, 12, 31))
SHEET_ERROR = "Error("  # how the reader describes a cell such as #DIV/0!
MAX_SHOWN = 40
Type = Literal["string", "float", "datetime", "boolean"]
KINDS = ("number", "boolean", "date", "text")
TOLD = {
    "number": "a number",
    "boolean": "true or false",
    "date": "a date or time",
    "text": "text",
}


class Cells:
    """The columns of one sheet, by their place.

    Parameters
    ----------
    workbook : fastexcel.ExcelReader
    sheet : str
    marks : collection of str
        Texts that mean "no value".

    Attributes
    ----------
    header : tuple of (str or None)
        The first row with content.
    """

    def __init__(
        self, workbook: "fastexcel.ExcelReader", sheet: str, marks: Collection[str]
    ) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._marks = list(marks)
        self._loaded: dict[Type, list[pl.Series]] = {}
        first = workbook.load_sheet(sheet, header_row=None, n_rows=1, dtypes="string")
        row = first.to_polars()
        self.header: tuple[str | None, ...] = row.row(0) if row.height else ()

    def column(self, at: int, name: str, texts: Collection[str], where: str) -> pl.Series:
        """Return one column in the type of its cells; float64 if all are missing.

        Raises
        ------
        InputError
            If it mixes types, and is not among `texts`.
        """
        plain, _ = self._plain_and_errors
        if plain is not None:
            return _tidy(self._without_marks(plain[at]), name)
        kinds = self._kinds(at)
        present = [kind for kind in KINDS if (kinds == kind).any()]
        if len(present) > 1 and name not in texts:
            self._refuse(at, name, kinds, present, where)
        as_type: Type = "string"
        if len(present) == 1:
            as_type = _TYPE_OF[present[0]]
        values = self._without_marks(self._as(as_type)[at])
        return _tidy(values if present else values.clear(values.len()), name)

    def filled(self) -> pl.Series:
        """Return which rows have content, be it a mark."""
        plain, _ = self._plain_and_errors
        content = [
            values.is_not_null() & (values != "")
            if values.dtype == pl.String
            else ~values.is_null()
            for values in plain or self._as("string")
        ]
        return pl.DataFrame(content).select(filled=pl.any_horizontal(pl.all())).to_series()

    def errors(self) -> dict[int, int]:
        """Return how many cells show an error, by the place of their column."""
        return dict(sorted(Counter(self._plain_and_errors[1]).items()))

    @cached_property
    def _plain_and_errors(self) -> tuple[list[pl.Series] | None, list[int]]:
        """All columns in their types, None if one mixes types; the columns of cells in error."""
        import fastexcel

        with suppress(fastexcel.UnsupportedColumnTypeCombinationError):
            sheet = self._workbook.load_sheet(
                self._sheet, schema_sample_rows=None, dtype_coercion="strict"
            )
            columns, errors, is_exact = _read(sheet)
            if is_exact:
                return columns, errors
        sheet = self._workbook.load_sheet(self._sheet, dtypes="string")
        self._loaded["string"], errors, _ = _read(sheet)
        return None, errors

    def _as(self, as_type: Type) -> list[pl.Series]:
        """All columns read as one type; null where a cell cannot be."""
        if as_type not in self._loaded:
            sheet = self._workbook.load_sheet(self._sheet, dtypes=as_type)
            self._loaded[as_type] = sheet.to_polars().get_columns()
        return self._loaded[as_type]

    def _kinds(self, at: int) -> pl.Series:
        """Return the kind of each cell, null where it is missing.

        The reader tells no cell's type. It makes a float of text that looks like one, but a truth
        value of numbers alone, and a date of numbers but a float of no date.
        """
        text = self._without_marks(self._as("string")[at])
        cells = pl.DataFrame(
            {
                "text": text,
                "float": self._as("float")[at],
                "moment": self._as("datetime")[at],
                "flag": self._as("boolean")[at],
            }
        )
        flag, number = pl.col("flag").is_not_null(), pl.col("float").is_not_null()
        kind = (
            pl.when(pl.col("text").is_null())
            .then(None)
            .when(flag & pl.col("text").is_in(["true", "false"]))
            .then(pl.lit("boolean"))
            .when(flag & number)
            .then(pl.lit("number"))
            .when(pl.col("moment").is_not_null())
            .then(pl.lit("date"))
            .otherwise(pl.lit("text"))
        )
        return cells.select(kind=kind).to_series()

    def _without_marks(self, values: pl.Series) -> pl.Series:
        if values.dtype != pl.String:
            return values
        marked = pl.col(values.name).is_in(self._marks)
        return values.to_frame().select(pl.when(~marked).then(pl.col(values.name))).to_series()

    def _refuse(
        self, at: int, name: str, kinds: pl.Series, present: list[str], where: str
    ) -> None:
        text = self._as("string")[at]
        rows = sorted((kinds == kind).arg_max() or 0 for kind in present)
        told = ", ".join(
            f"row {row + 1} is {TOLD[kinds[row]]}, {_shown(text[row])}" for row in rows
        )
        msg = (
            f"{where}: column {name!r} mixes types: {told} (counted from 1 below the header); "
            f"make it one type, or declare it to be text (--types {name}=text)"
        )
        raise InputError(msg)


_TYPE_OF: dict[str, Type] = {
    "number": "float",
    "boolean": "boolean",
    "date": "datetime",
    "text": "string",
}


def _read(sheet: "fastexcel.ExcelSheet") -> tuple[list[pl.Series], list[int], bool]:
    """Return the columns of a sheet, the column of each cell in error, and if no other was lost.

    The reader takes some texts, such as n/a among numbers, for no value of its own accord.
    """
    rows, failed = sheet.to_arrow_with_errors()
    frame = cast("pl.DataFrame", pl.from_arrow(rows))
    lost = [] if failed is None else failed.errors
    errors = [cell.position[1] for cell in lost if SHEET_ERROR in cell.detail]
    return frame.get_columns(), errors, len(errors) == len(lost)


def _shown(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…")


def _tidy(values: pl.Series, name: str) -> pl.Series:
    """Return whole numbers as such, times of day without a day, and float64 for no value."""
    values = values.alias(name)
    if values.null_count() == values.len():
        return pl.Series(name, [None] * values.len(), dtype=pl.Float64)
    if values.dtype == pl.Float64:
        known = values.drop_nulls()
        if ((known % 1 == 0) & (known.abs() < EXACT_INTEGER)).all():
            return values.cast(pl.Int64)
    elif (
        isinstance(values.dtype, pl.Datetime)
        and values.dt.date().drop_nulls().is_in(list(DAY_ZERO)).all()
    ):
        return values.dt.time()
    return values
