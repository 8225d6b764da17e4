"""Sanity: a simple model that was fitted on shuffled labels; it must score what chance gives."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.evaluation.baselines.answering import answers_of
from assay.evaluation.baselines.fitting import Budget, RungAnswers, run_rung, sample_places
from assay.evaluation.baselines.metrics import CHANCE, OF_ORDER
from assay.evaluation.baselines.result import NotRun
from assay.evaluation.baselines.rows import LadderRows
from assay.evaluation.comparison.metric_of import metric_of
from assay.models.baseline.problem import Problem
from assay.result import Estimate

SHUFFLES = 10
ROWS = 5_000
LEVEL = 0.998
"""Of a two-sided interval: one sound table in a thousand lies above chance."""


@dataclass(frozen=True)
class ShuffledScore:
    """What shuffled labels teach: the metric, its value, and what chance gives."""

    metric: str
    estimate: Estimate
    chance: float


def shuffled_score(
    pairs: Sequence[tuple[LadderRows, LadderRows]],
    done: Sequence[RungAnswers],
    problem: Problem,
    budget: Budget,
) -> ShuffledScore | None:
    """Fit a rung that reads all columns on shuffled labels, ten times; judge it on true ones.

    One fit on noise may hit upon a direction that matters and score above or below chance; the
    mean over several shuffles does not, and its t interval allows for how they vary.

    Parameters
    ----------
    pairs : sequence of (LadderRows, LadderRows)
    done : sequence of RungAnswers
        The rungs that ran; the quickest of the linear ones and the bar is taken.
    problem : Problem
    budget : Budget

    Returns
    -------
    ShuffledScore or None
        None where no such rung ran, the budget does not allow it, or the metric is undefined.
    """
    able = [each for each in done if each.rung.number > 1]
    if not able:
        return None
    quickest = min(able, key=lambda each: each.fit_seconds)
    share = min(1.0, ROWS / max(quickest.rows_fitted, 1))
    if SHUFFLES * share * quickest.fit_seconds > budget.left:
        return None
    values = []
    for shuffle in range(SHUFFLES):
        train, judged = (_some(rows, problem.seed) for rows in pairs[shuffle % len(pairs)])
        value = _score(quickest, train, judged, problem, budget, shuffle)
        if value is None:
            return None
        values.append(value)
    metric = OF_ORDER[pairs[0][1].truth.task]
    return ShuffledScore(metric, _mean(values), CHANCE[pairs[0][1].truth.task])


def _some(rows: LadderRows, seed: int) -> LadderRows:
    return rows if rows.n <= ROWS else rows.take(sample_places(rows.n, ROWS, seed))


def _score(
    rung: RungAnswers,
    train: LadderRows,
    judged: LadderRows,
    problem: Problem,
    budget: Budget,
    shuffle: int,
) -> float | None:
    rng = np.random.default_rng([problem.seed, shuffle])
    truth = rng.permutation(train.truth.truth)
    found = run_rung(rung.rung, [(train, judged)], problem, budget, truths=[truth])
    if isinstance(found, NotRun):
        return None
    answers = answers_of("shuffled labels", found.numbers, judged.truth)
    return metric_of(judged.truth, answers, OF_ORDER[judged.truth.task], seed=problem.seed).value


def _mean(values: Sequence[float]) -> Estimate:
    from scipy.special import stdtrit  # noqa: PLC0415 - only needed here

    mean, n = float(np.mean(values)), len(values)
    error = float(np.std(values, ddof=1)) / n**0.5
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * error
    return Estimate(
        value=mean,
        low=mean - reach,
        high=mean + reach,
        level=LEVEL,
        n=n,
        unit="shuffle",
        method="t over shuffles of the labels",
        conditional_on="the judged rows",
    )
