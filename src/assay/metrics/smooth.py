"""A smooth function of the margins in, its value with an interval from redraws out."""

from collections.abc import Callable

import numpy as np

from assay.metrics.cells import Cells, Floats, cell_spread
from assay.metrics.draws import CellDraws, draw_cells
from assay.metrics.few import few_of_class, few_units
from assay.metrics.margins import Margins, margin_matrix
from assay.result import Estimate
from assay.stats.percentile import bca_interval
from assay.stats.spread import Spread
from assay.tables.cube import Cube

Statistic = Callable[[Margins], Floats]
_STEP = 1e-5


def margins_of(cells: Cells) -> Margins:
    """Return the margins of the cells themselves; shapes (k,)."""
    return Margins(np.diag(cells.w), cells.w.sum(axis=1), cells.w.sum(axis=0))


def influence_of(statistic: Statistic, cells: Cells) -> Floats:
    """Return the change of a statistic for one more unit of weight in each cell, (k, k)."""
    k = len(cells.classes)
    held = np.flatnonzero(cells.w.ravel() > 0)
    base = cells.w.ravel() @ margin_matrix(k)
    step = _STEP * float(cells.w.sum())
    each = step * margin_matrix(k)[held]
    with np.errstate(divide="ignore", invalid="ignore"):
        up = statistic(Margins.split(base + each))
        down = statistic(Margins.split(np.maximum(base - each, 0.0)))
    change = np.nan_to_num((up - down) / (2 * step), posinf=0.0, neginf=0.0)
    out = np.zeros(k * k)
    out[held] = change
    return out.reshape(k, k)


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
    n = int(cells.n.sum())
    if not n:
        return Estimate.undefined("the table has no rows", n=0, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(margins_of(cells)))
        values = statistic(drawn.margins)
    if not np.isfinite(value):
        return Estimate.undefined(undefined, n=n, level=level, warnings=warnings)
    influence = influence_of(statistic, cells)
    spread = cell_spread(cells, influence, among=np.ones_like(cells.n, dtype=bool))
    interval = bca_interval(value, values, acceleration=spread.skew / 6, level=level)
    interval = interval.clipped(*bounds).around(value)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=f"{drawn.method}, BCa",
        seed=drawn.seed,
        warnings=warnings + _few(cells, spread),
    )


def _few(cells: Cells, spread: Spread) -> tuple[str, ...]:
    return smallest_class(cells) + few_units(spread)


def smallest_class(cells: Cells) -> tuple[str, ...]:
    """Return the warning that the smallest class present has too few rows, or nothing."""
    rows = cells.n.sum(axis=1)
    present = np.flatnonzero(rows)
    least = int(present[np.argmin(rows[present])])
    return few_of_class(int(rows[least]), str(cells.classes[least]))
