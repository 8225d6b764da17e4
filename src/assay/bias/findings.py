"""Facets with their numbers in; findings with a cause and a next step out, each cause once."""

from collections.abc import Sequence

from assay.bias.disparities import Groups, disparity_findings
from assay.bias.result import FacetResult
from assay.bias.shown import shown_disparities
from assay.result import Finding, Json, worst_first

MANY_MISSING = 0.1


def bias_findings(
    facets: Sequence[FacetResult], *, outcome: str = "", level: float = 0.95
) -> tuple[Finding, ...]:
    """Return what the numbers show; nothing where no difference is beyond what is tolerated.

    A disparity counts only where the interval that holds for all numbers of the report together
    excludes the tolerated range, and never in a group with too few rows. One cause makes one
    finding: the metrics that follow from it, the other side of a facet with two groups, the
    other groups of a facet and the combinations that a facet is part of are folded under it.
    The worst pairs never make one.

    Parameters
    ----------
    facets : sequence of FacetResult
    outcome : str
        The positive outcome in words.
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    tuple of Finding
        Worst first.

    Examples
    --------
    >>> bias_findings([])
    ()
    """
    shown = shown_disparities(facets, level=level)
    found = disparity_findings([Groups.of(facet, shown) for facet in facets], outcome)
    small = _too_small(facets)
    missing = [each for facet in facets if (each := _rows_missing(facet))]
    folded = [each for facet in facets if (each := _values_folded(facet))]
    return worst_first((*found, *small, *missing, *folded))


def _too_small(facets: Sequence[FacetResult]) -> list[Finding]:
    """Say which groups are too small to be judged, all in one."""
    groups: dict[str, Json] = {
        facet.name: list(facet.too_small) for facet in facets if facet.too_small
    }
    if not groups:
        return []
    count = sum(len(facet.too_small) for facet in facets)
    few = [name for facet in facets for name in facet.too_small]
    said = f"The group {few[0]} is" if count == 1 else f"{count} groups are"
    return [
        Finding(
            rule="bias_groups_too_small",
            severity="info",
            message=f"{said} too small to be judged: shown, and never a finding.",
            where={"facets": list(groups)},
            evidence=groups,
            cause="Few rows have these values.",
            advice="Gather more rows of them, or join groups that belong together; no finding "
            "does not mean no difference.",
        )
    ]


def _rows_missing(facet: FacetResult) -> Finding | None:
    """Say that rows were left out for want of a value; a warning above 10 %."""
    missing = facet.rows_missing
    if not missing:
        return None
    rows = missing + sum(each.n for each in facet.groups)
    share = missing / rows
    is_one = missing == 1
    return Finding(
        rule="bias_facet_rows_missing",
        severity="warning" if share > MANY_MISSING else "info",
        message=(
            f"{missing:,} of {rows:,} rows ({share:.1%}) {'has' if is_one else 'have'} no value "
            f"of {facet.name} and {'is' if is_one else 'are'} left out of its numbers."
        ),
        where={"facet": facet.name, "columns": list(facet.columns)},
        evidence={"rows_missing": missing, "rows": rows, "share": share},
        cause="The value was not asked, not given, or lost.",
        advice="Find out who has no value: they may be treated differently too. They can be made "
        "a group of their own in the settings.",
    )


def _values_folded(facet: FacetResult) -> Finding | None:
    """Say that rare values were gathered in one group."""
    if not facet.rows_folded:
        return None
    return Finding(
        rule="facet_values_folded",
        severity="info",
        message=(
            f"Rare values of {facet.name} were gathered in one group, (other): "
            f"{facet.rows_folded:,} {'row' if facet.rows_folded == 1 else 'rows'}."
        ),
        where={"facet": facet.name, "columns": list(facet.columns)},
        evidence={"rows_folded": facet.rows_folded, "groups": len(facet.groups)},
        cause="The facet has more values than can be told apart with these rows.",
        advice="Join values that belong together in a column of its own, and name that as facet.",
    )
