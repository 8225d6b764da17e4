"""CSV files without quotes, parsed by Polars where that provably gives what the text path gives.

Polars takes numbers as it casts text to them, save that it refuses blanks after a number and
takes blanks alone for no value; such columns, and all others with missing values among numbers,
are read as text and cast. It
fills short rows and blank lines with nulls, and both show in the count of delimiters. Whatever
else does not fit makes the functions here return None, and the file is read as text.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from assay.data.sources.csv_checks import Survey
from assay.data.sources.csv_types import (
    DTYPES,
    LARGE,
    ColumnType,
    cast_series,
    cast_text,
    is_lost,
    refuse_misfit,
)

HEAD_BYTES = 1 << 18
TURNS = 3
BLAMED = re.compile(r" at column '(.*)' \(column number \d+\)", re.DOTALL)
NUMBERS = ("int64", "float64")


@dataclass(frozen=True)
class _Guess:
    storage: str
    has_values: bool
    is_full: bool  # no value is missing


@dataclass(frozen=True)
class NativeReader:
    """A file that may be parsed natively.

    Parameters
    ----------
    path : Path
    delimiter : str
    names : sequence of str
    header_row : int
        Lines above the header; -1 where there is none.
    marks : collection of str
        Texts that mean "no value".
    wanted : mapping of str to str
        Storages that columns must have.
    survey : Survey
    as_written : collection of str
        Columns in which a number must be written as it would be printed.
    """

    path: Path
    delimiter: str
    names: Sequence[str]
    header_row: int
    marks: Collection[str]
    wanted: Mapping[str, str]
    survey: Survey
    as_written: Collection[str] = ()

    def read(self) -> pl.DataFrame | None:
        """Return all rows; None if they must be read as text.

        Raises
        ------
        InputError
            If a value does not fit the storage that its column must have.
        """
        guessed = self._guess()
        if guessed is None:
            return None
        native = self._native(guessed)
        for turn in range(TURNS):
            try:
                frame = pl.read_csv(self.path, **self._options(native))
            except PolarsError as error:
                found = BLAMED.search(str(error))
                if not native or found is None:
                    return None
                doubtful = {found[1]}
            else:
                if not self._is_regular(frame.height):
                    return None
                checks = self._doubts(native)
                row = frame.select(**checks).row(0, named=True) if checks else {}
                doubtful = {name for name, doubt in row.items() if doubt}
                if not doubtful:
                    return self._finish(frame, native, guessed)
            keep = doubtful if turn == 0 else set(native)
            native = {name: dtype for name, dtype in native.items() if name not in keep}
        return None

    def scan(self) -> pl.LazyFrame | None:
        """Return a lazy frame that parses anew each time; None if it must be parsed as text.

        The file is read once, in bounded memory, to see that the types of its first rows fit all.
        """
        guessed = self._guess()
        if guessed is None:
            return None
        native = self._native(guessed)
        text = pl.scan_csv(self.path, **self._options(native))
        checks = {f"null:{name}": pl.col(name).null_count() for name in self.names}
        checks |= {f"doubt:{name}": doubt for name, doubt in self._doubts(native).items()}
        casts = []
        for name, guess in guessed.items():
            if name not in native:
                values, known = self._present(name), name in self.wanted
                casts.append(cast_text(values, guess.storage).alias(name))
                checks[f"doubt:{name}"] = (
                    _misfits(values, guess.storage, known=known)
                    if guess.has_values or known
                    else values.is_not_null().any()
                )
                if name in self.as_written and guess.storage in NUMBERS:
                    checks[f"doubt:{name}"] |= is_lost(values, guess.storage).any()
        try:
            row = text.select(n=pl.len(), **checks).collect(engine="streaming").row(0, named=True)
        except PolarsError:
            return None
        doubts = any(value for name, value in row.items() if name.startswith("doubt:"))
        return None if doubts or not self._is_regular(row["n"]) else text.with_columns(casts)

    def _guess(self) -> dict[str, _Guess] | None:
        """Return the storages by the first rows."""
        many = len(self.names) > 1
        if not many or self.survey.n_quotes or self.survey.has_lone_return:
            return None
        with self.path.open("rb") as file:
            start = file.read(HEAD_BYTES)
        if len(start) == HEAD_BYTES:
            start = start[: start.rfind(b"\n") + 1]
        try:
            head = pl.read_csv(start, **self._options({}))
        except PolarsError:
            return None
        guessed: dict[str, _Guess] = {}
        for values in head.select(self._present(name) for name in self.names):
            name = values.name
            kind = ColumnType(as_written=name in self.as_written)
            kind.update(values)
            storage = self.wanted.get(name) or kind.storage
            guessed[name] = _Guess(storage, kind.n_values > 0, values.null_count() == 0)
        return guessed

    def _options(self, native: Mapping[str, pl.DataType]) -> dict[str, Any]:
        return {
            "separator": self.delimiter,
            "has_header": False,
            "skip_lines": self.header_row + 1,
            "schema": {name: native.get(name, pl.String()) for name in self.names},
            "quote_char": None,
            "glob": False,
        }

    def _native(self, guessed: Mapping[str, _Guess]) -> dict[str, pl.DataType]:
        """Return the columns that Polars may parse itself; none if a mark is itself a number."""
        marks = pl.Series(list(self.marks), dtype=pl.String)
        if cast_series(marks, "float64").is_not_nan().any():
            return {}
        return {
            name: DTYPES[guess.storage]
            for name, guess in guessed.items()
            if guess.storage in NUMBERS
            and guess.has_values
            and guess.is_full
            and name not in self.as_written
        }

    def _present(self, name: str) -> pl.Expr:
        column = pl.col(name)
        return pl.when(~column.is_in(list(self.marks))).then(column).alias(name)

    def _is_regular(self, n_rows: int) -> bool:
        """Whether no row is short (Polars refuses long ones) and no line blank."""
        n_lines = n_rows + (self.header_row >= 0)
        return self.survey.n_delimiters == n_lines * (len(self.names) - 1)

    def _doubts(self, native: Mapping[str, pl.DataType]) -> dict[str, pl.Expr]:
        """Return what tells of values that text would perhaps not give."""
        doubts: dict[str, pl.Expr] = {}
        for name, dtype in native.items():
            column = pl.col(name)
            doubts[name] = column.null_count() > 0
            if dtype.is_float():
                doubts[name] |= column.is_nan().any()
                if name not in self.wanted:
                    doubts[name] |= (column.abs() >= LARGE).any()
        return doubts

    def _finish(
        self, frame: pl.DataFrame, native: Collection[str], guessed: Mapping[str, _Guess]
    ) -> pl.DataFrame:
        made = []
        texts = frame.select(self._present(name) for name in self.names if name not in native)
        for name in self.names:
            values = frame[name] if name in native else texts[name]
            if name not in native:
                storage = guessed[name].storage
                if name in self.wanted:
                    refuse_misfit(name, values, storage, 0, self.path.name)
                elif storage != "utf8":  # which no later value could change
                    kind = ColumnType(as_written=name in self.as_written)
                    kind.update(values)
                    storage = kind.storage
                values = cast_series(values, storage)
            made.append(values)
        return pl.DataFrame(made)


def _misfits(values: pl.Expr, storage: str, *, known: bool) -> pl.Expr:
    """Whether a column of text has another storage than was guessed from its first rows."""
    if storage not in ("int64", "float64", "bool"):
        return pl.lit(value=False)
    made = cast_text(values, storage)
    bad = values.is_not_null() & made.is_null()
    if storage == "float64" and not known:
        bad = bad | (made.abs() >= LARGE).fill_null(value=False)
    return bad.any()
