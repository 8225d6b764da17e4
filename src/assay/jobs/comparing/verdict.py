"""Comparisons in; the answer in one line, and the sentences that support it, out."""

from assay.evaluation.comparison.result import Comparison, Word
from assay.evaluation.comparison.words import BETTER, EQUIVALENT, NOT_SHOWN, PERHAPS, WORSE
from assay.jobs.comparing.advice import advice, said
from assay.jobs.comparing.result import CompareResult
from assay.reports.page import Verdict

BEST_FIRST: tuple[Word, ...] = (BETTER, PERHAPS, EQUIVALENT, NOT_SHOWN, WORSE)
LEVELS = {
    BETTER: "good",
    PERHAPS: "caution",
    EQUIVALENT: "good",
    NOT_SHOWN: "caution",
    WORSE: "bad",
}


def decide_comparison(result: CompareResult) -> Verdict:
    """Say in one line what the comparison shows.

    The candidate with the best word heads it, of several the one with the largest difference.

    Parameters
    ----------
    result : CompareResult

    Returns
    -------
    Verdict
        "good" where one is better or equivalent, "caution" where it is not shown or perhaps by
        less than the margin, "bad" where all are worse, "unknown" where nothing is defined.
    """
    defined = [each for each in result.comparisons if each.difference.value is not None]
    if not defined:
        return Verdict("unknown", said(result.comparisons[0]), (advice(result.comparisons[0]),))
    best = min(defined, key=_rank)
    rest = [each for each in result.comparisons if each is not best]
    sentences = [advice(best), *(said(each) for each in rest)]
    return Verdict(LEVELS[best.verdict], said(best), tuple(sentences))  # type: ignore[arg-type]


def _rank(comparison: Comparison) -> tuple[int, float]:
    return BEST_FIRST.index(comparison.verdict), -(comparison.difference.value or 0.0)
