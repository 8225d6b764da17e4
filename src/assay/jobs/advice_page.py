"""Actions in; their part of the report out."""

from collections.abc import Sequence

from assay.jobs.advice import Action
from assay.reports.format import estimate_text
from assay.reports.page import Block, Cell, Page, Paragraph, Table
from assay.result import Estimate


def advice_pages(actions: Sequence[Action]) -> tuple[Page, ...]:
    """Lay out what is worth doing next; no page where nothing is known.

    Parameters
    ----------
    actions : sequence of Action
        The most worthwhile first.

    Returns
    -------
    tuple of Page
        One or none.
    """
    if not actions:
        return ()
    first = actions[0]
    blocks: list[Block] = [Paragraph(f"{first.title}. {first.why} {first.how}")]
    if len(actions) > 1:
        rows: list[tuple[Cell, ...]] = [
            (each.title, _gain(each), each.metric or "", each.why, each.how) for each in actions
        ]
        heads = ("what", "expected gain", "of", "because", "how")
        note = "The largest expected gain comes first; the last are not put into a number."
        blocks.append(Table("What is worth doing next", heads, tuple(rows), note=note, bars=False))
    return (Page("advice", "What to do next", tuple(blocks)),)


def _gain(action: Action) -> Cell:
    if action.gain is None:
        return "not put into a number"
    return estimate_text(Estimate(value=action.gain, low=action.low, high=action.high))
