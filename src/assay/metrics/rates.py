"""Cells in the numerator and in the denominator in, one rate with a score interval out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.metrics.cells import Cells, WeighedCells, cell_spread, influence_by_unit
from assay.metrics.few import few_rows, few_units
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.rate import wilson
from assay.stats.spread import Spread
from assay.tables.cube import Cube

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CellRate:
    """A share of weights, how it varies, and its interval.

    Parameters
    ----------
    value : float
    interval : Interval
    n : int
        Rows in the denominator.
    spread : Spread
    influence : ndarray of float, shape (n_cells,)
    """

    value: float
    interval: Interval
    n: int
    spread: Spread
    influence: Floats

    @property
    def n_effective(self) -> float | None:
        """Independent rows of equal weight with the same precision; None for plain rows."""
        return self.spread.n_effective


def single_key_cells(cube: Cube) -> Cells:
    """Return the cells of a cube with one key, each of them a value of that key.

    Parameters
    ----------
    cube : Cube
        One key.

    Returns
    -------
    Cells
        Both `actual` and `predicted` are the place of the value among `classes`.
    """
    place = cube.codes[:, 0].astype(np.int64)
    return Cells(
        cube.levels[0], place, place, cube.n, cube.w, cube.w2, cube.weighted, cube.by_unit
    )


def cell_rate(
    cells: WeighedCells,
    numerator: NDArray[np.bool_] | Floats,
    denominator: NDArray[np.bool_] | Floats,
    *,
    level: float = 0.95,
) -> CellRate | None:
    """Return the rate Σ w·numerator / Σ w·denominator over the cells.

    Its interval is Wilson's, with the number of independent rows that the variance of the rate
    shows: the denominator itself for plain rows, fewer for weights and declared units.

    Parameters
    ----------
    cells : WeighedCells
    numerator, denominator : ndarray of bool or float, shape (n_cells,)
        Whether or how much each cell counts; the numerator never more than the denominator.
    level : float

    Returns
    -------
    CellRate or None
        None when the denominator holds no weight.
    """
    above = numerator.astype(np.float64)
    under = denominator.astype(np.float64)
    below = float(np.dot(cells.w, under))
    if below <= 0:
        return None
    among = under > 0
    n = int(cells.n[among].sum())
    value = min(1.0, float(np.dot(cells.w, above)) / below)
    influence = (above - value * under) / below
    spread = cell_spread(cells, influence, among=among)
    trials = _trials(cells, value, spread, among, n)
    interval = wilson(value, trials, level=level, freedom=spread.freedom)
    return CellRate(value, interval, n, spread, influence)


def _trials(
    cells: WeighedCells, value: float, spread: Spread, among: NDArray[np.bool_], n: int
) -> float:
    if 0 < value < 1 and spread.variance > 0:
        return value * (1 - value) / spread.variance
    if spread.n_effective is None:
        return n
    kish = float(cells.w[among].sum()) ** 2 / float(cells.w2[among].sum())
    return min(kish, spread.n_units) if spread.n_units is not None else kish


def rate_estimate(
    rate: CellRate, *, level: float, method: str = "Wilson score", what: str = "rows"
) -> Estimate:
    """Return the estimate of a rate, marked where its denominator is small.

    Parameters
    ----------
    rate : CellRate
    level : float
    method : str
    what : str
        The rows of the denominator, in words.

    Returns
    -------
    Estimate
    """
    plain = rate.spread.n_effective is None
    return Estimate(
        value=rate.value,
        low=rate.interval.low,
        high=rate.interval.high,
        level=level,
        n=rate.n,
        n_effective=rate.n_effective,
        unit=rate.spread.unit,
        method=method if plain else f"{method}, effective sample size",
        warnings=few_rows(rate.n, what=what) + few_units(rate.spread),
    )


def correlations_of(cells: WeighedCells, rates: Sequence[CellRate]) -> Floats:
    """Return how rates move together over samples of the units, shape (n_rates, n_rates)."""
    sums = np.stack([influence_by_unit(cells, rate.influence) for rate in rates])
    covariance = sums @ sums.T
    scale = np.sqrt(np.diag(covariance))
    scale[scale == 0] = np.inf
    correlation = covariance / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    return correlation
