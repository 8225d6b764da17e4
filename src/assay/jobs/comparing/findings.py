"""Comparisons in; what a person should know before taking a candidate out."""

from collections.abc import Sequence

from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import BETTER, EQUIVALENT, NOT_SHOWN, PERHAPS, WORSE
from assay.jobs.comparing.advice import advice, said
from assay.jobs.comparing.answering import Answered
from assay.jobs.comparing.changes import Change
from assay.result import Finding, Json

WHY: dict[str, str] = {
    PERHAPS: "The gain may be smaller than the margin.",
    NOT_SHOWN: "The interval of the difference holds 0.",
    EQUIVALENT: "The interval of the difference lies within the margin.",
    WORSE: "The interval of the difference lies below 0.",
}


def compare_findings(
    comparisons: Sequence[Comparison],
    changes: Sequence[Change] = (),
    answered: Sequence[Answered] = (),
) -> list[Finding]:
    """Return the findings of a comparison.

    Parameters
    ----------
    comparisons : sequence of Comparison
        By the metric that decides.
    changes : sequence of Change
    answered : sequence of Answered

    Returns
    -------
    list of Finding
        `candidate_worse` (with `candidate_not_better` as its consequence), `candidate_not_better`,
        `compared_unpaired` and `same_answers`.
    """
    found = [
        finding for each in comparisons if (finding := _of_comparison(each, changes)) is not None
    ]
    found += [_same(each) for each in comparisons if _is_same(each, changes)]
    return found + [_unpaired(each) for each in answered if each.why_unpaired]


def _of_comparison(comparison: Comparison, changes: Sequence[Change]) -> Finding | None:
    if comparison.verdict == BETTER or _is_same(comparison, changes):
        return None
    worse = comparison.verdict == WORSE
    not_better = Finding(
        rule="candidate_not_better",
        severity="info",
        message=said(comparison),
        where=_where(comparison),
        evidence=_evidence(comparison),
        cause=WHY.get(comparison.verdict, ""),
        advice=advice(comparison),
    )
    if not worse:
        return not_better
    return Finding(
        rule="candidate_worse",
        severity="warning",
        message=said(comparison),
        where=_where(comparison),
        evidence=_evidence(comparison),
        cause=WHY[WORSE],
        advice=advice(comparison),
        consequences=(not_better,),
    )


def _where(comparison: Comparison) -> dict[str, Json]:
    return {
        "candidate": comparison.candidate,
        "baseline": comparison.baseline,
        "metric": comparison.metric,
    }


def _evidence(comparison: Comparison) -> dict[str, Json]:
    gap = comparison.difference
    return {
        "difference": gap.value,
        "low": gap.low,
        "high": gap.high,
        "level": gap.level,
        "p_value": comparison.p_value,
        "p_adjusted": comparison.p_adjusted,
        "margin": comparison.margin,
        "rows_needed": comparison.rows_needed,
    }


def _is_same(comparison: Comparison, changes: Sequence[Change]) -> bool:
    """Whether the two answer every row alike."""
    change = next((each for each in changes if each.candidate == comparison.candidate), None)
    return change is not None and change.identical


def _same(comparison: Comparison) -> Finding:
    same = (
        f"{comparison.candidate} and {comparison.baseline} give the same answer for every one of "
        f"the {comparison.difference.n:,} rows."
    )
    not_better = Finding(
        rule="candidate_not_better",
        severity="info",
        message=same,
        where=_where(comparison),
        evidence=_evidence(comparison),
        cause="They are the same model, or differ only where these rows do not reach.",
        advice="Take the cheaper one.",
    )
    return Finding(
        rule="same_answers",
        severity="warning",
        message=same,
        where=_where(comparison),
        evidence={"rows": comparison.difference.n},
        cause="The same model was given twice, or a column was copied.",
        advice="Check that the two candidates are what they are meant to be.",
        consequences=(not_better,),
    )


def _unpaired(answered: Answered) -> Finding:
    return Finding(
        rule="compared_unpaired",
        severity="info",
        message=(
            f"{answered.name} is compared by its stored numbers and not row by row: "
            f"{answered.why_unpaired}."
        ),
        where={"candidate": answered.name},
        cause="Only the metrics of the earlier run and their intervals are known.",
        advice=(
            "An unpaired comparison shows less than a paired one on the same rows. Name the model "
            "or its column of answers instead, so that every row is compared."
        ),
    )
