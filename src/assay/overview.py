"""A result at a glance: what `print` shows of it, and what a notebook shows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import fill

from assay.plain_text.aligned import aligned
from assay.plain_text.hidden import visible
from assay.result import Estimate, Finding

MOST_LINES = 25
MOST_FINDINGS = 3
WIDEST_CELL = 90
WIDTH = 100
MORE = "to_frame(), to_dict(), plot()"


@dataclass(frozen=True)
class Overview:
    """A small table of the numbers that a person looks for first.

    Parameters
    ----------
    title : str
    columns : sequence of str
        Heads; empty where there is no table.
    rows : sequence of sequence
        Cells, as many as heads.

    Examples
    --------
    >>> print(Overview("12 rows", ("metric", "value"), [("accuracy", "0.91")]).to_text())
    12 rows
    metric    value
    accuracy  0.91
    """

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()

    def to_text(self) -> str:
        """Return title and table for a terminal: long cells cut, of many rows the first."""
        lines = [fill(visible(self.title), WIDTH)]
        if self.rows:
            shown = [[_cell(cell) for cell in row] for row in self.rows[:MOST_LINES]]
            lines += aligned([[_cell(column) for column in self.columns], *shown])
        if len(self.rows) > MOST_LINES:
            lines.append(f"… and {len(self.rows) - MOST_LINES:,} more")
        return "\n".join(lines)

    def to_html(self) -> str:
        """Return a small escaped table for notebooks; names the ways to get more."""
        head = "".join(f"<th>{escape(str(column))}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return (
            f"<table><caption>{escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table><p>{MORE}</p>"
        )


class HasOverview(ABC):
    """A result that shows its overview, in a terminal and in a notebook.

    A dataclass needs ``repr=False`` for it: else the one that is made for it lists all fields.
    """

    @abstractmethod
    def overview(self) -> Overview:
        """Return the numbers that a person looks for first."""

    def __repr__(self) -> str:
        """Return the overview, the worst findings, and the ways to get more."""
        findings: Sequence[Finding] = getattr(self, "findings", ())  # a field, or a property
        return "\n".join([self.overview().to_text(), *_told(findings), MORE])

    def _repr_html_(self) -> str:
        return self.overview().to_html()


def with_interval(estimate: Estimate) -> str:
    """Return a number with its interval, short.

    Examples
    --------
    >>> with_interval(Estimate(value=0.5, low=0.4, high=0.6, n=100))
    '0.5 (0.4 to 0.6)'
    >>> with_interval(Estimate.undefined("no row"))
    'undefined: no row'
    """
    if estimate.value is None:
        return f"undefined: {estimate.reason}"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.4g}"
    return f"{estimate.value:.4g} ({estimate.low:.4g} to {estimate.high:.4g})"


def _told(findings: Sequence[Finding]) -> list[str]:
    told = [
        fill(f"{each.severity}: {visible(each.message)}", WIDTH, subsequent_indent="  ")
        for each in findings[:MOST_FINDINGS]
    ]
    left = len(findings) - MOST_FINDINGS
    return [*told, f"… and {left} more findings"] if left > 0 else told


def _cell(cell: object) -> str:
    text = visible(str(cell))
    return text if len(text) <= WIDEST_CELL else f"{text[: WIDEST_CELL - 1]}…"
