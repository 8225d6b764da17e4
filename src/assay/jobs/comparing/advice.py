"""A comparison in; what it shows and what to do about it, in words, out."""

from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import BETTER, EQUIVALENT, NOT_SHOWN, PERHAPS, WORSE
from assay.reports.format import estimate_text, number


def said(comparison: Comparison) -> str:
    """Say a comparison in one sentence with its numbers.

    Examples
    --------
    >>> from assay.result import Estimate
    >>> new, old = Estimate(value=0.9, n=100), Estimate(value=0.8, n=100)
    >>> gap = Estimate(value=0.1, low=0.05, high=0.15, n=100)
    >>> said(Comparison(
    ...     candidate="new", baseline="old", metric="accuracy", title="Accuracy",
    ...     greater_is_better=True, candidate_value=new, baseline_value=old, difference=gap,
    ...     p_value=0.001, verdict="better"))
    'new is better than old: Accuracy 0.9 against 0.8, a difference of 0.1000 [0.0500, 0.1500].'
    """
    gap = comparison.difference
    if gap.value is None:
        return (
            f"{comparison.candidate} and {comparison.baseline} cannot be compared by "
            f"{comparison.title}: {gap.reason}."
        )
    new, old = (
        "undefined" if each.value is None else number(each.value)
        for each in (comparison.candidate_value, comparison.baseline_value)
    )
    return (
        f"{comparison.candidate} {VERBS[comparison.verdict].format(comparison.baseline)}: "
        f"{comparison.title} {new} against {old}, a difference of {estimate_text(gap)}."
    )


VERBS: dict[str, str] = {
    BETTER: "is better than {}",
    PERHAPS: "is better than {}, but perhaps by less than the margin",
    NOT_SHOWN: "is not shown to be better than {}",
    EQUIVALENT: "is equivalent to {} within the margin",
    WORSE: "is worse than {}",
}


def advice(comparison: Comparison) -> str:
    """Say what to do about one comparison.

    Examples
    --------
    >>> from assay.result import Estimate
    >>> same = Estimate(value=0.8, n=100)
    >>> advice(Comparison(
    ...     candidate="new", baseline="old", metric="accuracy", title="Accuracy",
    ...     greater_is_better=True, candidate_value=same, baseline_value=same,
    ...     difference=Estimate(value=0.0, low=-0.01, high=0.01), p_value=1.0, margin=0.02,
    ...     verdict="equivalent within the margin"))
    'Take the cheaper one: what they differ by is not worth having.'
    """
    if comparison.difference.value is None:
        return "Compare by a metric that both have (--metric), or on more rows."
    if comparison.verdict == EQUIVALENT:
        return "Take the cheaper one: what they differ by is not worth having."
    if comparison.verdict == WORSE:
        return f"Keep {comparison.baseline}."
    if comparison.verdict == BETTER:
        return f"Take {comparison.candidate}, if what it costs allows."
    if comparison.verdict == PERHAPS:
        return (
            f"A gain is shown, but not one above the margin {number(comparison.margin)}: judge on "
            "more rows, or decide that a smaller gain is worth having."
        )
    if comparison.rows_needed is None:
        return f"Keep {comparison.baseline} until a gain is shown."
    size = abs(comparison.difference.value) or 0.0
    target = max(size, comparison.margin)
    return (
        f"Keep {comparison.baseline} until a gain is shown: about {comparison.rows_needed:,} rows "
        f"would show a difference of {number(target)} in 80 of 100 cases."
    )
