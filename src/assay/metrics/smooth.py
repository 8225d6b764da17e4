"""A smooth function of the margins in, its value with an interval from redraws out."""

from collections.abc import Callable

import numpy as np

from assay.metrics.cells import Cells, Floats, cell_spread
from assay.metrics.draws import CellDraws, draw_cells
from assay.metrics.few import few_of_class, few_units
from assay.metrics.margins import Margins, margins_of
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.percentile import bca_interval, expanded_level
from assay.stats.rate import wilson
from assay.stats.spread import Spread
from assay.tables.cube import Cube

Statistic = Callable[[Margins], Floats]
_STEP = 1e-5
_NO_CHANGE = 1e-12


def influence_of(statistic: Statistic, cells: Cells) -> Floats:
    """Return the change of a statistic for one more unit of weight in each cell, (n_cells,).

    A cell moves one entry of each margin, so the derivatives by the margins are enough.
    """
    k = len(cells.classes)
    base = margins_of(cells.w, cells)
    joined = np.concatenate([base.right, base.actual, base.predicted])
    step = np.minimum(_STEP * float(cells.w.sum()), joined / 2)
    held = np.flatnonzero(step > 0)
    bump = np.zeros((len(held), 3 * k))
    bump[np.arange(len(held)), held] = step[held]
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = (
            statistic(Margins(*np.split(joined + sign * bump, 3, axis=-1))) for sign in (1, -1)
        )
        slope = np.zeros(3 * k)
        slope[held] = (up - down) / (2 * step[held])
    slope = np.nan_to_num(slope, posinf=0.0, neginf=0.0)
    right, actual, predicted = np.split(slope, 3)
    return np.where(cells.right, right[cells.actual], 0.0) + (
        actual[cells.actual] + predicted[cells.predicted]
    )


def smooth_estimate(
    cube: Cube,
    statistic: Statistic,
    *,
    undefined: str,
    draws: CellDraws | None = None,
    level: float = 0.95,
    bounds: tuple[float, float] = (0.0, 1.0),
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Return a function of the margins with a bias-corrected accelerated interval.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    statistic : callable
        `Margins` of shape (..., k) to an array of shape (...,); NaN where undefined.
    undefined : str
        The reason to give where it is undefined on the rows themselves.
    draws : CellDraws or None
        Redraws shared with other metrics; None makes them with seed 0.
    level : float
    bounds : (float, float)
        Range of the statistic.
    warnings : tuple of str

    Returns
    -------
    Estimate
    """
    drawn = draw_cells(cube) if draws is None else draws
    cells = drawn.cells
    n = cells.n_rows
    if not n:
        return Estimate.undefined("the table has no rows", n=0, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(margins_of(cells.w, cells)))
        values = statistic(drawn.margins)
    if not np.isfinite(value):
        return Estimate.undefined(undefined, n=n, level=level, warnings=warnings)
    spread = cell_spread(cells, influence_of(statistic, cells), among=np.ones(len(cells.n), bool))
    known = values[np.isfinite(values)]
    if len(known) and np.ptp(known) > _NO_CHANGE:
        wider = level_for_units(level, spread)
        interval = bca_interval(value, known, acceleration=spread.skew / 6, level=wider)
        method = f"{drawn.method}, BCa"
    else:
        interval = _unseen(statistic, cells, value, spread, level)
        method = "Wilson score of all rows, carried over: redraws do not vary"
    interval = interval.clipped(*bounds).around(value)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        seed=drawn.seed,
        warnings=warnings + _few(cells, spread),
    )


def _few(cells: Cells, spread: Spread) -> tuple[str, ...]:
    return smallest_class(cells) + few_units(spread)


def level_for_units(level: float, spread: Spread) -> float:
    """Return the level to ask percentiles for, when they come from few redrawn units.

    Redraws of few units vary too little, and percentiles know no Student's t.
    """
    if spread.freedom is None or spread.n_units is None or spread.n_units < 2:
        return level
    return expanded_level(level, spread.n_units, freedom=spread.freedom)


def _unseen(
    statistic: Statistic, cells: Cells, value: float, spread: Spread, level: float
) -> Interval:
    """Return an interval where every row is right, or every one wrong, and so every redraw.

    The other kind of answer may only have had no chance to occur: as much of it as Wilson's
    interval of none among n allows is put into every class, spread over the other classes.
    """
    share = 1 - wilson(1.0, spread.n_effective or cells.n_rows, level=level).low
    base, k = margins_of(cells.w, cells), len(cells.classes)
    mixed = min(1.0, share * k / max(k - 1, 1))
    spill = mixed * base.actual.sum() / k
    other = Margins(
        (1 - mixed) * base.right + mixed * base.actual / k,
        base.actual,
        (1 - mixed) * base.predicted + spill,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        end = float(statistic(other))
    end = end if np.isfinite(end) else value
    return Interval(min(value, end), max(value, end))


def smallest_class(cells: Cells) -> tuple[str, ...]:
    """Return the warning that the smallest class present has too few rows, or nothing."""
    rows = cells.class_rows
    present = np.flatnonzero(rows)
    least = int(present[np.argmin(rows[present])])
    return few_of_class(int(rows[least]), str(cells.classes[least]))
