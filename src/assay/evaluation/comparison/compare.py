"""Two candidates on the same rows in; which is better, by how much and how sure, out."""

from dataclasses import replace

import numpy as np

from assay.errors import InputError
from assay.evaluation.comparison.comparers import find_comparer
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.comparison.paired import Pair, Paired
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.usual_metric import usual_metric
from assay.evaluation.comparison.words import NOT_SHOWN, check_margin, verdict_word
from assay.evaluation.judged import Answers, JudgedRows
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.stats.rows_needed import rows_needed


def compare_answers(
    rows: JudgedRows,
    candidate: Answers,
    baseline: Answers,
    *,
    metric: str | None = None,
    margin: float = 0.0,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare two candidates on the same rows by one metric.

    Parameters
    ----------
    rows : JudgedRows
        Those of weight 0 are left out.
    candidate, baseline : Answers
        For each of the rows.
    metric : str or None
        Name or acronym in the catalogue; None takes the usual one (`usual_metric`).
    margin : float
        The smallest gain worth having, in the metric's own unit, at least 0.
    level : float
        Coverage of the interval, in (0, 1).
    seed : int
        Of redraws.

    Returns
    -------
    Comparison
        Where the metric is undefined for one of them there is no difference, and its reason.

    Raises
    ------
    InputError
        If there is no such metric, an answer lacks what it needs, or the answers are not for
        these rows.

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.tile([0, 1], 50)
    >>> rows = JudgedRows(task="binary", truth=truth, classes=("no", "yes"))
    >>> old = Answers(name="old", labels=np.where(np.arange(100) < 30, 1 - truth, truth))
    >>> new = Answers(name="new", labels=np.where(np.arange(100) < 10, 1 - truth, truth))
    >>> found = compare_answers(rows, new, old)
    >>> found.metric, found.difference.value, found.verdict
    ('accuracy', 0.2, 'better')
    """
    check_margin(margin)
    check_answers(rows, candidate, baseline)
    if rows.weight is not None and not rows.weight.all():
        held = rows.weight > 0  # a row of weight 0 is one that is not there
        rows, candidate, baseline = rows.take(held), candidate.take(held), baseline.take(held)
    name = usual_metric(rows, candidate, baseline) if metric is None else metric
    found, comparer = find_comparer(name, rows.task)
    pair = Pair(rows=rows, candidate=candidate, baseline=baseline, level=level, seed=seed)
    first, second = (
        metric_of(rows, each, found.name, level=level, seed=seed, parts=pair.parts)
        for each in (candidate, baseline)
    )
    if missing := first.reason if first.value is None else None:
        paired = Paired.undefined(f"{candidate.name}: {missing}")
    elif missing := second.reason if second.value is None else None:
        paired = Paired.undefined(f"{baseline.name}: {missing}")
    else:
        paired = comparer(pair)
    return comparison_of(pair, found, (first, second), paired, margin=margin)


def check_answers(rows: JudgedRows, *answers: Answers) -> None:
    """Refuse answers that are not for these rows.

    Raises
    ------
    InputError
        If there are no rows, more or fewer answers than rows, or a number that is not finite.
    """
    if not rows.n:
        msg = "there are no rows to compare on; give a table with at least one"
        raise InputError(msg)
    if rows.weight is not None and not rows.weight.any():
        msg = "every row has weight 0; give at least one row some weight"
        raise InputError(msg)
    odd = 0 if rows.truth.dtype.kind != "f" else int(np.count_nonzero(~np.isfinite(rows.truth)))
    if odd:
        msg = f"{odd:,} rows have a target that is no finite number; leave these rows out"
        raise InputError(msg)
    for each in answers:
        for held in (each.labels, each.scores, each.values):
            if held is not None and len(held) != rows.n:
                msg = (
                    f"{each.name!r} has {len(held):,} answers for {rows.n:,} rows; candidates "
                    "are compared on the same rows, one answer for each"
                )
                raise InputError(msg)
        for held in (each.scores, each.values):
            odd = 0 if held is None else int(np.count_nonzero(~np.isfinite(held)))
            if odd:
                msg = (
                    f"{odd:,} answers of {each.name!r} are no finite numbers; correct them, or "
                    "leave these rows out for all candidates"
                )
                raise InputError(msg)


def comparison_of(
    pair: Pair,
    metric: Metric,
    values: tuple[Estimate, Estimate],
    paired: Paired,
    *,
    margin: float,
) -> Comparison:
    """Sign a difference so that more is better, and say in words what it shows.

    Parameters
    ----------
    pair : Pair
    metric : Metric
    values : (Estimate, Estimate)
        Of candidate and baseline.
    paired : Paired
    margin : float

    Returns
    -------
    Comparison
    """
    better = metric.greater_is_better is not False
    few = [text for each in values for text in each.warnings if text.startswith("too few")]
    difference = replace(
        signed_difference(pair, paired, greater_is_better=better),
        warnings=tuple(dict.fromkeys(few)),
    )
    word = verdict_word(difference.low, difference.high, margin)
    needed = None
    if word == NOT_SHOWN and difference.value is not None:
        target = max(margin, abs(difference.value))
        needed = rows_needed(difference.n, paired.error, target, level=pair.level)
    return Comparison(
        candidate=pair.candidate.name,
        baseline=pair.baseline.name,
        metric=metric.name,
        title=metric.title,
        greater_is_better=better,
        candidate_value=values[0],
        baseline_value=values[1],
        difference=difference,
        p_value=paired.p_value,
        test=paired.test,
        margin=margin,
        verdict=word,
        rows_needed=needed,
        further=paired.further,
        notes=paired.notes,
    )


def signed_difference(pair: Pair, paired: Paired, *, greater_is_better: bool) -> Estimate:
    """Return the difference as an estimate that is positive where the candidate is better."""
    ends = (paired.low, paired.value, paired.high)
    if not greater_is_better:
        ends = tuple(None if end is None else 0.0 - end for end in reversed(ends))
    low, value, high = ends
    return Estimate(
        value=value,
        low=low,
        high=high,
        level=pair.level,
        n=pair.rows.n if paired.n is None else paired.n,
        unit=paired.unit or pair.parts.kind,
        method=paired.method,
        conditional_on="the fitted models",
        seed=paired.seed,
        reason=paired.reason,
    )
