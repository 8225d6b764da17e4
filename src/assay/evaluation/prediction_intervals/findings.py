"""Checked intervals and sets in, what a person should know out."""

from assay.evaluation.prediction_intervals.coverage import GroupCoverage
from assay.evaluation.prediction_intervals.result import CheckedCoverage
from assay.result import Finding

FALSE_SHARE = 0.05
"""Of the groups that are named, so many may cover as often as the others."""
EXCESS = 0.01
"""Covering more or less than was promised by less than this is not worth a word."""
FAR = 0.05
"""A group that certainly falls short of the promise by more than this is worth a warning."""
NAMED = 3


def coverage_findings(checked: tuple[CheckedCoverage, ...]) -> tuple[Finding, ...]:
    """Return what each set of intervals does not hold."""
    found: list[Finding] = []
    for each in checked:
        found += [one for one in (_level(each), _uneven(each)) if one is not None]
    return tuple(found)


def _level(checked: CheckedCoverage) -> Finding | None:
    share = checked.coverage
    if share.value is None or share.low is None or share.high is None or share.too_few:
        return None
    told = (
        f"{checked.nominal:.0%} was promised and {share.value:.1%} of {share.n:,} rows are "
        f"covered ({share.low:.1%} to {share.high:.1%})"
    )
    where = {"of": checked.name}
    evidence = {
        "nominal": checked.nominal,
        "coverage": share.value,
        "low": share.low,
        "high": share.high,
    }
    them = "intervals" if checked.kind == "interval" else "sets"
    if share.high < checked.nominal and checked.nominal - share.value >= EXCESS:
        return Finding(
            rule="interval_undercovers",
            severity="warning",
            message=f"The {them} of {checked.name} are too narrow: {told}.",
            where=where,
            evidence=evidence,
            cause=(
                "They were made from rows that the model was fitted on or from few rows, or the "
                "judged rows differ from those they were made from."
            ),
            advice="Conformalise them on validation rows that are like the judged ones.",
        )
    if share.low > checked.nominal and share.value - checked.nominal >= EXCESS:
        return Finding(
            rule="interval_overcovers",
            severity="info",
            message=f"The {them} of {checked.name} are wider than they need to be: {told}.",
            where=where,
            evidence=evidence,
            cause="A cautious method, or rows that are easier than those they were made from.",
            advice="Conformalise them on validation rows to make them narrower.",
        )
    return None


def _uneven(checked: CheckedCoverage) -> Finding | None:
    weak = [
        each
        for each in checked.groups
        if each.p_adjusted is not None and each.p_adjusted <= FALSE_SHARE
    ]
    if not weak:
        return None
    weak.sort(key=lambda each: each.p_value or 0.0)
    far = any((each.coverage.high or 1.0) < checked.nominal - FAR for each in weak)
    named = "; ".join(_told(each) for each in weak[:NAMED])
    more = f"; and {len(weak) - NAMED} more groups" if len(weak) > NAMED else ""
    return Finding(
        rule="coverage_uneven",
        severity="warning" if far else "info",
        message=(
            f"What {checked.name} promises for {checked.nominal:.0%} of the rows does not hold "
            f"evenly: {named}{more}."
        ),
        where={"of": checked.name, "groups": [f"{each.by}: {each.value}" for each in weak]},
        evidence={"groups": len(weak), "tested": len(checked.groups), "nominal": checked.nominal},
        cause="The spread of the target differs between groups, and the widths do not follow it.",
        advice=(
            "Let the width depend on the row: conformalised quantile regression, or a conformal "
            "score by group (Mondrian)."
        ),
    )


def _told(each: GroupCoverage) -> str:
    return f"{each.by} {each.value}: {each.coverage.value or 0.0:.1%} of {each.coverage.n:,} rows"
