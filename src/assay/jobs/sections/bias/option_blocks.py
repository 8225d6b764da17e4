"""What could be done about a difference in; its part of the bias page, marked as options, out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from assay.bias.options.thresholds import PARITIES, ThresholdPoint, ThresholdTradeOff
from assay.jobs.sections.bias.by_facet import ByFacet
from assay.jobs.sections.bias.tables import MAX_GROUPS
from assay.reports.format import estimate_text, number, words
from assay.reports.page import Block, Cell, Figure, Heading, Paragraph, Table

if TYPE_CHECKING:
    import polars as pl

NOT_ADVICE = (
    "What follows shows what could be done and what it would cost. It is not advice to ship: no "
    "number says which of two claims to equal treatment is the just one."
)
APART = frozenset({"change", "attributions"})
TITLES = {"thresholds": "Thresholds by group", "reweighing": "Reweighing the rows"}


@runtime_checkable
class HasFrame(Protocol):
    """What an option must offer to be shown as a table."""

    def to_frame(self) -> "pl.DataFrame":
        """One tidy table."""
        ...


def option_blocks(options: Mapping[str, Any]) -> list[Block]:
    """Return what features matter to whom, then the options under a heading that says so.

    Parameters
    ----------
    options : mapping
        Of a `BiasResult`; the change between versions is laid out elsewhere.
    """
    blocks: list[Block] = []
    if "attributions" in options:
        blocks.append(Heading("Whether the same features matter"))
        for name, each in _by_facet(options["attributions"]):
            blocks += _notes(each)
            blocks += _frame_tables(f"Importance of features by {name}", each)
    asked = {name: each for name, each in options.items() if name not in APART}
    if asked:
        blocks += [Heading("Options, not advice to ship"), Paragraph(NOT_ADVICE, tone="warning")]
    for name, option in asked.items():
        for facet, each in _by_facet(option):
            title = f"{TITLES.get(name, words(name).capitalize())}{f', {facet}' if facet else ''}"
            if isinstance(each, ThresholdTradeOff):
                blocks += _trade_off(title, each)
            else:
                blocks += _notes(each)
                blocks += _frame_tables(title, each)
    return blocks


def _by_facet(option: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - options are of many kinds
    """Yield the parts of an option with the names of their facets; "" where it has one part."""
    if isinstance(option, ByFacet):
        yield from option.facets.items()
    elif isinstance(parts := getattr(option, "facets", None), tuple):
        for each in parts:
            yield str(getattr(each, "facet", "")), each
    else:
        yield str(getattr(option, "facet", "")), option


def _trade_off(title: str, found: ThresholdTradeOff) -> list[Block]:
    """Return the curve of accuracy against the gap, with the thresholds behind each point."""
    told = [("by group", each) for each in found.points]
    told.append(("one for all, the best", found.single))
    if found.in_use is not None:
        told.append(("in use", found.in_use))
    heads = ("thresholds", "largest gap", "accuracy", *found.groups)
    rows = tuple((name, each.gap, each.accuracy, *_cuts(each)) for name, each in told)
    table = Table(f"{title}: each point of the curve", heads, rows, folded=True, bars=False)
    notes = [Paragraph(note, tone="note") for note in found.notes]
    if not any(each.gap.value is not None for _, each in told):
        return [*notes, table]
    figure = Figure(
        title=title,
        alternative=_in_words(found),
        chart=found.plot(),
        table=table,
        caption=f"Gap: the largest difference between two groups in {PARITIES[found.parity]}.",
    )
    return [*notes, figure]


def _cuts(point: ThresholdPoint) -> list[Cell]:
    return ["nobody" if cut is None else number(cut) for cut in point.thresholds]


def _in_words(found: ThresholdTradeOff) -> str:
    known = [each for each in found.points if each.gap.value is not None]
    now = found.in_use or found.single
    said = (
        f"With one threshold for all the gap is {estimate_text(now.gap)} and the accuracy "
        f"{estimate_text(now.accuracy)}."
    )
    if not known:
        return said
    least = min(known, key=lambda each: each.gap.value or 0.0)
    return (
        f"{said} With thresholds by group the smallest gap that was found is "
        f"{estimate_text(least.gap)}, at an accuracy of {estimate_text(least.accuracy)}."
    )


def _notes(option: object) -> list[Paragraph]:
    notes: Sequence[str] = getattr(option, "notes", ())
    return [Paragraph(str(note), tone="note") for note in notes]


def _frame_tables(caption: str, option: object) -> list[Table]:
    """Return an option's tidy table, the rows beyond the first 20 folded."""
    if not isinstance(option, HasFrame):
        return []
    frame = option.to_frame()
    frame = frame.select([name for name in frame.columns if frame[name].null_count() < len(frame)])
    table = Table(caption, tuple(map(words, frame.columns)), tuple(frame.rows()), bars=False)
    if len(table.rows) <= MAX_GROUPS:
        return [table]
    rest = table.rows[MAX_GROUPS:]
    return [
        replace(table, rows=table.rows[:MAX_GROUPS]),
        replace(table, rows=rest, caption=f"{caption}: {len(rest)} more rows", folded=True),
    ]
