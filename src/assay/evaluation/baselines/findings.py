"""A ladder in; what a person should know of it, out."""

from collections.abc import Sequence

from assay.evaluation.baselines.result import LadderResult, RungResult
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.spoken import signed, told
from assay.result import Finding, Json

SIMPLE = 2
"""Up to this rung models count as simple: one that is worse is not worth having."""
BAR = 3


def ladder_findings(ladder: LadderResult) -> tuple[Finding, ...]:
    """Return the findings of a ladder.

    ========================  ========  =====================================================
    rule                      severity  when
    ========================  ========  =====================================================
    shuffled_labels_learnt    error     the bar tells shuffled labels' rows apart (99.9 %)
    worse_than_baseline       warning   worse than rung 0, 1 or 2, or than an incumbent
    worse_than_the_bar        info      worse than rung 3, and than no simpler one
    not_better_than_baseline  info      of an incumbent or a rung below 3
    equivalent_to_baseline    info      within the margin of an incumbent or any rung
    nothing_to_learn          info      no model: the best rung is not shown to beat rung 0
    ========================  ========  =====================================================

    A model that is only as good as gradient boosting is a sound model: that is on the page.

    Parameters
    ----------
    ladder : LadderResult

    Returns
    -------
    tuple of Finding
    """
    found = _shuffled(ladder)
    if ladder.candidate is None:
        return (*found, *_nothing_learnt(ladder))
    named = {each.title: each for each in ladder.rungs}
    pairs = [(named[each.baseline], each) for each in ladder.comparisons]
    return (*found, *_worse(pairs), *_not_better(pairs), *_equivalent(pairs))


Pairs = Sequence[tuple[RungResult, Comparison]]


def _simplest(pairs: Pairs) -> tuple[RungResult, Comparison]:
    """Return the pair with an incumbent, else with the lowest rung."""
    return min(pairs, key=lambda pair: -1 if pair[0].rung is None else pair[0].rung)


def _worse(pairs: Pairs) -> tuple[Finding, ...]:
    lost = [(rung, each) for rung, each in pairs if each.verdict == "worse"]
    simple = [pair for pair in lost if pair[0].rung is None or pair[0].rung <= SIMPLE]
    if simple:
        rung, comparison = _simplest(simple)
        return (
            Finding(
                rule="worse_than_baseline",
                severity="warning",
                message=f"The model is worse than {_called(rung)}: {said(comparison)}.",
                where={"baseline": rung.name},
                evidence={**_evidence(comparison), "worse_than": [r.name for r, _ in simple]},
                cause=(
                    "The model was fitted on other rows or columns, to another goal, or too "
                    "closely to its train rows; or its columns reach it changed."
                ),
                advice="Use the baseline, or find what it knows that the model does not.",
            ),
        )
    if lost:
        rung, comparison = lost[0]
        return (
            Finding(
                rule="worse_than_the_bar",
                severity="info",
                message=f"The model is worse than {_called(rung)}: {said(comparison)}.",
                where={"baseline": rung.name},
                evidence=_evidence(comparison),
                cause="Gradient boosting with its usual settings gets more out of these columns.",
                advice=(
                    "If nothing speaks for this model (rules to be read, size, speed), try "
                    "gradient boosting."
                ),
            ),
        )
    return ()


def _not_better(pairs: Pairs) -> tuple[Finding, ...]:
    found = [
        (rung, each)
        for rung, each in pairs
        if each.verdict == "not shown to be better" and rung.rung != BAR
    ]
    if not found:
        return ()
    rung, comparison = _simplest(found)
    more = ""
    if comparison.rows_needed is not None:
        more = f" About {comparison.rows_needed:,} rows would show a difference of this size."
    return (
        Finding(
            rule="not_better_than_baseline",
            severity="info",
            message=(
                f"The model is not shown to be better than {_called(rung)}: "
                f"{said(comparison)}.{more}"
            ),
            where={"baseline": rung.name},
            evidence=_evidence(comparison),
            cause="The two are alike on these rows, or the rows are too few to tell them apart.",
            advice="Judge on more rows, or take the simpler one.",
        ),
    )


def _equivalent(pairs: Pairs) -> tuple[Finding, ...]:
    found = [pair for pair in pairs if pair[1].verdict == "equivalent within the margin"]
    if not found:
        return ()
    rung, comparison = _simplest(found)
    return (
        Finding(
            rule="equivalent_to_baseline",
            severity="info",
            message=(
                f"The model and {_called(rung)} differ by less than the margin of "
                f"{comparison.margin:g}: {said(comparison)}."
            ),
            where={"baseline": rung.name},
            evidence=_evidence(comparison),
            cause="They find the same in these columns.",
            advice="Take the cheaper one.",
        ),
    )


def _nothing_learnt(ladder: LadderResult) -> tuple[Finding, ...]:
    comparison = ladder.comparison()
    if comparison is None or comparison.difference.low is None or comparison.difference.low > 0:
        return ()
    return (
        Finding(
            rule="nothing_to_learn",
            severity="info",
            message=(
                f"No simple model is shown to do better than {comparison.baseline}, which does "
                f"not look at the columns: {said(comparison)}."
            ),
            where={"baseline": comparison.baseline},
            evidence=_evidence(comparison),
            cause="The columns tell little of the label, or the rows are too few to show it.",
            advice="Look for columns that bear on the label, or gather more rows.",
        ),
    )


def _shuffled(ladder: LadderResult) -> tuple[Finding, ...]:
    shuffled, chance = ladder.shuffled, ladder.shuffled_chance
    if shuffled is None or shuffled.low is None or chance is None or shuffled.low <= chance:
        return ()
    return (
        Finding(
            rule="shuffled_labels_learnt",
            severity="error",
            message=(
                f"Fitted on shuffled labels, a simple model still scores {shuffled.value:.3f} "
                f"({shuffled.low:.3f} to {shuffled.high:.3f}) where chance gives {chance:g}."
            ),
            evidence=shuffled.to_dict(),
            cause="The judged labels reach the fit by another way than the label column.",
            advice="Look for columns made from the label, and for rows on both sides.",
        ),
    )


def said(comparison: Comparison) -> str:
    """Say a comparison in one clause: metric, both values, difference and interval."""
    difference = comparison.difference
    value, other = comparison.candidate_value.value, comparison.baseline_value.value
    if difference.value is None or value is None or other is None:
        return difference.reason or f"{comparison.title} is undefined"
    interval = ""
    if difference.low is not None and difference.high is not None:
        interval = f" ({signed(difference.low)} to {signed(difference.high)})"
    return (
        f"{comparison.title} {told(value)} against {told(other)}, a difference of "
        f"{signed(difference.value)}{interval} where more is better"
    )


def _called(rung: RungResult) -> str:
    if rung.kind == "incumbent":
        return f"the incumbent {rung.title!r}"
    return f"{rung.title} (rung {rung.rung})"


def _evidence(comparison: Comparison) -> dict[str, Json]:
    difference = comparison.difference
    return {
        "metric": comparison.metric,
        "candidate": comparison.candidate_value.value,
        "baseline": comparison.baseline_value.value,
        "difference": difference.value,
        "low": difference.low,
        "high": difference.high,
        "p_value": comparison.p_value,
        "test": comparison.test,
        "margin": comparison.margin,
        "rows_needed": comparison.rows_needed,
    }
