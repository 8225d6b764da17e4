"""Looks at the judged rows in; their part of the report out."""

from assay.evaluation.discipline.result import MOST_DRAWN, DisciplineResult
from assay.jobs.sections.discipline.words import opening
from assay.reports.format import estimate_text, number
from assay.reports.page import Block, Figure, Heading, Page, Paragraph, Table

COUNTED = (
    "Looks are counted by the content of the rows, in any order, and models by their file or "
    "their answers, in the ledger of this store ($ASSAY_HOME, else ./.assay). Looks elsewhere, by "
    "assay.evaluate on arrays, or by other programs, are not known."
)


def discipline_page(result: DisciplineResult) -> Page:
    """Lay out the looks in their order and what is left of the number.

    Parameters
    ----------
    result : DisciplineResult

    Returns
    -------
    Page
        All its numbers are in ``result.to_dict()``.
    """
    blocks: list[Block] = [Paragraph(text) for text in opening(result)]
    if len(result.looks) > 1:
        blocks.append(_figure(result) if _drawable(result) else _table(result))
    if result.advice:
        blocks.append(Heading("What to do"))
        blocks += [Paragraph(text) for text in result.advice]
    blocks.append(Paragraph(COUNTED, tone="note"))
    return Page("discipline", "How often these rows were looked at", tuple(blocks))


def _drawable(result: DisciplineResult) -> bool:
    return any(each.value is not None for each in result.looks)


def _figure(result: DisciplineResult) -> Figure:
    first = next(each for each in result.looks if each.value is not None)
    alternative = (
        f"{result.title} at each look, oldest above, from {number(first.value or 0)} at look "
        f"{first.place} to {estimate_text(result.shown) if result.shown else ''} now."
    )
    caption = "Each interval as that look showed it; the last row holds for all models at once."
    if len(result.looks) > MOST_DRAWN:
        caption += f" The newest {MOST_DRAWN} looks are drawn."
    return Figure(
        title="Looks at these rows, oldest first",
        alternative=alternative,
        chart=result.plot(),
        table=_table(result),
        caption=caption,
    )


def _table(result: DisciplineResult) -> Table:
    columns = ("look", "when", "model", "purpose", "run", result.title or "metric", "interval")
    rows = tuple(
        (
            each.place,
            each.when or "now",
            each.model,
            each.purpose,
            each.run,
            "" if each.value is None else number(each.value),
            "" if each.low is None or each.high is None else _ends(each.low, each.high),
        )
        for each in result.looks
    )
    return Table("Looks at these rows", columns, rows, folded=len(rows) > MOST_DRAWN)


def _ends(low: float, high: float) -> str:
    return f"{number(low)} to {number(high)}"
