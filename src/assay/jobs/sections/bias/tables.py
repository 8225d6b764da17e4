"""A facet in; its tables for the page out, each number as results.json has it."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from typing import TypeVar

from assay.bias.reading import group_words
from assay.bias.result import BiasMeasure, FacetResult, GroupRow
from assay.jobs.sections.bias.words import metric_help
from assay.reports.format import number, words
from assay.reports.page import Cell, Table
from assay.stats.interval import Interval

MAX_GROUPS = 20
MANY_GROUPS = 3
MAX_NUMBERS = 4
"""Numbers with intervals that stand beside each other on a page of paper."""
TWO = 2
OF_GROUPS = ("DPL", "DPPL", "DI", "RD", "SD")
USUAL = frozenset(
    {
        "accuracy_difference",
        "auc_difference",
        "calibration_gap",
        "conditional_demographic_disparity_in_labels",
        "conditional_demographic_disparity_in_predicted_labels",
        "difference_in_acceptance_rates",
        "difference_in_positive_proportions_in_labels",
        "difference_in_positive_proportions_in_predicted_labels",
        "disparate_impact",
        "equalized_odds_difference",
        "flip_test",
        "flipped_facet_gap",
        "flipped_facet_number_gap",
        "mae_difference",
        "mean_error_difference",
        "mean_label_difference",
        "mean_prediction_difference",
        "recall_difference",
        "specificity_difference",
        "total_variation_multiclass",
    }
)
INFINITE = {"Infinity": "∞", "-Infinity": "-∞"}
TOO_FEW = "too few rows"
Row = TypeVar("Row")


def group_tables(facet: FacetResult) -> list[Table]:
    """Return what is known of each group by itself; beyond 20 groups the smaller ones folded."""
    names = list(dict.fromkeys(name for row in facet.groups for name in row.numbers))
    parts = [names[at : at + MAX_NUMBERS] for at in range(0, len(names), MAX_NUMBERS)]
    return [
        table
        for part, some in enumerate(parts)
        for table in _group_tables(
            facet, some, ", continued" * bool(part) + f" ({part})" * (part > 1)
        )
    ]


def _group_tables(facet: FacetResult, names: Sequence[str], more: str) -> list[Table]:
    """Return a few numbers of each group: as many as stand beside each other on a page."""
    heads = ("group", "rows", "share", *map(_head, names))
    rows = sorted(facet.groups, key=lambda row: -row.n)
    note = (
        "Pooled: drawn towards the mean of all groups, the more the fewer rows a group has."
        if any(name.startswith("pooled") for name in names)
        else ""
    )
    made = [
        Table(
            f"Groups of {facet.name}{more}",
            heads,
            tuple(_group_cells(row, names, facet) for row in some),
            note=note,
        )
        for some in _cut(rows)
    ]
    return _first_and_folded(made, f"The smaller groups of {facet.name}{more}")


def metrics_tables(facet: FacetResult, group: str) -> list[Table]:
    """Return every metric of one group against the rest; those that fewer need folded."""
    measures = [each for each in facet.measures if each.group == group]
    usual = [each for each in measures if each.metric in USUAL]
    seldom = [each for each in measures if each.metric not in USUAL]
    who = f"{group_words(facet.name, group, how=facet.how)} against the rest"
    if not usual or not seldom:
        return [measures_table(who, measures)]
    more = measures_table(f"{who}: {len(seldom)} more metrics, which fewer need", seldom)
    return [measures_table(who, usual), replace(more, folded=True)]


def measures_table(caption: str, measures: Sequence[BiasMeasure], *, note: str = "") -> Table:
    """Return metrics as rows: value, interval for all together, tolerated range, in words."""
    heads = ("metric", "value", "for all together", "tolerated", "in words")
    rows = tuple(
        (
            full_title(each),
            value_cell(each),
            joint_text(each),
            _range(each.tolerated),
            each.reading,
        )
        for each in measures
    )
    return Table(
        caption,
        heads,
        rows,
        help={full_title(each): metric_help(each) for each in measures},
        note=note,
        bars=False,
    )


def all_groups_tables(facet: FacetResult, order: Sequence[str]) -> list[Table]:
    """Return the main differences of every group; beyond 20 groups the others folded.

    Parameters
    ----------
    facet : FacetResult
    order : sequence of str
        Groups, the largest disparity first.
    """
    known = {(each.group, each.acronym): each for each in facet.measures}
    shown = [name for name in OF_GROUPS if any((group, name) in known for group in order)]
    if not shown or len(order) < MANY_GROUPS:
        return []
    rows = {row.group: row.n for row in facet.groups}
    made = [
        Table(
            f"Each group of {facet.name} against the rest, the largest difference first",
            ("group", "rows", *shown),
            tuple(
                (
                    _marked(group, facet),
                    rows[group],
                    *(_cell(known, group, name) for name in shown),
                )
                for group in some
            ),
            bars=False,
        )
        for some in _cut(order)
    ]
    return _first_and_folded(made, f"The smaller differences by {facet.name}")


def worst_pairs_table(facet: FacetResult) -> list[Table]:
    """Return for each metric the two groups that are furthest apart."""
    rows = tuple(
        (full_title(each), each.group, each.versus, value_cell(each), each.reading)
        for each in facet.worst_pairs
    )
    if not rows:
        return []
    return [
        Table(
            f"The two groups of {facet.name} that are furthest apart",
            ("metric", "group", "against", "value", "in words"),
            rows,
            folded=True,
            note="Picked for being furthest apart, which the interval allows for; never a finding "
            "by itself.",
            bars=False,
        )
    ]


def associations_table(facet: FacetResult) -> list[Table]:
    """Return how closely the facet as a whole goes with label and prediction."""
    if not facet.associations:
        return []
    rows = tuple(
        (full_title(each), value_cell(each), _p(each), each.reading) for each in facet.associations
    )
    return [
        Table(
            f"How closely {facet.name} goes with the answers",
            ("measure", "value", "p-value", "in words"),
            rows,
            folded=True,
            bars=False,
        )
    ]


def full_title(measure: BiasMeasure) -> str:
    """Return a metric's title behind its acronym."""
    return f"{measure.acronym}: {measure.title}" if measure.acronym else measure.title


def value_cell(measure: BiasMeasure) -> Cell:
    """Return a value with its interval; infinite as ∞."""
    return measure.estimate if measure.limit is None else INFINITE[measure.limit]


def joint_text(measure: BiasMeasure) -> str:
    """Return the simultaneous interval, or for a distance its p-value."""
    parts = [] if measure.simultaneous is None else [interval_text(measure.simultaneous)]
    return ", ".join([*parts, *([f"p {_p(measure)}"] if measure.p_value is not None else [])])


def interval_text(interval: Interval | tuple[float, float]) -> str:
    """Return two ends as text; infinite ones as ∞.

    Examples
    --------
    >>> interval_text((-0.1234, float("inf")))
    '-0.123 to ∞'
    """
    return " to ".join(number(round(end, 3)) if isfinite(end) else number(end) for end in interval)


def _p(measure: BiasMeasure) -> str:
    least = 1e-4
    if measure.p_value is None:
        return ""
    return "< 0.0001" if measure.p_value < least else f"{measure.p_value:.3g}"


def _range(tolerated: tuple[float, float] | None) -> str:
    return "" if tolerated is None else interval_text(tolerated)


def _cell(known: dict[tuple[str, str], BiasMeasure], group: str, name: str) -> Cell:
    return value_cell(known[group, name]) if (group, name) in known else None


def _group_cells(row: GroupRow, names: Sequence[str], facet: FacetResult) -> tuple[Cell, ...]:
    return (
        _marked(row.group, facet),
        row.n,
        f"{row.share:.1%}",
        *(row.numbers.get(name) for name in names),
    )


def _marked(group: str, facet: FacetResult) -> str:
    return f"{group} ({TOO_FEW})" if group in facet.too_small else group


def _head(name: str) -> str:
    if name.startswith("pooled_"):
        return f"{words(name.removeprefix('pooled_'))}, pooled"
    return words(name)


def _cut(rows: Sequence[Row]) -> list[Sequence[Row]]:
    return [rows[:MAX_GROUPS], rows[MAX_GROUPS:]] if len(rows) > MAX_GROUPS else [rows]


def _first_and_folded(made: list[Table], caption: str) -> list[Table]:
    """Return the first table open and the second, if there is one, closed."""
    return [
        made[0],
        *(replace(each, caption=f"{caption}: {len(each.rows)}", folded=True) for each in made[1:]),
    ]
