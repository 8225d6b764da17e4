"""A comparison of two versions in; its part of the bias page out."""

from collections.abc import Mapping, Sequence

from assay.bias.changes import BiasChange, MeasureChange
from assay.charts.bias_change import is_drawn, plot_bias_change
from assay.jobs.sections.bias.tables import MAX_GROUPS, TWO, USUAL, interval_text
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
    usual = sorted(_usual(change), key=_size)
    if usual:
        blocks.append(_table(change, usual[:MAX_GROUPS], "The largest changes"))
    left = {id(each) for each in usual[:MAX_GROUPS]}
    rest = [each for each in sorted(change.changes, key=_size) if id(each) not in left]
    if rest:
        caption = f"All other changes, of seldom needed metrics too: {len(rest)}"
        blocks.append(_table(change, rest, caption, folded=True))
    return [*blocks, *_figure(change, usual)]


def _usual(change: BiasChange) -> list[MeasureChange]:
    """Return the changes of the usual metrics, of two groups that mirror each other one."""
    groups: dict[str, list[str]] = {}
    for each in change.changes:
        if each.group not in groups.setdefault(each.facet, []):
            groups[each.facet].append(each.group)
    return [
        each
        for each in change.changes
        if each.metric in USUAL
        and not (len(groups[each.facet]) == TWO and each.group != groups[each.facet][0])
    ]


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
    heads = ("facet", "group", "metric", first, second, "change", "for all together", "tolerated")
    rows = tuple(
        (
            each.facet,
            each.group,
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


def _figure(change: BiasChange, usual: Sequence[MeasureChange]) -> list[Figure]:
    """Return the chart of the largest differences; nothing where none can be drawn."""
    frame = change.to_frame()
    place = {id(each): at for at, each in enumerate(change.changes)}
    told = frame.to_dicts()
    drawn = [each for each in usual if is_drawn(told[place[id(each)]])][:MAX_GROUPS]
    if not drawn:
        return []
    largest = min(drawn, key=lambda each: (each.change.too_few, -abs(each.change.value or 0.0)))
    shown = sum(each.is_shown for each in drawn)
    first, second = change.names
    return [
        Figure(
            title=f"Changes of differences from {first} to {second}",
            alternative=(
                f"{len(drawn)} changes with their intervals: {shown} "
                f"{'lies' if shown == 1 else 'lie'} wholly beyond what is tolerated. The largest "
                f"is that of {largest.acronym or largest.title} for {largest.group}: "
                f"{estimate_text(largest.change)}."
            ),
            chart=plot_bias_change(frame[[place[id(each)] for each in drawn]]),
            table=Table(
                "Changes of differences",
                ("facet", "group", "metric", "change"),
                tuple(
                    (each.facet, each.group, each.acronym or each.title, each.change)
                    for each in drawn
                ),
                folded=True,
            ),
            caption="Thick: the interval of this change. Thin: the one that holds for all changes "
            "together.",
        )
    ]
