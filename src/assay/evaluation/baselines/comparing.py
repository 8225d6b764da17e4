"""Answers of a candidate, of rungs and of incumbents in; the comparisons that matter out."""

from collections.abc import Sequence

from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.many import adjusted
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.judged import Answers, JudgedRows
from assay.metrics.catalogue import find_metric
from assay.stats.multiple import bonferroni_level

Numbered = tuple[int, Answers]


def compare_with_rungs(
    rows: JudgedRows,
    candidate: Answers | None,
    rungs: Sequence[Numbered],
    incumbents: Sequence[Answers],
    *,
    metric: str,
    margin: float = 0.0,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[tuple[Comparison, ...], str | None]:
    """Compare the candidate with its opponent, and with the others beside.

    The opponent is the first incumbent, else the highest rung that ran. That one comparison is
    the one that was asked for, so its interval is at `level`; those with the other incumbents and
    with the best of each lower rung stand beside it, their intervals at the Bonferroni level and
    their p-values adjusted by Holm's step-down. Without a candidate the best of the rungs that
    read the features is held against what knows nothing of them.

    Parameters
    ----------
    rows : JudgedRows
    candidate : Answers or None
    rungs : sequence of (int, Answers)
        Number of the rung, and what it says.
    incumbents : sequence of Answers
    metric : str
    margin : float
    level : float
    seed : int

    Returns
    -------
    tuple of (tuple of Comparison, str or None)
        The opponent's first, and the opponent's name.
    """
    best = best_of_each(rows, rungs, metric)
    if candidate is None:
        if len(best) < 2:
            return (), None
        readers = [(1, each) for each in best[:-1]]
        candidate = best_of_each(rows, readers, metric)[0]
        others = [each for each in reversed(best) if each is not candidate]
    else:
        others = [*incumbents, *best]
    if not others:
        return (), None
    opponent, *beside = others
    first = compare_answers(
        rows, candidate, opponent, metric=metric, margin=margin, level=level, seed=seed
    )
    each_level = bonferroni_level(level, len(beside))
    further = [
        compare_answers(
            rows, candidate, each, metric=metric, margin=margin, level=each_level, seed=seed
        )
        for each in beside
    ]
    return (first, *adjusted(further, level=level)), opponent.name


def best_of_each(rows: JudgedRows, rungs: Sequence[Numbered], metric: str) -> list[Answers]:
    """Return the best answers of each number, the highest number first."""
    better = find_metric(metric, task=rows.task).greater_is_better is not False
    sign = 1.0 if better else -1.0
    found: list[Answers] = []
    for number in sorted({each for each, _ in rungs}, reverse=True):
        valued = [
            (metric_of(rows, answers, metric).value, answers)
            for each, answers in rungs
            if each == number
        ]
        known = [(sign * value, answers) for value, answers in valued if value is not None]
        if known:
            found.append(max(known, key=lambda pair: pair[0])[1])
    return found
