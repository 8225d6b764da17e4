"""What a section puts on the report: plain blocks, no HTML and no numbers of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assay.result import Estimate, Finding

Cell = None | bool | int | float | str | Estimate


@dataclass(frozen=True)
class Paragraph:
    """Plain text; `tone` "note" is shown smaller, "warning" is marked."""

    text: str
    tone: Literal["plain", "note", "warning"] = "plain"


@dataclass(frozen=True)
class Table:
    """Rows of cells; an Estimate cell is shown as value, interval and a small interval bar.

    Parameters
    ----------
    caption : str
        Always present; it is what a screen reader announces.
    columns : tuple of str
    rows : tuple of tuple
    help : mapping
        First cell of a row → help text shown behind it.
    folded : bool
        Shown closed, to be opened by the reader.
    note : str
    bars : bool
        False where the numbers have units of their own, so that a common scale says nothing.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    help: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False
    note: str = ""
    bars: bool = True


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart with its text alternative and the table behind it.

    Parameters
    ----------
    title : str
        What the reader should see, as a sentence or a name.
    alternative : str
        The chart in words, with its main numbers.
    chart : altair chart
    table : Table
        The numbers behind the chart.
    caption : str
    """

    title: str
    alternative: str
    chart: Any
    table: Table
    caption: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading inside a section's page."""

    text: str


@dataclass(frozen=True)
class Fragment:
    """HTML that a result made itself: a text with its units marked, a picture with its overlay.

    Parameters
    ----------
    title : str
        What the reader should see; "" where the HTML says it.
    html : str
        Escaped already, without scripts and without addresses to be loaded.
    """

    title: str
    html: str


Block = Paragraph | Table | Figure | Heading | Fragment


@dataclass(frozen=True)
class Page:
    """One section of the report.

    Parameters
    ----------
    name : str
        snake_case; becomes the anchor.
    title : str
    blocks : tuple of Block
    """

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Skipped:
    """A section or part that did not run, why, and what turns it on."""

    title: str
    reason: str
    turn_on: str


@dataclass(frozen=True)
class Verdict:
    """The answer in one line, and the sentences that support it.

    Parameters
    ----------
    level : {"good", "caution", "bad", "unknown"}
    headline : str
    sentences : tuple of str
        Each cites numbers that are in results.json.
    """

    level: Literal["good", "caution", "bad", "unknown"]
    headline: str
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportContent:
    """All that the HTML report shows.

    Parameters
    ----------
    title : str
    subtitle : str
        Data, model and rows in one line.
    verdict : Verdict
    findings : tuple of Finding
        Worst first.
    pages : tuple of Page
    skipped : tuple of Skipped
    provenance : tuple of Table
        Versions, hashes, seed; how the report was made.
    config : str
        The resolved assay.yaml.
    """

    title: str
    subtitle: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    pages: tuple[Page, ...]
    skipped: tuple[Skipped, ...]
    provenance: tuple[Table, ...]
    config: str
