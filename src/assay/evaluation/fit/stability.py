"""A procedure fitted again with other seeds and on other folds: how much its quality moves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import AssayError
from assay.evaluation.fit.learner import Learner
from assay.evaluation.fit.measure import Measure
from assay.evaluation.judged import Answers
from assay.result import Estimate, Json
from assay.stats.corrected_t import corrected_t

Step = Callable[[str, int, int], None]
N_SEEDS = 5
N_FOLDS = 5
MAX_SECONDS = 20.0
"""A fit that takes longer is not repeated over seeds."""


@dataclass(frozen=True, kw_only=True)
class SeedSpread:
    """The same rows, other seeds.

    Parameters
    ----------
    values : tuple of float
        Of the metric on the judged rows, one a seed.
    spread : float
        Their standard deviation.
    churn : float
        Mean over pairs of fits: the share of judged rows with another answer; where answers are
        numbers, the mean distance between two of them.
    churn_of : {"answers", "numbers"}
    """

    values: tuple[float, ...]
    spread: float
    churn: float
    churn_of: Literal["answers", "numbers"]

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "values": list(self.values),
            "spread": self.spread,
            "churn": self.churn,
            "churn_of": self.churn_of,
        }


@dataclass(frozen=True, kw_only=True)
class FoldSpread:
    """Cross-validation of the procedure on its train rows.

    Parameters
    ----------
    values : tuple of float
        On each fold, fitted on the others.
    own : tuple of float
        On the rows that it was fitted on.
    mean : Estimate
        Mean over folds; its interval is that of the corrected resampled t-test.
    gap : Estimate
        How much better the own rows are scored than the fold.
    """

    values: tuple[float, ...]
    own: tuple[float, ...]
    mean: Estimate
    gap: Estimate

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "values": list(self.values),
            "own": list(self.own),
            "mean": self.mean.to_dict(),
            "gap": self.gap.to_dict(),
        }


def seed_spread(
    learner: Learner,
    measure: Measure,
    *,
    budget: float = 60.0,
    seed: int = 0,
    step: Step | None = None,
) -> SeedSpread | str:
    """Fit five times on all train rows with other seeds.

    Parameters
    ----------
    learner : Learner
    measure : Measure
    budget : float
        Seconds.
    seed : int
    step : callable or None

    Returns
    -------
    SeedSpread, or str
        Why there is none.
    """
    if not learner.stochastic:
        return "it has no seed: another fit on the same rows is the same"
    everything = np.arange(learner.train.n)
    values: list[float] = []
    answers: list[Answers] = []
    start = time.perf_counter()
    for done in range(N_SEEDS):
        if step is not None:
            step("Other seeds", done, N_SEEDS)
        try:
            lesson = learner.fit(everything, seed=seed + done)
        except AssayError as error:
            return f"it could not be fitted again: {error}"
        value = measure.value(learner.judged, lesson.answers)
        if value is None:
            return f"{measure.title} is undefined on the judged rows"
        values.append(value)
        answers.append(lesson.answers)
        spent = time.perf_counter() - start
        if done == 0 and (spent > MAX_SECONDS or spent * N_SEEDS > budget):
            return f"one fit takes {spent:.0f} seconds; five were not made"
    churn, churn_of = _churn(answers)
    return SeedSpread(
        values=tuple(values),
        spread=float(np.std(values, ddof=1)),
        churn=churn,
        churn_of=churn_of,
    )


def _churn(answers: Sequence[Answers]) -> tuple[float, Literal["answers", "numbers"]]:
    labels = [each.labels for each in answers if each.labels is not None]
    if len(labels) == len(answers):
        pairs = combinations(labels, 2)
        return float(np.mean([(one != two).mean() for one, two in pairs])), "answers"
    numbers = [each.scores if each.values is None else each.values for each in answers]
    held = [each for each in numbers if each is not None]
    apart = [np.abs(one - two).mean() for one, two in combinations(held, 2)]
    return float(np.mean(apart)), "numbers"


def fold_spread(
    learner: Learner,
    measure: Measure,
    folds: NDArray[np.int64],
    *,
    budget: float = 60.0,
    level: float = 0.95,
    seed: int = 0,
    step: Step | None = None,
) -> FoldSpread | str:
    """Cross-validate a procedure on its train rows.

    Parameters
    ----------
    learner : Learner
    measure : Measure
    folds : ndarray of int, shape (n_train,)
        Fold in which each train row is judged, from 0.
    budget : float
        Seconds.
    level : float
        Coverage of the intervals.
    seed : int
    step : callable or None

    Returns
    -------
    FoldSpread, or str
        Why there is none.
    """
    k = int(folds.max()) + 1
    values: list[float] = []
    own: list[float] = []
    start = time.perf_counter()
    for fold in range(k):
        if step is not None:
            step("Folds", fold, k)
        kept, out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        try:
            lesson = learner.fit(kept, seed=seed, judge=out)
        except AssayError as error:
            return f"it could not be fitted without fold {fold + 1}: {error}"
        value = measure.value(learner.train.take(out), lesson.answers)
        mine = measure.value(learner.train.take(kept), lesson.own)
        if value is None or mine is None:
            return f"{measure.title} is undefined on fold {fold + 1}"
        values.append(value)
        own.append(mine)
        spent = time.perf_counter() - start
        if fold == 0 and spent * k > budget:
            return f"one fold takes {spent:.0f} seconds; the others were not made"
    gaps = [measure.gain(value, mine) for value, mine in zip(values, own, strict=True)]
    share = 1 / (k - 1)
    return FoldSpread(
        values=tuple(values),
        own=tuple(own),
        mean=_mean(values, share, level),
        gap=_mean(gaps, share, level),
    )


def _mean(values: Sequence[float], share: float, level: float) -> Estimate:
    """Return the mean over folds with the interval of the corrected resampled t-test."""
    found = corrected_t(values, share)
    ends = found.interval(level)
    return Estimate(
        value=found.mean,
        low=ends.low,
        high=ends.high,
        level=level,
        n=len(values),
        unit="fold",
        method="corrected resampled t",
        conditional_on="the procedure; the rows vary by fold",
    )
