"""A comparison of two versions in; its part of the bias page out."""

from collections.abc import Mapping, Sequence

from assay.bias.changes import BiasChange, MeasureChange
from assay.charts.bias_change import MAX_ROWS, is_drawn
from assay.jobs.sections.bias.tables import MAX_GROUPS, interval_text
from assay.reports.format import estimate_text
from assay.reports.page import Block, Figure, Heading, Paragraph, Table


def change_blocks(change: BiasChange) -> list[Block]:
    """Return what changed between two versions: a sentence first, then table and chart.

    Parameters
    ----------
    change : BiasChange
    """
    first, second = change.names
    blocks: list[Block] = [Heading(f"What changed from {first} to {second}")]
    shown = [finding.message for finding in change.findings]
    none = f"No change from {first} to {second} is shown to be beyond what is tolerated."
    blocks += [Paragraph(text) for text in shown or [none]]
    blocks += [Paragraph(note, tone="note") for note in change.notes]
    blocks += _groups(change)
    ordered = sorted(change.changes, key=_size)
    if ordered:
        blocks.append(_table(change, ordered[:MAX_GROUPS], "The largest changes"))
        rest = ordered[MAX_GROUPS:]
        if rest:
            blocks.append(_table(change, rest, f"The smaller changes: {len(rest)}", folded=True))
        blocks += _figure(change)
    return blocks


def _size(each: MeasureChange) -> tuple[bool, bool, float]:
    """Return what sorts changes: shown ones first, then the largest."""
    value = each.change.value
    if value is None:
        return True, True, 0.0
    apart = abs(value - 1.0) if each.kind == "ratio" else abs(value)
    return not each.is_shown, each.change.too_few, -apart


def _table(
    change: BiasChange, shown: Sequence[MeasureChange], caption: str, *, folded: bool = False
) -> Table:
    first, second = change.names
    heads = ("group", "metric", first, second, "change", "for all together", "tolerated")
    rows = tuple(
        (
            f"{each.facet}: {each.group}",
            each.acronym or each.title,
            each.before,
            each.after,
            each.change,
            "" if each.simultaneous is None else interval_text(each.simultaneous),
            "" if each.tolerated is None else interval_text(each.tolerated),
        )
        for each in shown
    )
    note = "Changes of ratios are ratios: later over earlier; all others later minus earlier."
    return Table(caption, heads, rows, folded=folded, note=note, bars=False)


def _groups(change: BiasChange) -> list[Paragraph]:
    found = []
    for name, only in zip(change.names, (change.only_before, change.only_after), strict=True):
        if only:
            found.append(Paragraph(f"Only {name} has {_listed(only)}.", tone="note"))
    return found


def _listed(only: Mapping[str, Sequence[str]]) -> str:
    most = 10
    parts = []
    for facet, groups in only.items():
        more = f" and {len(groups) - most} more" if len(groups) > most else ""
        parts.append(f"{facet}: {', '.join(groups[:most])}{more}")
    return "; ".join(parts)


def _figure(change: BiasChange) -> list[Figure]:
    """Return the chart of differences; nothing where none can be drawn."""
    frame = change.to_frame()
    rows = [
        each for each, row in zip(change.changes, frame.to_dicts(), strict=True) if is_drawn(row)
    ]
    if not rows:
        return []
    largest = min(rows, key=lambda each: (each.change.too_few, -abs(each.change.value or 0.0)))
    shown = sum(each.is_shown for each in rows)
    first, second = change.names
    drawn = sorted(rows, key=_size)[:MAX_ROWS]
    return [
        Figure(
            title=f"Changes of differences from {first} to {second}",
            alternative=(
                f"{len(rows)} changes with their intervals: {shown} "
                f"{'lies' if shown == 1 else 'lie'} wholly beyond what is tolerated. The largest "
                f"is that of {largest.acronym or largest.title} for {largest.group}: "
                f"{estimate_text(largest.change)}."
            ),
            chart=change.plot(),
            table=Table(
                "Changes of differences",
                ("group", "metric", "change"),
                tuple((each.group, each.acronym or each.title, each.change) for each in drawn),
                folded=True,
            ),
            caption="Thick: the interval of this change. Thin: the one that holds for all changes "
            "together.",
        )
    ]
