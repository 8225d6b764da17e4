"""Sheets of workbooks: xlsx, xlsm, xlsb, xls and ods.

``--sheet NAME`` says which sheet; else the first with content is taken, which is said if there are
more. Its first row with content is the header, and rows without content are skipped.

A cell of text that is empty or one of the marks that mean "no value" in a CSV is missing, as is a
cell that shows an error such as #DIV/0!, which is said. Numbers that are all whole are whole
numbers. Text in cells stays text, also where it looks like a number. Cells of several types in one
column are refused, unless it is declared to be text (``--types zip=text``).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assay.data.sources.csv import MISSING_VALUES
from assay.data.sources.excel_cells import Cells
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import NoRowsError, Source, check_names
from assay.errors import InputError, MissingExtraError
from assay.result import Finding

if TYPE_CHECKING:
    import fastexcel

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAX_SHOWN = 200
MAX_LISTED = 10


def open_excel(
    path: Path,
    *,
    sheet: str | None = None,
    missing: Sequence[str] | None = None,
    texts: frozenset[str] = frozenset(),
) -> Source:
    """Return a source for one sheet of a workbook.

    Parameters
    ----------
    path : Path
    sheet : str or None
        Its name; None takes the first sheet with content, and a note says so if there are more.
    missing : sequence of str or None
        Texts that mean "no value", in place of `MISSING_VALUES`; the empty text always does.
    texts : frozenset of str
        Columns in which cells of several types are taken for text.

    Raises
    ------
    InputError
        If it is no workbook, or there is no such sheet, or a column mixes types.
    NoRowsError
        If the sheet is empty, or has a header alone.
    MissingExtraError
        If fastexcel is not installed.
    """
    marks = MISSING_VALUES if missing is None else tuple(sorted({"", *missing}))
    with _quiet():
        workbook = _open_workbook(path)
        name, notes = _choose(workbook, sheet, path.name)
        where = f"sheet {name!r} of {path.name}"
        cells = Cells(workbook, name, marks)
        header = _header(cells, where)
        columns = [cells.column(at, title, texts, where) for at, title in enumerate(header)]
    named = {at for at, title in enumerate(cells.header) if title}
    kept = [c for at, c in enumerate(columns) if at in named or c.null_count() < c.len()]
    check_names([column.name for column in kept], where)
    frame = pl.DataFrame(kept).filter(cells.filled())
    if frame.height == 0:
        msg = f"{where} has a header and no rows; at least one row is needed"
        raise NoRowsError(msg)
    shown = path.name if len(workbook.sheet_names) == 1 else f"{path.name} [{name}]"
    notes += _tell_errors(cells.errors(), header, where)
    return Source(shown, frame.lazy(), missing_values=marks, notes=notes)


def _open_workbook(path: Path) -> "fastexcel.ExcelReader":
    try:
        import fastexcel
    except ImportError as error:
        library = "fastexcel"
        raise MissingExtraError(library, "excel", f"to read {path.name}") from error
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        told = " ".join(str(error).partition("\nContext")[0].split())[:MAX_SHOWN]
        msg = (
            f"{path.name} cannot be opened as a workbook ({told}); save it anew without a "
            "password, or as CSV"
        )
        raise InputError(msg) from error


def _choose(
    workbook: "fastexcel.ExcelReader", sheet: str | None, where: str
) -> tuple[str, tuple[Finding, ...]]:
    names = workbook.sheet_names
    if sheet is not None:
        if sheet in names:
            return sheet, ()
        near = get_close_matches(sheet, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        msg = f"{where} has no sheet {sheet!r}; {hint}there is: {_listed(names)}"
        raise InputError(msg)
    filled = (name for name in names if workbook.load_sheet(name, n_rows=1).width)
    taken = next(filled, None)
    if taken is None:
        msg = f"{where} has no sheet with content; a table with a header and rows is needed"
        raise NoRowsError(msg)
    if len(names) == 1:
        return taken, ()
    note = Finding(
        rule="sheet_assumed",
        severity="info",
        message=f"{where} has {len(names)} sheets; {taken!r}, the first with content, was taken.",
        where={"file": where, "sheet": taken},
        evidence={"sheets": list(names)},
        cause="Nobody said which sheet holds the table.",
        advice=f"Say it with --sheet; there is: {_listed(names)}.",
    )
    return taken, (note,)


def _tell_errors(
    errors: Mapping[int, int], header: Sequence[str], where: str
) -> tuple[Finding, ...]:
    """Return a note of the cells that show an error."""
    if not errors:
        return ()
    counts = {header[at]: n for at, n in errors.items()}
    told = ", ".join(f"{name!r} ({n})" for name, n in list(counts.items())[:MAX_LISTED])
    note = Finding(
        rule="sheet_errors",
        severity="warning",
        message=f"{where} shows errors such as #DIV/0! or #N/A in cells, which count as missing: "
        f"{told}.",
        where={"columns": list(counts)},
        evidence={"cells": sum(counts.values())},
        cause="A formula of the spreadsheet failed in these rows.",
        advice="Correct the formulas, or empty the cells if there is no value.",
    )
    return (note,)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(repr(name) for name in names[:MAX_LISTED]) + more


def _header(cells: Cells, where: str) -> list[str]:
    """Return a name for each column; one without is called as `csv` does."""
    if not cells.header:
        msg = f"{where} is empty; a table with a header and rows is needed"
        raise NoRowsError(msg)
    return [title or f"Unnamed: {at}" for at, title in enumerate(cells.header)]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep fastexcel from logging that a column has no values, which is told elsewhere."""
    logger = logging.getLogger("fastexcel.types.dtype")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


class ExcelReader:
    """Workbooks of spreadsheets."""

    title = "Excel"
    suffixes = SUFFIXES
    schemes = ()
    reads = frozenset({"sheet", "missing"})

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a file."""
        texts = {name for name, to in options.storages.items() if to == "utf8"}
        return open_excel(
            Path(place),
            sheet=options.sheet,
            missing=None if options.missing is None else sorted(options.missing),
            texts=frozenset(texts | set(options.as_written)),
        )


READER = ExcelReader()
