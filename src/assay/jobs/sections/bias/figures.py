"""A facet in; its figures with their words and their tables out."""

from collections.abc import Sequence

from assay.bias.catalogue import find_bias_metric
from assay.bias.disparities import Groups
from assay.bias.reading import group_words, is_of_shares
from assay.bias.result import BiasMeasure, BiasResult, FacetResult
from assay.charts.disparities import plot_disparities
from assay.charts.group_rates import plot_group_rates
from assay.charts.intersection_heat_map import plot_intersection_heat_map
from assay.charts.label_shares import plot_label_shares
from assay.jobs.sections.bias.tables import MAX_GROUPS, full_title, joint_text, value_cell
from assay.reports.format import estimate_text, words
from assay.reports.page import Figure, Table
from assay.tables.bias_points import GroupRatePoint, HeatMapCell, LabelSharesOfGroup

RATES = ("base_rate", "selection_rate")
OF_GROUPS = ("DPPL", "RD", "DPL")
JOINT = " × "
TWO = 2


def facet_figures(result: BiasResult, facet: FacetResult, groups: Groups) -> list[Figure]:
    """Return the figures of one facet, in reading order."""
    order = by_size(facet)
    figures = _disparities(result, facet, groups, order)
    kept = [group for group in order if group in order[:MAX_GROUPS]] or _groups(facet)
    return [
        *figures,
        *_heat_map(facet),
        *_rates(facet, kept[:MAX_GROUPS]),
        *_label_shares(facet, kept[:MAX_GROUPS]),
    ]


def by_size(facet: FacetResult) -> list[str]:
    """Return the reported groups, the largest difference first; too small ones last."""
    head = next((name for name in ("DPPL", "DPL") if _of_metric(facet, name)), None)
    reported = list(dict.fromkeys(each.group for each in facet.measures))
    if head is None:
        return reported
    size = {
        each.group: abs(each.estimate.value)
        for each in _of_metric(facet, head)
        if each.estimate.value is not None
    }
    return sorted(reported, key=lambda group: (group in facet.too_small, -size.get(group, -1.0)))


def _groups(facet: FacetResult) -> list[str]:
    return [row.group for row in sorted(facet.groups, key=lambda row: -row.n)]


def _of_metric(facet: FacetResult, acronym: str) -> list[BiasMeasure]:
    return [each for each in facet.measures if each.acronym == acronym]


def _disparities(
    result: BiasResult, facet: FacetResult, groups: Groups, order: Sequence[str]
) -> list[Figure]:
    """Return metrics of one group, or where there are several one metric of all groups."""
    if len(facet.groups) == TWO or len(order) == 1:
        group = next(iter(groups.shown), order[0]) if order else ""
        return _of_one_group(result, facet, group)
    figures: list[Figure] = []
    for acronym in OF_GROUPS:
        if acronym == "DPL" and figures:
            break  # the labels are drawn below
        figures += _of_all_groups(result, facet, acronym, order)
    return figures


def _of_one_group(result: BiasResult, facet: FacetResult, group: str) -> list[Figure]:
    shares = [
        each
        for each in facet.measures
        if each.group == group and _drawn(each) and is_of_shares(find_bias_metric(each.metric))
    ]
    if not shares:
        return []
    who = group_words(facet.name, group, how=facet.how)
    return [_figure(result, facet, shares, f"{who} against the rest", "metric")]


def _of_all_groups(
    result: BiasResult, facet: FacetResult, acronym: str, order: Sequence[str]
) -> list[Figure]:
    known = {each.group: each for each in _of_metric(facet, acronym) if _drawn(each)}
    several = [known[group] for group in order if group in known]
    if not several:
        return []
    largest = sorted(several, key=_by_trust_and_size)[:MAX_GROUPS]
    title = full_title(several[0])
    if len(largest) < len(several):
        title = f"{title}, the {MAX_GROUPS} largest of {len(several)}"
    return [_figure(result, facet, largest, title, "group")]


def _drawn(measure: BiasMeasure) -> bool:
    known = measure.estimate.value is not None and measure.tolerated is not None
    return known and measure.parity == 0.0 and measure.p_value is None


def _figure(
    result: BiasResult, facet: FacetResult, drawn: Sequence[BiasMeasure], title: str, by: str
) -> Figure:
    frame = result.to_frame()
    keys = [(each.facet, each.group, each.metric) for each in drawn]
    place = {key: at for at, key in enumerate(keys)}
    rows = [
        (place[key], at)
        for at, key in enumerate(frame.select("facet", "group", "metric").iter_rows())
        if key in place
    ]
    largest = min(drawn, key=_by_trust_and_size)
    beyond = sum(_is_beyond(each) for each in drawn)
    name = largest.group if by == "group" else largest.acronym or largest.title
    return Figure(
        title=title,
        alternative=(
            f"Differences from the rest with their intervals, {len(drawn)} in all: {beyond} "
            f"{'lies' if beyond == 1 else 'lie'} wholly beyond what is tolerated. The largest is "
            f"that of {name}: {estimate_text(largest.estimate)}."
        ),
        chart=plot_disparities(frame[[at for _, at in sorted(rows)]]),
        table=Table(
            f"{title}: what is drawn",
            (by, "difference", "for all together", "rows", "rows of the rest"),
            tuple(
                (
                    each.group if by == "group" else full_title(each),
                    value_cell(each),
                    joint_text(each),
                    each.n_group,
                    each.n_rest,
                )
                for each in drawn
            ),
            folded=True,
        ),
        caption="Thick: the interval of this number. Thin: the one that holds for all numbers of "
        "the report together.",
    )


def _by_trust_and_size(measure: BiasMeasure) -> tuple[bool, float]:
    """Return what sorts differences: the largest first, those on too few rows last."""
    return measure.estimate.too_few, -abs(measure.estimate.value or 0.0)


def _is_beyond(measure: BiasMeasure) -> bool:
    if measure.simultaneous is None or measure.tolerated is None or measure.estimate.too_few:
        return False
    (low, high), (least, most) = measure.simultaneous, measure.tolerated
    return low > most or high < least


def _rates(facet: FacetResult, kept: Sequence[str]) -> list[Figure]:
    rows = {row.group: row for row in facet.groups}
    names = [name for name in RATES if any(name in row.numbers for row in facet.groups)]
    shown = [*kept, *(group for group in rows if group not in kept)][:MAX_GROUPS]
    points = [
        GroupRatePoint(
            group,
            words(name),
            found.value,
            found.low,
            found.high,
            few=found.too_few or group in facet.too_small,
        )
        for group in shown
        for name in names
        if (found := rows[group].numbers.get(name)) is not None
    ]
    known = [each for each in points if each.value is not None]
    if not known:
        return []
    known = [each for each in known if not each.few] or known
    last = [each for each in known if each.rate == known[-1].rate]
    low = min(last, key=lambda each: each.value or 0.0)
    high = max(last, key=lambda each: each.value or 0.0)
    return [
        Figure(
            title="How often each group has the positive outcome, and is predicted it"
            if len(names) > 1
            else f"The {words(names[0])} of each group",
            alternative=(
                f"{' and '.join(map(words, names)).capitalize()} of {len(shown)} groups. The "
                f"{last[0].rate} goes from {low.value:.1%} ({low.group}) to {high.value:.1%} "
                f"({high.group})."
            ),
            chart=plot_group_rates(points),
            table=Table(
                f"Rates by group of {facet.name}",
                ("group", "rows", *map(words, names)),
                tuple(
                    (group, rows[group].n, *(rows[group].numbers.get(name) for name in names))
                    for group in shown
                ),
                folded=True,
            ),
            caption=_cut_note(facet, shown),
        )
    ]


def _label_shares(facet: FacetResult, kept: Sequence[str]) -> list[Figure]:
    shown = [
        *(group for group in kept if group in facet.label_shares),
        *(group for group in facet.label_shares if group not in kept),
    ][:MAX_GROUPS]
    if not shown or not facet.classes:
        return []
    points = [LabelSharesOfGroup(group, tuple(facet.label_shares[group])) for group in shown]
    first = max(
        range(len(facet.classes)),
        key=lambda at: max(p.shares[at] for p in points) - min(p.shares[at] for p in points),
    )
    low = min(points, key=lambda each: each.shares[first])
    high = max(points, key=lambda each: each.shares[first])
    name = facet.classes[first]
    return [
        Figure(
            title="Labels of each group",
            alternative=(
                f"Shares of {len(facet.classes)} classes in {len(points)} groups. They differ "
                f"most for {name}: {low.shares[first]:.1%} of {low.group}, "
                f"{high.shares[first]:.1%} of {high.group}."
            ),
            chart=plot_label_shares(points, facet.classes),
            table=Table(
                f"Labels of each group of {facet.name}",
                ("group", *facet.classes),
                tuple((each.group, *(f"{share:.1%}" for share in each.shares)) for each in points),
                folded=True,
            ),
            caption=_cut_note(facet, shown),
        )
    ]


def _cut_note(facet: FacetResult, shown: Sequence[str]) -> str:
    if len(shown) == len(facet.groups):
        return ""
    return f"{len(shown)} of {len(facet.groups)} groups: those that differ most."


def _heat_map(facet: FacetResult) -> list[Figure]:
    """Return a map of two facets' combinations; nothing for other facets."""
    parts = [row.group.split(JOINT) for row in facet.groups]
    names = facet.name.split(JOINT)
    both = facet.is_intersection and len(names) == TWO
    pairs = [
        (row, part) for row, part in zip(facet.groups, parts, strict=True) if len(part) == TWO
    ]
    rate = next(
        (name for name in reversed(RATES) if any(name in row.numbers for row, _ in pairs)), None
    )
    if not both or rate is None:
        return []
    rows, columns = (list(dict.fromkeys(part[at] for _, part in pairs)) for at in (0, 1))
    turned = len(columns) > len(rows) and len(columns) > MAX_GROUPS // 3
    cells = [
        HeatMapCell(
            row=part[1] if turned else part[0],
            column=part[0] if turned else part[1],
            value=row.numbers[rate].value if rate in row.numbers else None,
            n=row.n,
            few=row.group in facet.too_small,
        )
        for row, part in pairs
    ]
    down, across = (names[1], names[0]) if turned else (names[0], names[1])
    return [
        Figure(
            title=f"{words(rate).capitalize()} of each combination",
            alternative=_in_words(cells, words(rate)),
            chart=plot_intersection_heat_map(cells, rows=down, columns=across),
            table=Table(
                f"{words(rate).capitalize()} of each combination",
                (names[0], names[1], "rows", words(rate)),
                tuple((*part, row.n, row.numbers.get(rate)) for row, part in pairs),
                folded=True,
            ),
            caption="The darker, the higher the rate; n: rows.",
        )
    ]


def _in_words(cells: Sequence[HeatMapCell], rate: str) -> str:
    judged = [each for each in cells if each.value is not None and not each.few]
    few = sum(each.few for each in cells)
    have = "has" if few == 1 else "have"
    small = f" {few} of {len(cells)} combinations {have} too few rows to be judged." if few else ""
    if not judged:
        return f"The {rate} of {len(cells)} combinations.{small}"
    low = min(judged, key=lambda each: each.value or 0.0)
    high = max(judged, key=lambda each: each.value or 0.0)
    return (
        f"The {rate} of {len(cells)} combinations goes from {low.value:.1%} ({low.row}, "
        f"{low.column}) to {high.value:.1%} ({high.row}, {high.column}).{small}"
    )
