"""One facet with its measurements in; what is reported of it out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assay.bias.four_fifths import FourFifths, four_fifths
from assay.bias.group_estimates import group_estimates
from assay.bias.group_table import group_rates, group_shares, label_shares, rates_of
from assay.bias.measuring import Measured, as_measure
from assay.bias.plan import BiasPlan
from assay.bias.pooled_groups import pooled_group_rates
from assay.bias.reading import group_words, read_value
from assay.bias.resolve_numbers import clarify_interval
from assay.bias.result import BiasMeasure, FacetResult, GroupRow
from assay.bias.simultaneous import JointLevel
from assay.bias.worst_pair import worst_pairs
from assay.result import Estimate

if TYPE_CHECKING:
    from assay.bias.build import MeasuredFacet


def facet_result(each: "MeasuredFacet", plan: BiasPlan, joint: JointLevel) -> FacetResult:
    """Put what was measured of a facet into what is reported.

    Parameters
    ----------
    each : MeasuredFacet
    plan : BiasPlan
    joint : JointLevel
        How wide the intervals that hold together are.

    Returns
    -------
    FacetResult
    """
    facet, cells = each.facet, each.tables.cells
    rows = cells.group_rows
    small = [
        name for name, n in zip(facet.groups, rows, strict=True) if n < plan.settings.min_group
    ]
    measures = tuple(_measure(one, each, plan, joint.level) for one in each.measured)
    return FacetResult(
        name=facet.name,
        columns=facet.columns,
        how=facet.how,
        why=facet.why,
        groups=_groups(each, plan),
        measures=measures,
        worst_pairs=worst_pairs(facet, each.tables, each.measured, settings=plan.settings),
        associations=tuple(_measure(one, each, plan, None) for one in each.associations),
        four_fifths=_verdicts(each.measured, plan.settings.level),
        label_shares=label_shares(each.tables),
        classes=_class_names(each, plan),
        rows_missing=facet.rows_missing,
        rows_folded=facet.rows_folded,
        too_small=tuple(small),
    )


def _measure(
    one: Measured, each: "MeasuredFacet", plan: BiasPlan, level: float | None
) -> BiasMeasure:
    reading = read_value(
        one.metric,
        one.found.value,
        group=group_words(each.facet.name, one.group, how=each.facet.how),
        outcome=plan.outcomes.positive,
        reason=one.found.reason,
    )
    return as_measure(one, settings=plan.settings, simultaneous_level=level, reading=reading)


def _groups(each: "MeasuredFacet", plan: BiasPlan) -> tuple[GroupRow, ...]:
    cells, level = each.tables.cells, plan.settings.level
    shares, rows, rates = group_shares(cells), cells.group_rows, rates_of(cells)
    further = group_estimates(each.tables, level=level)
    pooled: Sequence[Mapping[str, Estimate]] = ({},) * len(each.facet.groups)
    if each.facet.is_intersection:
        pooled = pooled_group_rates(each.facet, cells, level=level)
    return tuple(
        GroupRow(
            group=name,
            n=int(rows[place]),
            share=float(shares[place]),
            numbers={
                **group_rates(cells, place, level=level, rates=rates),
                **further.get(place, {}),
                **pooled[place],
            },
            interval=clarify_interval(each.facet, name),
        )
        for place, name in enumerate(each.facet.groups)
    )


def _class_names(each: "MeasuredFacet", plan: BiasPlan) -> tuple[str, ...]:
    """Return what the classes of the label are called, those that are only predicted last."""
    known = plan.outcomes.class_names
    return (*known, *(str(level) for level in each.tables.cells.classes[len(known) :]))


def _verdicts(measured: Sequence[Measured], level: float) -> tuple[FourFifths, ...]:
    return tuple(
        four_fifths(one.found, group=one.group, level=level)
        for one in measured
        if one.metric.acronym == "DI"
    )
