"""Answers of a candidate, of rungs and of incumbents in; the comparisons that matter out."""

from collections.abc import Sequence

from assay.evaluation.baselines.yardstick import Yardstick
from assay.evaluation.comparison.many import adjusted
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.judged import Answers, JudgedRows
from assay.stats.multiple import bonferroni_level

Numbered = tuple[int, Answers, float | None]
"""Number of the rung, what it says, and its value of the metric that decides."""


def compare_with_rungs(
    rows: JudgedRows,
    candidate: Answers | None,
    rungs: Sequence[Numbered],
    incumbents: Sequence[Answers],
    *,
    yardstick: Yardstick,
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
    rungs : sequence of (int, Answers, float or None)
        Number of the rung, what it says, and its value of the metric.
    incumbents : sequence of Answers
    yardstick : Yardstick
    margin : float
    level : float
    seed : int

    Returns
    -------
    tuple of (tuple of Comparison, str or None)
        The opponent's first, and the opponent's name.
    """
    better = yardstick.greater_is_better
    best = best_of_each(rungs, greater_is_better=better)
    if candidate is None:
        if len(best) < 2:
            return (), None
        readers = [(1, answers, value) for number, answers, value in rungs if number > 0]
        candidate = best_of_each(readers, greater_is_better=better)[0]
        others = [each for each in reversed(best) if each is not candidate]
    else:
        others = [*incumbents, *best]
    if not others:
        return (), None
    opponent, *beside = others
    first = yardstick.compare(rows, candidate, opponent, margin=margin, level=level, seed=seed)
    each_level = bonferroni_level(level, len(beside))
    further = [
        yardstick.compare(rows, candidate, each, margin=margin, level=each_level, seed=seed)
        for each in beside
    ]
    return (first, *adjusted(further, level=level)), opponent.name


def best_of_each(rungs: Sequence[Numbered], *, greater_is_better: bool) -> list[Answers]:
    """Return the best answers of each number, the highest number first; undefined ones never."""
    sign = 1.0 if greater_is_better else -1.0
    found: list[Answers] = []
    for number in sorted({number for number, _, _ in rungs}, reverse=True):
        known = [
            (sign * value, answers)
            for each, answers, value in rungs
            if each == number and value is not None
        ]
        if known:
            found.append(max(known, key=lambda pair: pair[0])[1])
    return found
