"""Report content in, one self-contained HTML page out: no script, no network, opens anywhere."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assay.charts.theme import ROLES
from assay.plain_text.hidden import visible, visible_lines
from assay.reports.cells import TableView, view_table
from assay.reports.format import plain, shortened, words
from assay.reports.page import (
    Block,
    Figure,
    Fragment,
    Heading,
    Page,
    Paragraph,
    ReportContent,
    Table,
)
from assay.reports.svg import chart_svg

VERDICT_WORDS = {"good": "Good", "caution": "Caution", "bad": "Not good", "unknown": "No verdict"}
LONGEST_REASON = 200
REGION = re.compile(r'role="region" aria-label="([^"]*)"')
SEVERITY_WORDS = {"error": "Error", "warning": "Warning", "info": "Note"}


@dataclass(frozen=True)
class FigureView:
    """A figure as the template shows it.

    `svg` is markup, all else is text; it is "" where the chart could not be drawn, and `failure`
    says why.
    """

    key: str
    title: str
    svg: str
    failure: str
    alternative: str
    caption: str
    table: TableView


@dataclass(frozen=True)
class Item:
    """A block or a run of figures, and the level that headings have there."""

    kind: str
    value: object
    level: int


def render_report(content: ReportContent) -> str:
    """Turn a report's content into one HTML file.

    Everything from outside (names, labels, texts) is escaped, and hidden characters are shown.
    Charts are drawn here, offline, as SVG whose colours follow the page's light or dark theme.

    Parameters
    ----------
    content : ReportContent

    Returns
    -------
    str
        A whole document without script and without any address to be loaded.

    Examples
    --------
    >>> from assay.reports.page import Verdict
    >>> verdict = Verdict("good", "Better than the constant answer.")
    >>> page = render_report(ReportContent("Census", "", verdict, (), (), (), (), ""))
    >>> page.startswith("<!doctype html>"), "No findings" in page
    (True, True)
    """
    numbers = count(1)
    return _told_apart(
        _environment()
        .get_template("report.html")
        .render(
            content=content,
            pages=[(page, _items(page, numbers)) for page in content.pages],
            provenance=[view_table(table) for table in content.provenance],
            verdict_word=VERDICT_WORDS[content.verdict.level],
            severities=SEVERITY_WORDS,
            counts=_counts(content),
            roles=ROLES,
        )
    )


def _told_apart(html: str) -> str:
    """Give tables of one caption a number: who reads by ear chooses by the name."""
    seen: Counter[str] = Counter()

    def named(found: re.Match[str]) -> str:
        seen[found[1]] += 1
        more = f" ({seen[found[1]]})" if seen[found[1]] > 1 else ""
        return f'role="region" aria-label="{found[1]}{more}"'

    return REGION.sub(named, html)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assay.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        visible=visible,
        visible_lines=visible_lines,
        plain=plain,
        words=words,
        shortened=shortened,
    )
    return environment


def _items(page: Page, numbers: "count[int]") -> list[Item]:
    items: list[Item] = []
    below_heading = False
    for is_figure, run in groupby(page.blocks, key=lambda block: isinstance(block, Figure)):
        if is_figure:
            figures = [_view_figure(f, numbers) for f in run if isinstance(f, Figure)]
            items.append(Item("figures", figures, 4 if below_heading else 3))
            continue
        for block in run:
            below_heading = below_heading or isinstance(block, Heading)
            items.append(_item(block))
    return items


def _item(block: Block) -> Item:
    if isinstance(block, Table):
        return Item("table", view_table(block), 3)
    if isinstance(block, Paragraph):
        return Item("paragraph", block, 3)
    if isinstance(block, Fragment):
        return Item("fragment", (visible(block.title), Markup(block.html)), 3)
    return Item("heading", block, 3)


def _view_figure(figure: Figure, numbers: "count[int]") -> FigureView:
    key = f"figure-{next(numbers)}"
    svg, failure = "", ""
    try:
        svg = chart_svg(figure.chart, title=figure.title, description=figure.alternative, key=key)
    except Exception as error:  # noqa: BLE001 - one bad chart must not lose the report
        why = " ".join(str(error).split()) or type(error).__name__
        failure = f"This chart could not be drawn. {why[:LONGEST_REASON]}"
    return FigureView(
        key=key,
        title=visible(figure.title),
        svg=svg,
        failure=visible(failure),
        alternative=visible(figure.alternative),
        caption=visible(figure.caption),
        table=view_table(figure.table),
    )


def _counts(content: ReportContent) -> str:
    parts: Sequence[tuple[str, str, str]] = (
        ("error", "error", "errors"),
        ("warning", "warning", "warnings"),
        ("info", "note", "notes"),
    )
    found = []
    for severity, one, many in parts:
        n = sum(finding.severity == severity for finding in content.findings)
        if n:
            found.append(f"{n} {one if n == 1 else many}")
    return ", ".join(found)
