"""A procedure, its train rows and the judged rows in; how training went, out."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.fit.findings import more_data_helps, overfit, seed_noise, underfit
from assay.evaluation.fit.gap import Gap, train_gap
from assay.evaluation.fit.learner import Learner
from assay.evaluation.fit.learning_curve import LearningCurve, learning_curve
from assay.evaluation.fit.measure import Measure
from assay.evaluation.fit.result import FitResult, Simple
from assay.evaluation.fit.stability import FoldSpread, SeedSpread, fold_spread, seed_spread
from assay.evaluation.result import NotComputed
from assay.result import Estimate, Finding, worst_first

Part = TypeVar("Part")
Step = Callable[[str, int, int], None]
CURVE_SHARE = 0.5
"""Share of the time that the learning curve may take; seeds and folds share the rest."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What is known before anything is fitted.

    Parameters
    ----------
    measure : Measure
    of : str
        What the model is called, or the simple model that stands in for it.
    train, judged : Estimate or None
        The measure on both tables, of the model as it is.
    simple : Simple or None
        What the best single column reaches.
    learner : Learner or None
        What can be fitted again.
    why_not : str
        Why there is no learner.
    turn_on : str
        What would give one.
    folds : ndarray of int or None, shape (n_train,)
        Fold of each train row.
    """

    measure: Measure
    of: str
    train: Estimate | None = None
    judged: Estimate | None = None
    simple: Simple | None = None
    learner: Learner | None = None
    why_not: str = ""
    turn_on: str = ""
    folds: NDArray[np.int64] | None = None


def diagnose_fit(
    known: Known,
    *,
    margin: float = 0.0,
    budget: float = 60.0,
    level: float = 0.95,
    seed: int = 0,
    step: Step | None = None,
) -> FitResult:
    """Say how training went and what it would gain from.

    Parameters
    ----------
    known : Known
    margin : float
        Smallest gain worth having.
    budget : float
        Seconds for all fits.
    level : float
        Coverage of intervals.
    seed : int
    step : callable or None
        Told (stage, done, planned).

    Returns
    -------
    FitResult
    """
    missing: list[NotComputed] = []
    start = time.perf_counter()

    def left(share: float = 1.0) -> float:
        return max(budget - (time.perf_counter() - start), 0.0) * share

    gap = _gap(known, missing)
    curve: LearningCurve | None = None
    seeds: SeedSpread | None = None
    folds: FoldSpread | None = None
    if known.learner is None:
        missing.append(
            NotComputed("Learning curve, seeds and folds", known.why_not, known.turn_on)
        )
    else:
        learner, measure = known.learner, known.measure
        found = learning_curve(
            learner, measure, margin=margin, budget=left(CURVE_SHARE), seed=seed, step=step
        )
        curve = _kept(found, LearningCurve, "Learning curve", missing)
        if known.folds is not None:
            told = fold_spread(
                learner, measure, known.folds, budget=left(0.6), level=level, seed=seed, step=step
            )
            folds = _kept(told, FoldSpread, "Folds", missing)
        spread = seed_spread(learner, measure, budget=left(), seed=seed, step=step)
        seeds = _kept(spread, SeedSpread, "Other seeds", missing)
    return FitResult(
        metric=known.measure.name,
        metric_title=known.measure.title,
        greater_is_better=known.measure.greater_is_better,
        of=known.of,
        gap=gap,
        simple=known.simple,
        curve=curve,
        seeds=seeds,
        folds=folds,
        findings=_findings(known, gap, curve, seeds, margin),
        not_computed=tuple(missing),
        level=level,
        seed=seed,
    )


def _gap(known: Known, missing: list[NotComputed]) -> Gap | None:
    if known.train is None or known.judged is None:
        return None
    measure = known.measure
    found = train_gap(
        measure.name,
        measure.title,
        greater_is_better=measure.greater_is_better,
        train=known.train,
        judged=known.judged,
    )
    return _kept(found, Gap, "Train rows beside the judged rows", missing)


def _kept(
    found: Part | str, kind: type[Part], title: str, missing: list[NotComputed]
) -> Part | None:
    """Return what was found; what was not is listed with its reason."""
    if isinstance(found, kind):
        return found
    budget = "--budget SECONDS" if "--budget" in str(found) or "takes" in str(found) else ""
    missing.append(NotComputed(title, str(found), budget))
    return None


def _findings(
    known: Known,
    gap: Gap | None,
    curve: LearningCurve | None,
    seeds: SeedSpread | None,
    margin: float,
) -> tuple[Finding, ...]:
    found: list[Finding | None] = []
    title = known.measure.title
    if gap is not None and gap.large:
        found.append(overfit(gap, curve))
    if known.simple is not None and known.simple.matched:
        found.append(underfit(title, known.simple))
    if seeds is not None and known.judged is not None:
        found.append(seed_noise(seeds, known.judged, title))
    if curve is not None:
        found.append(more_data_helps(curve, margin))
    return worst_first([each for each in found if each is not None])
