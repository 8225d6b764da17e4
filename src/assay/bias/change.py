"""The numbers of two versions of a data set in; how each changed, and what is shown of it, out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, inf, isfinite, log

from assay.bias.change_findings import change_findings
from assay.bias.changes import BiasChange, MeasureChange
from assay.bias.measurement import Measurement
from assay.bias.measuring import Measured
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum

METHOD = "MOVER"
SAME_ROWS = (
    "Both versions hold the same rows. Their numbers go up and down together, and the intervals "
    "of the changes treat them as if they did not: they are wider than they need be, so a change "
    "that is shown is there, and one that is not shown may be."
)
OTHER_REST = (
    "The versions do not have the same groups of {facets}, so the rest that a group is compared "
    "with is not the same either."
)
Key = tuple[str, str, str, str]


def bias_change(
    before: Sequence[Measured],
    after: Sequence[Measured],
    *,
    names: tuple[str, str] = ("before", "after"),
    same_rows: bool = False,
    tolerated: Mapping[str, tuple[float, float]] | None = None,
    level: float = 0.95,
) -> BiasChange:
    """Compare the same metrics of the same groups in two versions of a data set.

    The interval of a change is made from those of the two values by the method of variance
    estimates recovery, as of independent samples; of ratios on the logarithm. Simultaneous
    intervals are Šidák's over all changes that can make a finding.

    Parameters
    ----------
    before, after : sequence of Measured
        What `measure_facet` returns for the earlier and the later version.
    names : (str, str)
        The versions in words.
    same_rows : bool
        Whether both hold the same rows, so that the intervals are conservative, which is said.
    tolerated : mapping or None
        Metric name → changes that make no finding: for differences around 0, for ratios
        around 1. None for as much as the metric itself tolerates.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    BiasChange
        A number that only one version has, or that is undefined or infinite in one, has no
        change but a reason.

    References
    ----------
    Zou and Donner 2008, Statistics in Medicine 27:1693, doi:10.1002/sim.3095;
    Šidák 1967, Journal of the American Statistical Association 62:626.

    Examples
    --------
    >>> bias_change([], []).changes
    ()
    """
    earlier, later = _by_key(before), _by_key(after)
    both = [key for key in later if key in earlier]
    pairs = [(earlier[key], later[key]) for key in both]
    ranges = [_tolerated(after, tolerated or {}) for _, after in pairs]
    judged = [
        allowed is not None and _reason(one.found, two.found, one.metric.parity) is None
        for (one, two), allowed in zip(pairs, ranges, strict=True)
    ]
    numbers = sum(judged)
    joint = level ** (1 / max(numbers, 1))
    changes = tuple(
        _change(one, two, allowed, level=level, joint=joint if is_judged else None)
        for (one, two), allowed, is_judged in zip(pairs, ranges, judged, strict=True)
    )
    gone, new = _only(earlier, later), _only(later, earlier)
    return BiasChange(
        names=names,
        same_rows=same_rows,
        changes=changes,
        only_before=gone,
        only_after=new,
        findings=change_findings(changes, names=names),
        notes=_notes(gone, new, same_rows=same_rows),
        family={"numbers": numbers, "level_of_each": joint, "method": "Šidák"},
        level=level,
    )


def _by_key(several: Sequence[Measured]) -> dict[Key, Measured]:
    return {(e.facet, e.group, e.versus, e.metric.name): e for e in several}


def _only(
    one: Mapping[Key, Measured], other: Mapping[Key, Measured]
) -> dict[str, tuple[str, ...]]:
    """Return the groups that only one version has, by facet."""
    there = {key[:2] for key in other}
    found: dict[str, list[str]] = {}
    for facet, group in dict.fromkeys(key[:2] for key in one if key[:2] not in there):
        found.setdefault(facet, []).append(group)
    return {facet: tuple(groups) for facet, groups in found.items()}


def _notes(
    gone: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]], *, same_rows: bool
) -> tuple[str, ...]:
    facets = ", ".join(dict.fromkeys([*gone, *new]))
    notes = [OTHER_REST.format(facets=facets)] if facets else []
    return (*notes, SAME_ROWS) if same_rows else tuple(notes)


def _tolerated(
    measured: Measured, told: Mapping[str, tuple[float, float]]
) -> tuple[float, float] | None:
    """Return the changes that make no finding; None for distances and metrics without a range."""
    metric = measured.metric
    if metric.is_distance:
        return None  # never negative, so the chance part of both does not cancel
    if metric.name in told:
        return told[metric.name]
    allowed = measured.found.tolerated or metric.tolerated
    if allowed is None or metric.parity == 1.0:
        return allowed
    low, high = allowed
    return low - metric.parity, high - metric.parity


def _change(
    one: Measured,
    two: Measured,
    allowed: tuple[float, float] | None,
    *,
    level: float,
    joint: float | None,
) -> MeasureChange:
    metric = two.metric
    is_ratio = metric.parity == 1.0
    before, after = one.found.estimate(level), two.found.estimate(level)
    return MeasureChange(
        metric=metric.name,
        title=metric.title,
        acronym=metric.acronym,
        stage=metric.stage,
        facet=two.facet,
        group=two.group,
        versus=two.versus,
        kind="ratio" if is_ratio else "difference",
        before=before,
        after=after,
        change=_estimate(one.found, two.found, metric.parity, level),
        simultaneous=None if joint is None else _interval(one.found, two.found, is_ratio, joint),
        tolerated=allowed,
        grew=_grew(before, after, metric.parity),
    )


def _grew(before: Estimate, after: Estimate, parity: float) -> bool | None:
    """Whether the later value is further from parity; of ratios a half is as far as the double."""
    if before.value is None or after.value is None:
        return None
    if parity == 1.0 and before.value > 0 and after.value > 0:
        return abs(log(after.value)) > abs(log(before.value))
    return abs(after.value - parity) > abs(before.value - parity)


def _reason(before: Measurement, after: Measurement, parity: float) -> str | None:
    """Return why there is no change; None where there is one."""
    for found, name in ((before, "earlier"), (after, "later")):
        if found.value is None:
            return f"the {name} value is undefined: {found.reason}"
        if not isfinite(found.value):
            return f"the {name} value is infinite"
        if parity == 1.0 and found.value <= 0:
            return f"the {name} ratio is 0"
    return None


def _estimate(before: Measurement, after: Measurement, parity: float, level: float) -> Estimate:
    n = before.n + after.n
    reason = _reason(before, after, parity)
    warnings = tuple(dict.fromkeys((*before.warnings, *after.warnings)))
    if reason is not None or before.value is None or after.value is None:
        return Estimate.undefined(reason or "", n=n, level=level, warnings=warnings)
    is_ratio = parity == 1.0
    value = after.value / before.value if is_ratio else after.value - before.value
    found = Estimate(
        value=value,
        level=level,
        n=n,
        unit=after.unit,
        method=METHOD,
        conditional_on="the rows' groups and the fitted model",
        warnings=warnings,
    )
    ends = _interval(before, after, is_ratio, level)
    if ends is None:
        return replace(found, method="", reason="one of the two values has no interval")
    low, high = (end if isfinite(end) else None for end in ends)
    side = "upper" if high is None else "lower"
    reason = None if low is not None and high is not None else f"the interval has no {side} end"
    return replace(found, low=low, high=high, reason=reason)


def _interval(
    before: Measurement, after: Measurement, is_ratio: bool, level: float
) -> Interval | None:
    """Return the interval of the later value minus (or over) the earlier one."""
    one, two = before.ends(level), after.ends(level)
    if one is None or two is None or before.value is None or after.value is None:
        return None
    values = [after.value, before.value]
    if not is_ratio:
        return mover_sum(values, [two, one], coefficients=[1.0, -1.0])
    logs = mover_sum([log(v) for v in values], [_logs(two), _logs(one)], coefficients=[1.0, -1.0])
    return Interval(exp(logs.low), inf if logs.high == inf else exp(logs.high))


def _logs(ends: Interval) -> Interval:
    low, high = (log(end) if end > 0 else -inf for end in ends)
    return Interval(low, high)
