"""A procedure and its train rows in; how it learns from more of them, and where to, out."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import AssayError
from assay.evaluation.fit.learner import Learner
from assay.evaluation.fit.measure import Measure
from assay.evaluation.fit.subsets import curve_sizes, nested_order
from assay.evaluation.spoken import told
from assay.result import Estimate, Json
from assay.stats.extrapolation import BAND, FARTHEST, FEWEST_SIZES, Extrapolation, extrapolate

Floats = NDArray[np.float64]
Step = Callable[[str, int, int], None]
N_SEEDS = 3
GROWTH = 1.3
"""How fast the time of a fit is expected to grow: as this power of the rows."""
AHEAD = (2, 4)
"""How many times the train rows are looked ahead to."""


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """How good a procedure is, fitted on more and more of its rows.

    Parameters
    ----------
    name : str
        What was fitted.
    metric, metric_title : str
    greater_is_better : bool
    sizes : tuple of int
        Train rows, ascending.
    judged : tuple of Estimate
        On the judged rows: mean over repetitions, with their smallest and largest value as ends.
    own : tuple of Estimate
        On the very rows that each fit had.
    seconds : tuple of float
        Of one fit, the median.
    ahead : mapping of int to Estimate
        Train rows → what is expected of so many, with its 80 % band.
    families : mapping of str to float
        How much each family of curves counts in that.
    floor : float or None
        Value that endless rows would reach by the power law.
    statement : str
        For people.
    gain : float or None
        Expected of twice the rows; more is better.
    told : bool
        Whether that gain can be told from none.
    notes : tuple of str
    """

    name: str
    metric: str
    metric_title: str
    greater_is_better: bool
    sizes: tuple[int, ...]
    judged: tuple[Estimate, ...]
    own: tuple[Estimate, ...]
    seconds: tuple[float, ...]
    ahead: dict[int, Estimate]
    families: dict[str, float]
    floor: float | None
    statement: str
    gain: float | None = None
    told: bool = False
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "name": self.name,
            "metric": self.metric,
            "metric_title": self.metric_title,
            "greater_is_better": self.greater_is_better,
            "sizes": [
                {"rows": rows, "judged": judged.to_dict(), "own": own.to_dict(), "seconds": spent}
                for rows, judged, own, spent in zip(
                    self.sizes, self.judged, self.own, self.seconds, strict=True
                )
            ],
            "ahead": [{"rows": rows, **told.to_dict()} for rows, told in self.ahead.items()],
            "families": dict(self.families),
            "floor": self.floor,
            "gain": self.gain,
            "told": self.told,
            "statement": self.statement,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, eq=False)
class _Measured:
    """What was measured: sizes, and values of shape (n_sizes, n_repetitions)."""

    sizes: NDArray[np.int64]
    judged: Floats
    own: Floats
    seconds: Floats
    notes: tuple[str, ...]


def learning_curve(
    learner: Learner,
    measure: Measure,
    *,
    margin: float = 0.0,
    budget: float = 60.0,
    seed: int = 0,
    step: Step | None = None,
) -> LearningCurve | str:
    """Fit on growing, nested subsets of the train rows, three times each, and look ahead.

    A subset of more rows holds the smaller ones of its repetition; classes keep their shares and
    units stay whole. What more rows would bring is `assay.stats.extrapolation`'s.

    Parameters
    ----------
    learner : Learner
    measure : Measure
    margin : float
        Smallest gain worth having.
    budget : float
        Seconds; sizes that would not fit in are left out, which a note says.
    seed : int
    step : callable or None
        Told (stage, fits done, fits planned).

    Returns
    -------
    LearningCurve, or str
        Why there is none.
    """
    truth = learner.train
    classes = len(truth.classes) if truth.truth.ndim == 1 else 0
    sizes = curve_sizes(truth.n, n_classes=classes)
    if sizes.size < 2:
        return f"{truth.n:,} train rows are too few for a curve"
    measured = _measure(learner, measure, sizes, budget=budget, seed=seed, step=step)
    if isinstance(measured, str):
        return measured
    return _described(learner, measure, measured, margin=margin, seed=seed, n=truth.n)


def _measure(
    learner: Learner,
    measure: Measure,
    sizes: NDArray[np.int64],
    *,
    budget: float,
    seed: int,
    step: Step | None,
) -> _Measured | str:
    truth, start = learner.train, time.perf_counter()
    strata = truth.truth if truth.classes and truth.truth.ndim == 1 else None
    orders = [
        nested_order(strata, truth.unit, truth.n, np.random.default_rng([seed, each]))
        for each in range(N_SEEDS)
    ]
    found = np.full((3, sizes.size, N_SEEDS), np.nan)
    notes: list[str] = []
    for at, repetition in np.ndindex(sizes.size, N_SEEDS):
        size = int(sizes[at])
        if step is not None:
            step("Learning curve", at * N_SEEDS + repetition, sizes.size * N_SEEDS)
        if repetition and size == truth.n and not learner.stochastic:
            found[:, at, repetition] = found[:, at, 0]  # the same rows and no seed: the same fit
            continue
        spent = time.perf_counter() - start
        if spent + _expected(found[2], sizes, at, repetition) > budget:
            notes.append(
                f"Fits on {size:,} rows and more were left out: they would take longer than "
                f"--budget leaves ({budget:.0f} seconds)."
            )
            break
        fit = _one_fit(learner, measure, orders[repetition][:size], seed + repetition)
        if isinstance(fit, str):
            return fit
        found[:, at, repetition] = fit
    n = int(np.isfinite(found[0]).all(axis=1).sum())
    if n < 2:
        return f"fits on {sizes[0]:,} rows take longer than --budget leaves ({budget:.0f} seconds)"
    judged, own, seconds = found[:, :n]
    return _Measured(sizes[:n], judged, own, seconds, tuple(notes))


def _expected(seconds: Floats, sizes: NDArray[np.int64], at: int, repetition: int) -> float:
    """Return the seconds that the fits of this size still need, from those made so far."""
    if repetition:
        return float(np.nanmedian(seconds[at])) * (N_SEEDS - repetition)
    if not at:
        return 0.0
    last = float(np.nanmedian(seconds[at - 1]))
    return N_SEEDS * last * float(sizes[at] / sizes[at - 1]) ** GROWTH


def _one_fit(
    learner: Learner, measure: Measure, places: NDArray[np.intp], seed: int
) -> tuple[float, float, float] | str:
    """Return the measure on the judged rows and on its own, and the seconds; or what failed."""
    began = time.perf_counter()
    try:
        lesson = learner.fit(places, seed=seed)
    except AssayError as error:
        return f"it could not be fitted on {places.size:,} of its rows: {error}"
    spent = time.perf_counter() - began
    value = measure.value(learner.judged, lesson.answers)
    if value is None:
        return f"{measure.title} is undefined on the judged rows"
    own = measure.value(learner.train.take(places), lesson.own)
    return value, np.nan if own is None else own, spent


def _described(
    learner: Learner,
    measure: Measure,
    measured: _Measured,
    *,
    margin: float,
    seed: int,
    n: int,
) -> LearningCurve:
    curve = None
    notes = list(measured.notes)
    if measured.sizes.size >= FEWEST_SIZES:
        errors = measure.errors(measured.judged)
        curve = extrapolate(measured.sizes, errors, lowest=0.0, seed=seed)
    else:
        notes.append(
            f"{measured.sizes.size} sizes are too few to say what more rows would bring; "
            f"{FEWEST_SIZES} are needed."
        )
    now = float(measured.judged[-1].mean())
    ahead = {} if curve is None else _ahead(curve, measure, int(measured.sizes[-1]), n)
    gain, shown, statement = _statement(measure, now, ahead, margin, int(measured.sizes[-1]))
    floor = None
    if curve is not None and curve.floor is not None:
        floor = float(measure.values(np.array(curve.floor)))
    return LearningCurve(
        name=learner.name,
        metric=measure.name,
        metric_title=measure.title,
        greater_is_better=measure.greater_is_better,
        sizes=tuple(measured.sizes.tolist()),
        judged=_repeated(measured.judged, learner.judged.n),
        own=_repeated(measured.own, 0, sizes=measured.sizes),
        seconds=tuple(float(each) for each in np.median(measured.seconds, axis=1)),
        ahead=ahead,
        families={} if curve is None else curve.weights,
        floor=floor,
        statement=statement,
        gain=gain,
        told=shown,
        notes=tuple(notes),
    )


def _repeated(
    values: Floats, n: int, *, sizes: NDArray[np.int64] | None = None
) -> tuple[Estimate, ...]:
    """Return the mean of each size with the smallest and largest repetition as its ends."""
    means: list[Estimate] = []
    for at, row in enumerate(values):
        rows = n if sizes is None else int(sizes[at])
        known = row[np.isfinite(row)]
        if not known.size:
            means.append(Estimate.undefined("undefined on the rows that it was fitted on", n=rows))
            continue
        about = f"smallest and largest of {known.size} repetitions"
        means.append(
            Estimate(
                value=float(known.mean()),
                low=float(known.min()),
                high=float(known.max()),
                n=rows,
                method=about,
                conditional_on="the judged rows",
            )
        )
    return tuple(means)


def _ahead(curve: Extrapolation, measure: Measure, largest: int, n: int) -> dict[int, Estimate]:
    found: dict[int, Estimate] = {}
    for rows in (each * n for each in AHEAD):
        if rows > FARTHEST * largest:
            continue
        error, band = curve.at(rows)
        value, *ends = measure.values(np.array([error, band.low, band.high])).tolist()
        found[rows] = Estimate(
            value=value,
            low=min(ends),
            high=max(ends),
            level=BAND,
            n=largest,
            method="mixture of learning curves, repetitions and residuals redrawn",
            conditional_on="the judged rows",
        )
    return found


def _statement(
    measure: Measure, now: float, ahead: dict[int, Estimate], margin: float, largest: int
) -> tuple[float | None, bool, str]:
    """Say what twice the rows would bring, or that it cannot be told."""
    first = next(iter(ahead.items()), None)
    if first is None:
        return None, False, f"What more than {largest:,} rows would bring was not worked out."
    rows, then = first
    assert then.value is not None
    assert then.low is not None
    assert then.high is not None
    gain = measure.gain(now, then.value)
    worst = measure.gain(now, then.low if measure.greater_is_better else then.high)
    band = f"{told(then.value)} [{told(then.low)}, {told(then.high)}]"
    start = f"With {rows:,} train rows {measure.title} is expected at {band}, from {told(now)}"
    if then.low <= now <= then.high:
        wide = then.high - then.low > 2 * margin
        ending = (
            "whether more rows would help cannot be told"
            if wide
            else "more rows of this kind would bring less than the margin"
        )
        return gain, False, f"{start}: {ending}."
    if worst > margin:
        return gain, True, f"{start}: more rows of this kind would help."
    return gain, False, f"{start}: more rows of this kind would help little, if at all."
