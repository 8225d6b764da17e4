"""A smooth function of every label's margins in, its value with an interval out."""

from dataclasses import replace

import numpy as np

from assay.metrics.few import few_rows, few_units
from assay.metrics.margins import Floats, Margins
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.smooth import Statistic, level_for_units
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.percentile import bca_interval
from assay.stats.rate import wilson
from assay.stats.spread import Spread, unit_spread

MIN_LABEL_ROWS = 30
_STEP = 1e-5
_NO_CHANGE = 1e-12


def label_estimate(
    draws: LabelDraws,
    statistic: Statistic,
    *,
    undefined: str,
    level: float = 0.95,
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Return a function of the margins with a bias-corrected accelerated interval.

    Parameters
    ----------
    draws : LabelDraws
    statistic : callable
        `Margins` of shape (..., k) to an array of shape (...,) in [0, 1]; NaN where undefined.
    undefined : str
        The reason to give where it is undefined on the rows themselves.
    level : float
    warnings : tuple of str

    Returns
    -------
    Estimate
    """
    if not draws.n:
        return Estimate.undefined("the table has no rows", n=0, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(draws.whole))
        values = statistic(draws.drawn)
    if not np.isfinite(value):
        return Estimate.undefined(undefined, n=draws.n, level=level, warnings=warnings)
    spread = _spread(statistic, draws)
    known = values[np.isfinite(values)]
    if len(known) and np.ptp(known) > _NO_CHANGE:
        wider = level_for_units(level, spread)
        interval = bca_interval(value, known, acceleration=spread.skew / 6, level=wider)
        method = f"{draws.method}, BCa"
    else:
        interval = _unseen(statistic, draws, value, level)
        method = "Wilson score of all rows, carried over: redraws do not vary"
    interval = interval.clipped(0.0, 1.0).around(value)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=draws.n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        seed=draws.seed,
        warnings=warnings + few_units(spread),
    )


def rarest_label(draws: LabelDraws) -> tuple[str, ...]:
    """Return the warning that the rarest label that occurs has too few rows, or nothing."""
    present = np.flatnonzero(draws.true_rows)
    if not len(present):
        return ()
    least = int(present[np.argmin(draws.true_rows[present])])
    what = f"rows of label {draws.labels[least]}"
    return few_rows(int(draws.true_rows[least]), least=MIN_LABEL_ROWS, what=what)


def labels_without(draws: LabelDraws, *, given: bool = False) -> tuple[str, ...]:
    """Return a warning that names the labels an average leaves out, or nothing.

    Parameters
    ----------
    draws : LabelDraws
    given : bool
        Whether a label counts as there only where it is given (for precision), else where it is
        true or given.
    """
    there = draws.whole.predicted > 0
    if not given:
        there |= draws.whole.actual > 0
    why = "never given" if given else "without rows"
    return _left_out(draws, ~there, why)


def labels_never_true(draws: LabelDraws) -> tuple[str, ...]:
    """Return a warning that names the labels without a recall, or nothing."""
    return _left_out(draws, draws.whole.actual <= 0, "never true")


def _left_out(draws: LabelDraws, out: np.ndarray, why: str) -> tuple[str, ...]:
    names = [name for name, is_out in zip(draws.labels, out, strict=True) if is_out]
    return (f"labels {why}, left out of the average: {', '.join(names)}",) if names else ()


def _spread(statistic: Statistic, draws: LabelDraws) -> Spread:
    """Return how the statistic varies over units, by its derivatives."""
    right, actual, predicted = np.split(_slopes(statistic, draws.whole), 3)
    units = draws.by_unit
    sums = units.right @ right + units.actual @ actual + units.predicted @ predicted
    spread = unit_spread(sums, plain_variance=0.0, n=draws.n, unit=draws.unit)
    if draws.unit == "row":
        return replace(spread, n_effective=draws.n_effective, freedom=None, n_units=None)
    return replace(spread, n_effective=None)


def _slopes(statistic: Statistic, base: Margins) -> Floats:
    """Return the derivatives by each label's margins, shape (3 k,)."""
    joined = np.concatenate([base.right, base.actual, base.predicted])
    step = np.minimum(_STEP * max(float(base.actual.sum()), 1.0), joined / 2)
    held = np.flatnonzero(step > 0)
    bump = np.zeros((len(held), len(joined)))
    bump[np.arange(len(held)), held] = step[held]
    slope = np.zeros(len(joined))
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = (
            statistic(Margins(*np.split(joined + sign * bump, 3, axis=-1))) for sign in (1, -1)
        )
        slope[held] = (up - down) / (2 * step[held])
    return np.nan_to_num(slope, posinf=0.0, neginf=0.0)


def _unseen(statistic: Statistic, draws: LabelDraws, value: float, level: float) -> Interval:
    """Return an interval where redraws do not vary, as where all labels of all rows are right.

    Rows of another kind may only have had no chance to occur: as many of them as Wilson's
    interval of none among n allows have all their labels right, or all wrong.
    """
    units = draws.n_effective or (draws.n if draws.unit == "row" else len(draws.by_unit.right))
    share = 1 - wilson(1.0, units, level=level).low
    base = draws.whole
    missed = base.actual - base.right
    others = (
        Margins((1 - share) * base.right, base.actual, base.predicted),
        Margins(base.right + share * missed, base.actual, base.predicted + share * missed),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [end for other in others if np.isfinite(end := float(statistic(other)))]
    return Interval(min([value, *ends]), max([value, *ends]))
