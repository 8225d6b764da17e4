"""Table cells in, what the template shows out: text, kind of cell, place of the bar."""

import re
from dataclasses import dataclass

from assay.plain_text.hidden import visible, visible_lines
from assay.reports.format import NO_VALUE, estimate_numbers, number, plain
from assay.reports.page import Cell, Table
from assay.result import Estimate

SCALES = ((0.0, 1.0), (-1.0, 1.0))
SHARE_ON_SCALE = 0.7
LONGEST_WORD = 24
LIKE_A_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?(e-?\d+)?\s?%?( \([\d.]+\s?%\))?")


@dataclass(frozen=True)
class Bar:
    """Where an interval and its value lie on the column's scale, in percent of its width."""

    left: float
    width: float
    value: float
    zero: float | None


@dataclass(frozen=True)
class CellView:
    """One cell as the template shows it.

    Parameters
    ----------
    kind : {"text", "number", "estimate", "undefined", "empty"}
    text : str
        The value, or the reason of an undefined one.
    interval : str
        ``[low, high]``, or "".
    about : str
        Sample size and method, in words.
    warnings : tuple of str
    too_few : bool
    bar : Bar or None
    """

    kind: str
    text: str
    interval: str = ""
    about: str = ""
    warnings: tuple[str, ...] = ()
    too_few: bool = False
    bar: Bar | None = None

    @property
    def unbroken(self) -> bool:
        """Whether the text has a word so long that it may be broken anywhere."""
        return any(len(word) > LONGEST_WORD for word in self.text.split())


@dataclass(frozen=True)
class TableView:
    """A table as the template shows it.

    Parameters
    ----------
    caption : str
    columns : tuple of str
    numeric : tuple of bool
        Which columns hold plain numbers, set flush right.
    rows : tuple of tuple of CellView
    helps : tuple of str
        Help text of each row, or "".
    folded : bool
    note : str
    brackets : str
        What the intervals in the table are, or "" when it has none.
    show_about : bool
        Whether size and method stand in the cell: only where one column holds estimates.
    """

    caption: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[CellView, ...], ...]
    helps: tuple[str, ...]
    folded: bool
    note: str
    brackets: str
    show_about: bool


def view_table(table: Table) -> TableView:
    """Turn a table of values into a table of texts.

    Estimates of a column get bars when at least 70 % of them lie on a common scale, 0 to 1 or
    -1 to 1, and the table wants bars; one beyond that scale has no bar, because its length could
    not be compared.

    Parameters
    ----------
    table : Table

    Returns
    -------
    TableView

    Examples
    --------
    >>> view = view_table(Table("Sizes", ("what", "n"), (("rows", 1200),)))
    >>> view.rows[0][1].text, view.numeric
    ('1,200', (False, True))
    """
    by_column = list(zip(*table.rows, strict=True)) or [() for _ in table.columns]
    scales = [_scale(cells) if table.bars else None for cells in by_column]
    rows = tuple(
        tuple(_cell(cell, scale) for cell, scale in zip(row, scales, strict=True))
        for row in table.rows
    )
    with_estimates = sum(any(isinstance(c, Estimate) for c in cells) for cells in by_column)
    return TableView(
        caption=visible(table.caption),
        columns=tuple(visible(column) for column in table.columns),
        numeric=tuple(_is_numeric(cells) for cells in by_column),
        rows=rows,
        helps=tuple(
            visible_lines(table.help.get(str(row[0]), "")) if row else "" for row in table.rows
        ),
        folded=table.folded,
        note=visible(table.note),
        brackets=_brackets(table),
        show_about=with_estimates == 1,
    )


def _cell(cell: Cell, scale: tuple[float, float] | None) -> CellView:
    if isinstance(cell, Estimate):
        return _estimate(cell, scale)
    if cell is None:
        return CellView("empty", NO_VALUE)
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return CellView("number" if is_number else "text", plain(cell))


def _estimate(estimate: Estimate, scale: tuple[float, float] | None) -> CellView:
    value, low, high = estimate_numbers(estimate)
    warnings = tuple(visible(warning) for warning in estimate.warnings)
    if not value:
        reason = visible(estimate.reason or "")
        return CellView("undefined", reason, about=_about(estimate), warnings=warnings)
    interval = f"[{low}, {high}]" if low and high else ""
    if not interval and estimate.reason:
        reason = visible(estimate.reason).removeprefix("no interval: ")
        warnings = (*warnings, f"no interval: {reason}")
    return CellView(
        "estimate",
        value,
        interval=interval,
        about=_about(estimate),
        warnings=warnings,
        too_few=estimate.too_few,
        bar=_bar(estimate, scale) if scale else None,
    )


def _brackets(table: Table) -> str:
    cells = [cell for row in table.rows for cell in row if isinstance(cell, Estimate)]
    kinds = {(c.level, c.conditional_on) for c in cells if c.low is not None}
    return "; ".join(
        f"in brackets: {100 * level:g} % interval, given {visible(fixed)}"
        for level, fixed in sorted(kinds)
    )


def _about(estimate: Estimate) -> str:
    parts = [f"n {number(estimate.n)}"]
    if estimate.n_effective is not None:
        parts.append(f"effective {number(round(estimate.n_effective))}")
    if estimate.method:
        parts.append(visible(estimate.method))
    if estimate.unit != "row":
        parts.append(f"by {visible(estimate.unit)}")
    return " · ".join(parts)


def _scale(cells: tuple[Cell, ...]) -> tuple[float, float] | None:
    numbers = [_numbers(cell) for cell in cells if isinstance(cell, Estimate)]
    bounded = [each for each in numbers if len(each) == len(("value", "low", "high"))]
    for low, high in SCALES:
        fitting = sum(low <= min(each) and max(each) <= high for each in bounded)
        if fitting and fitting >= SHARE_ON_SCALE * len(bounded):
            return low, high
    return None


def _numbers(estimate: Estimate) -> list[float]:
    return [n for n in (estimate.value, estimate.low, estimate.high) if n is not None]


def _bar(estimate: Estimate, scale: tuple[float, float]) -> Bar | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    start, end = scale
    if min(estimate.low, estimate.value) < start or max(estimate.high, estimate.value) > end:
        return None

    def place(n: float) -> float:
        return round(100 * (n - start) / (end - start), 2)

    left = place(estimate.low)
    return Bar(
        left=left,
        width=round(place(estimate.high) - left, 2),
        value=place(estimate.value),
        zero=place(0.0) if start < 0 else None,
    )


def _is_numeric(cells: tuple[Cell, ...]) -> bool:
    given = [cell for cell in cells if cell is not None]
    return bool(given) and all(map(_like_a_number, given))


def _like_a_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return LIKE_A_NUMBER.fullmatch(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)
