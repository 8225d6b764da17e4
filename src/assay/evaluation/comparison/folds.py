"""Scores of two procedures on the same folds in; which is better, and how sure, out."""

from dataclasses import dataclass

import numpy as np

from assay.errors import InputError
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import NOT_SHOWN, check_margin, more_cautious, verdict_word
from assay.metrics.metric import Metric
from assay.result import Estimate, Json
from assay.stats.corrected_t import FEWEST_FOLDS, CorrectedT, corrected_t
from assay.stats.rows_needed import rows_needed

CONDITIONAL = "the folds' rows; the procedures are fitted again in each"


@dataclass(frozen=True, kw_only=True)
class FoldScores:
    """The scores of one procedure over folds.

    Parameters
    ----------
    name : str
    scores : tuple of float
        One for each fold of each repetition, in one order for all procedures.
    n_train, n_test : tuple of int
        Rows that each score was fitted and judged on.
    """

    name: str
    scores: tuple[float, ...]
    n_train: tuple[int, ...]
    n_test: tuple[int, ...]


def compare_folds(
    metric: Metric,
    candidate: FoldScores,
    baseline: FoldScores,
    *,
    pooled: Comparison | None = None,
    margin: float = 0.0,
    level: float = 0.95,
) -> Comparison:
    """Compare two procedures by their scores on the same folds.

    The corrected resampled t test decides; the uncorrected one is only shown beside.

    Parameters
    ----------
    metric : Metric
    candidate, baseline : FoldScores
        Of the same folds, at least five.
    pooled : Comparison or None
        Of the out-of-fold answers pooled: the verdict is then the more cautious of the two.
    margin : float
        The smallest gain worth having, at least 0.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If the folds are not the same, fewer than five, or a score is not finite.

    Examples
    --------
    >>> from assay.metrics.catalogue import find_metric
    >>> folds = {"n_train": (80,) * 5, "n_test": (20,) * 5}
    >>> new = FoldScores(name="new", scores=(0.91, 0.93, 0.90, 0.92, 0.94), **folds)
    >>> old = FoldScores(name="old", scores=(0.85, 0.86, 0.85, 0.84, 0.88), **folds)
    >>> compare_folds(find_metric("accuracy", task="binary"), new, old).verdict
    'better'
    """
    check_margin(margin)
    _check(candidate, baseline)
    better = metric.greater_is_better is not False
    sign = 1.0 if better else -1.0
    apart = sign * (np.array(candidate.scores) - np.array(baseline.scores))
    share = float(np.mean(np.array(candidate.n_test) / np.array(candidate.n_train)))
    test = corrected_t(apart.tolist(), share)
    low, high = test.interval(level)
    word = verdict_word(low, high, margin)
    notes: tuple[str, ...] = ()
    if pooled is not None and pooled.verdict != word:
        notes = (
            f"Over folds the candidate is {word}, over the pooled answers {pooled.verdict}: the "
            "more cautious holds.",
        )
        word = more_cautious(word, pooled.verdict)
    n = len(apart)
    target = max(margin, abs(test.mean))
    rows = sum(candidate.n_test) if word == NOT_SHOWN else 0
    return Comparison(
        candidate=candidate.name,
        baseline=baseline.name,
        metric=metric.name,
        title=metric.title,
        greater_is_better=better,
        candidate_value=_mean(candidate, share, level),
        baseline_value=_mean(baseline, share, level),
        difference=Estimate(
            value=test.mean,
            low=low,
            high=high,
            level=level,
            n=n,
            unit="fold",
            method="corrected resampled t",
            conditional_on=CONDITIONAL,
        ),
        p_value=test.p_value,
        test="corrected resampled t (Nadeau and Bengio)",
        margin=margin,
        verdict=word,
        rows_needed=rows_needed(rows, test.error, target, level=level) if rows else None,
        further=_further(test, share, pooled),
        notes=notes,
    )


def _check(candidate: FoldScores, baseline: FoldScores) -> None:
    sizes = {len(each) for one in (candidate, baseline) for each in _parts(one)}
    if len(sizes) != 1 or _parts(candidate)[1:] != _parts(baseline)[1:]:
        msg = (
            f"{candidate.name!r} and {baseline.name!r} were not judged on the same folds; score "
            "both on one division of the rows"
        )
        raise InputError(msg)
    n = sizes.pop()
    if n < FEWEST_FOLDS:
        msg = (
            f"{n} folds are too few to compare by, {FEWEST_FOLDS} are needed; use more folds or "
            "repeat them"
        )
        raise InputError(msg)
    if not np.isfinite([*candidate.scores, *baseline.scores]).all():
        msg = "a score of a fold is not a finite number; leave that fold out for both"
        raise InputError(msg)
    if min(*candidate.n_train, *candidate.n_test) < 1:
        msg = "a fold has no rows to fit or to judge on; use fewer folds"
        raise InputError(msg)


def _parts(one: FoldScores) -> tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]]:
    return one.scores, one.n_train, one.n_test


def _mean(one: FoldScores, share: float, level: float) -> Estimate:
    """Return the mean over folds, with the interval of the same correction."""
    spread = corrected_t(one.scores, share)
    low, high = spread.interval(level)
    return Estimate(
        value=spread.mean,
        low=low,
        high=high,
        level=level,
        n=len(one.scores),
        unit="fold",
        method="corrected resampled t",
        conditional_on=CONDITIONAL,
    )


def _further(test: CorrectedT, share: float, pooled: Comparison | None) -> dict[str, Json]:
    found: dict[str, Json] = {
        "folds": test.n_folds,
        "test_over_train": share,
        "t": test.t,
        "uncorrected_t": test.uncorrected_t,
        "uncorrected_p": test.uncorrected_p_value,
    }
    if pooled is not None:
        found["pooled"] = pooled.to_dict()
    return found
