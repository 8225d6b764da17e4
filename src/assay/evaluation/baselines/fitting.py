"""Rungs and rows in; what each rung says of the judged rows, within a budget of time, out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assay.evaluation.baselines.result import NotRun
from assay.evaluation.baselines.rows import LadderRows, Places
from assay.evaluation.judged import Floats
from assay.models.baseline.problem import CannotFitError, Problem, Truth
from assay.models.baseline.rungs import FittedRung, Rung, fit_rung

PILOT_ROWS = (2_000, 16_000)
PILOT_CELLS = 2_000_000
"""From so many rows times columns (times classes) a fit is tried on a few rows first."""
PILOT_RUNG = 2
"""Below it fits are quick on any rows."""
PILOT_SECONDS = 3.0
"""A first try that takes longer is not repeated on more rows."""
LEAST_SLOPE = 0.2
"""Least share of a fit's time that is put down to its rows: two fits are timed with noise."""
LEAST_ROWS = 1_000
CAUTION = 0.8
"""Share of the time left that a fit on a sample is planned for."""


@dataclass(frozen=True)
class Budget:
    """Seconds that fitting may take, and when they began to run."""

    seconds: float
    start: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        """Seconds left; negative when they are spent."""
        return self.seconds - (time.perf_counter() - self.start)


@dataclass(frozen=True, eq=False)
class RungAnswers:
    """What a rung said of the judged rows, and what it cost.

    Parameters
    ----------
    rung : Rung
    numbers : ndarray of float, shape (n_judged, width)
        Pooled over the pairs, in their order.
    fitted : FittedRung
        The last one.
    fit_seconds : float
        Of one fit, on average.
    predict_ms : float
        Milliseconds for 1,000 rows.
    rows_fitted : int
        The most of one fit.
    notes : tuple of str
    """

    rung: Rung
    numbers: Floats
    fitted: FittedRung
    fit_seconds: float
    predict_ms: float
    rows_fitted: int
    notes: tuple[str, ...] = ()


def run_rung(
    rung: Rung,
    pairs: Sequence[tuple[LadderRows, LadderRows]],
    problem: Problem,
    budget: Budget,
    *,
    truths: Sequence[Truth] | None = None,
) -> RungAnswers | NotRun:
    """Fit a rung on the first rows of each pair and ask it about the second ones.

    Where the fit would take longer than is left of the budget, it is on a sample of the rows,
    which a note says. What costs nearly nothing (rung 0) runs in any case.

    Parameters
    ----------
    rung : Rung
    pairs : sequence of (LadderRows, LadderRows)
    problem : Problem
    budget : Budget
    truths : sequence of ndarray or None
        In place of the labels that are fitted on.

    Returns
    -------
    RungAnswers or NotRun
    """
    try:
        most = _affordable(rung, pairs, problem, budget)
        if isinstance(most, str):
            return NotRun(rung.name, rung.title, rung.number, most)
        return _run(rung, pairs, problem, most, truths)
    except CannotFitError as error:
        return NotRun(rung.name, rung.title, rung.number, str(error))


def _run(
    rung: Rung,
    pairs: Sequence[tuple[LadderRows, LadderRows]],
    problem: Problem,
    most: int,
    truths: Sequence[Truth] | None,
) -> RungAnswers:
    numbers: list[Floats] = []
    fitted: list[FittedRung] = []
    predicting = 0.0
    for at, (train, judged) in enumerate(pairs):
        truth = train.truth.truth if truths is None else truths[at]
        model = _fit(rung, train, truth, problem, most)
        start = time.perf_counter()
        numbers.append(model.numbers(judged.frame))
        predicting += time.perf_counter() - start
        fitted.append(model)
    pooled = np.concatenate(numbers)
    return RungAnswers(
        rung,
        pooled,
        fitted[-1],
        fit_seconds=float(np.mean([each.fit_seconds for each in fitted])),
        predict_ms=1e6 * predicting / max(len(pooled), 1),
        rows_fitted=max(each.n_rows for each in fitted),
        notes=_notes(fitted, max(train.n for train, _ in pairs)),
    )


def _fit(rung: Rung, train: LadderRows, truth: Truth, problem: Problem, most: int) -> FittedRung:
    weight = train.truth.weight
    frame = train.frame
    if train.n > most and rung.reads:
        places = sample_places(train.n, most, problem.seed)
        frame, truth = frame[places], truth[places]
        weight = None if weight is None else weight[places]
    return fit_rung(rung, frame, train.columns, truth, problem, weight=weight)


def sample_places(n: int, most: int, seed: int) -> Places:
    """Return the places of at most so many of n rows, in order."""
    return np.sort(np.random.default_rng(seed).choice(n, min(n, most), replace=False))


def _affordable(
    rung: Rung,
    pairs: Sequence[tuple[LadderRows, LadderRows]],
    problem: Problem,
    budget: Budget,
) -> int | str:
    """Return how many rows may be fitted on, or why none may."""
    n = max(train.n for train, _ in pairs)
    if not rung.reads:
        return n
    if budget.left <= 0:
        return f"the budget of {budget.seconds:g} seconds was spent; give more with --budget"
    train = pairs[0][0]
    cells = n * max(len(train.columns), 1) * problem.width
    if rung.number < PILOT_RUNG or n <= 2 * PILOT_ROWS[0] or cells < PILOT_CELLS:
        return n
    fixed, a_row = _pilot(rung, train, problem)
    needed, left = (fixed + a_row * n) * len(pairs), max(budget.left, 0.0)
    if needed <= left:
        return n
    most = int((CAUTION * left / len(pairs) - fixed) / a_row)
    if most < LEAST_ROWS:
        return (
            f"about {needed:.0f} seconds are needed and {left:.0f} are left; give more with "
            "--budget"
        )
    return min(most, n)


def _pilot(rung: Rung, train: LadderRows, problem: Problem) -> tuple[float, float]:
    """Return the seconds of a fit apart from its rows, and those of each row.

    From few rows alone all would be put down to the rows; more are tried where that is quick.
    """
    few, more = PILOT_ROWS
    first = _fit(rung, train, train.truth.truth, problem, few)
    a_row = first.fit_seconds / first.n_rows
    if train.n < 2 * more or first.fit_seconds > PILOT_SECONDS:
        return 0.0, a_row
    second = _fit(rung, train, train.truth.truth, problem, more)
    slope = (second.fit_seconds - first.fit_seconds) / (second.n_rows - first.n_rows)
    a_row = max(slope, LEAST_SLOPE * second.fit_seconds / second.n_rows)
    return max(second.fit_seconds - a_row * second.n_rows, 0.0), a_row


def _notes(fitted: Sequence[FittedRung], of: int) -> tuple[str, ...]:
    notes = dict.fromkeys(note for model in fitted for note in model.notes)
    rows = max(model.n_rows for model in fitted)
    if rows < of and fitted[-1].rung.reads:
        notes[f"fitted on a sample of {rows:,} of {of:,} rows to keep within the budget"] = None
    return tuple(notes)
