"""Shares along a curve in, the ends of their intervals out."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.goal import Floats
from assay.stats.sums import sums_by
from assay.tables.score_table import ScoreRows, ScoreTable

MAX_CELLS = 20_000_000


def wilson_ends(share: Floats, n: Floats, *, level: float) -> tuple[Floats, Floats]:
    """Return Wilson's interval of many shares at once.

    Parameters
    ----------
    share : ndarray of float, shape (n_points,)
        In [0, 1].
    n : ndarray of float, shape (n_points,)
        Rows, or their effective number; > 0.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    tuple of ndarray, shape (n_points,) each

    References
    ----------
    Wilson 1927, JASA, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> low, high = wilson_ends(np.array([0.5]), np.array([100.0]), level=0.95)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.4038], [0.5962])
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    n = np.asarray(n, dtype=np.float64)
    scale = 1 / (1 + z**2 / n)
    middle = scale * (share + z**2 / (2 * n))
    half = scale * z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def share_band(
    table: ScoreTable, threshold: Floats, share: Floats, *, level: float
) -> tuple[Floats, Floats]:
    """Return the band of the share of positives at or above each threshold.

    Parameters
    ----------
    table : ScoreTable
    threshold, share : ndarray of float, shape (n_points,)
        Thresholds, descending, and the share of positive weight at or above each.
    level : float

    Returns
    -------
    tuple of ndarray, shape (n_points,) each
        Wilson's interval with as many effective rows as weights and units leave.
    """
    positives, _ = table.weights()
    squares, _ = table.squared_weights()
    rows = np.full(len(share), positives.sum() ** 2 / squares.sum())
    if table.rows is not None:
        rows = np.minimum(rows, _rows_by_units(table, table.rows, threshold, share))
    return wilson_ends(share, rows, level=level)


def _rows_by_units(table: ScoreTable, rows: ScoreRows, threshold: Floats, share: Floats) -> Floats:
    """Rows that would vary as much as the units do, at each threshold."""
    step = max(1, int(np.ceil(len(threshold) * rows.n_units / MAX_CELLS)))
    kept = np.arange(0, len(threshold), step)
    level_of = np.searchsorted(threshold[kept][::-1], table.score, side="right") - 1
    place = len(kept) - 1 - level_of  # first of the kept thresholds that a score reaches
    chosen = rows.positive & (place[rows.level] < len(kept))
    cell = rows.unit[chosen].astype(np.int64) * len(kept) + place[rows.level[chosen]]
    above = sums_by(cell, rows.w[chosen], rows.n_units * len(kept))
    above = above.reshape(rows.n_units, len(kept)).cumsum(axis=1)
    every = sums_by(rows.unit[rows.positive], rows.w[rows.positive], rows.n_units)
    mass = np.full(len(kept), every.sum())
    effective = _effective(above - share[kept] * every[:, None], mass, share[kept])
    return np.interp(np.arange(len(threshold)), kept, effective)


def rows_by_units(rows: ScoreRows, place: NDArray[np.integer], share: Floats) -> Floats:
    """Return the rows that would vary as much as the units do, for the share in each bin.

    Parameters
    ----------
    rows : ScoreRows
    place : ndarray of int, shape (n_rows,)
        Bin of each row.
    share : ndarray of float, shape (n_bins,)
        Share of positive weight in each bin.

    Returns
    -------
    ndarray of float, shape (n_bins,)
    """
    term = rows.w * (rows.positive - share[place])
    cell = rows.unit.astype(np.int64) * len(share) + place
    rest = sums_by(cell, term, rows.n_units * len(share))
    mass = sums_by(place, rows.w, len(share))
    return _effective(rest.reshape(rows.n_units, len(share)), mass, share)


def _effective(rest: Floats, mass: Floats, share: Floats) -> Floats:
    """Return p (1 - p) over the variance of a share whose units miss it by `rest` in sum."""
    n_units = len(rest)
    spread = rest.var(axis=0, ddof=1) * n_units if n_units > 1 else np.inf
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = share * (1 - share) / (spread / mass**2)
    return np.where(np.isfinite(effective), np.maximum(effective, 1.0), float(n_units))
