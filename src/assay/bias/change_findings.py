"""Changes of differences in; one finding for each facet whose bias changed out."""

from collections.abc import Sequence
from math import isfinite, log

from assay.bias.catalogue import find_bias_metric
from assay.bias.changes import MeasureChange
from assay.bias.reading import is_of_shares, plain_number, points
from assay.result import Finding, Json, worst_first

HEADS = ("DPL", "DPPL", "RD", "SD")


def change_findings(
    changes: Sequence[MeasureChange], *, names: tuple[str, str]
) -> tuple[Finding, ...]:
    """Return a finding for each facet in which a change is shown beyond what is tolerated.

    Parameters
    ----------
    changes : sequence of MeasureChange
    names : (str, str)
        The earlier and the later version in words.

    Returns
    -------
    tuple of Finding
        A warning where a difference grew, else a note; worst first.
    """
    by_facet: dict[str, list[MeasureChange]] = {}
    for each in changes:
        if each.is_shown:
            by_facet.setdefault(each.facet, []).append(each)
    found = [_finding(sorted(each, key=_place), names) for each in by_facet.values()]
    return worst_first(found)


def _place(each: MeasureChange) -> tuple[bool, int, float]:
    """Return what sorts changes: what grew first, what is read first, the largest first."""
    head = HEADS.index(each.acronym) if each.acronym in HEADS else len(HEADS)
    value = each.change.value or 0.0
    return not each.grew, head, -abs(log(value) if each.kind == "ratio" and value > 0 else value)


def _finding(several: Sequence[MeasureChange], names: tuple[str, str]) -> Finding:
    head = several[0]
    assert head.simultaneous is not None
    low, high = head.simultaneous
    name = head.acronym or head.title
    grew = "grew" if head.grew else "shrank"
    others = len(several) - 1
    more = f" {others} other {'number' if others == 1 else 'numbers'} of {head.facet} changed too."
    evidence: dict[str, Json] = {
        "earlier": head.before.value,
        "later": head.after.value,
        "change": head.change.value,
        "low": head.change.low,
        "high": head.change.high,
        "simultaneous_low": low if isfinite(low) else None,
        "simultaneous_high": high if isfinite(high) else None,
        "tolerated": None if head.tolerated is None else list(head.tolerated),
        "rows_earlier": head.before.n,
        "rows_later": head.after.n,
    }
    if others:
        evidence["also"] = {_told(each): each.change.value for each in several[1:]}
    return Finding(
        rule="bias_changed",
        severity="warning" if head.grew else "info",
        message=(
            f"The difference of {head.group} ({head.facet}) {grew} from {names[0]} to "
            f"{names[1]}: {name} went from {plain_number(head.before.value or 0.0)} to "
            f"{plain_number(head.after.value or 0.0)}, a change {_by(head)}."
            f"{more if others else ''}"
        ),
        where={"facet": head.facet, "group": head.group, "metric": head.metric},
        evidence=evidence,
        cause="Rows or labels of this group were left out, filled in or changed in another way "
        "than those of the others; or those who are recorded have changed.",
        advice="Look at the steps between the two versions one by one, and measure after each; "
        "compare the rows of each group in both.",
    )


def _by(head: MeasureChange) -> str:
    """Return how large a change is, with the interval that shows it."""
    assert head.simultaneous is not None
    low, high = head.simultaneous
    value = head.change.value or 0.0
    if head.kind == "ratio":
        return f"to {plain_number(value)} times ({plain_number(low)} to {plain_number(high)})"
    if is_of_shares(find_bias_metric(head.metric)):
        near, far = sorted((abs(low), abs(high)))
        return f"of {points(value)} ({points(near).split()[0]} to {points(far)})"
    return f"of {plain_number(value)} ({plain_number(low)} to {plain_number(high)})"


def _told(each: MeasureChange) -> str:
    return f"{each.group}: {each.acronym or each.metric}"
