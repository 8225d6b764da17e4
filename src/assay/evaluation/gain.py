"""A score table in; the share of positives found by share of rows taken, with its band, out."""

import numpy as np

from assay.evaluation.band import wilson_ends
from assay.evaluation.goal import Floats
from assay.metrics.scores.cut import cut_at, slope_at, slopes_at, squares_from_top
from assay.metrics.scores.lift import gain_influence
from assay.tables.curves import GainPoints
from assay.tables.score_table import ScoreTable

SHARES = np.unique(np.concatenate([np.linspace(0, 0.1, 41), np.linspace(0.1, 1, 91)]).round(6))
UNIT_SHARES = np.concatenate([[0.01, 0.02, 0.05], np.linspace(0.1, 0.9, 9)])


def gain_points(table: ScoreTable, *, level: float = 0.95) -> GainPoints:
    """Return the cumulative gain curve: highest scores first.

    Equal scores are taken in part, as on average over the orders that ties could have. The band
    is Wilson's, with as many rows as the influence of the positives, and of the place where the
    rows are cut off, leave.

    Parameters
    ----------
    table : ScoreTable
        With both classes.
    level : float
        Coverage of the band at each point, in (0, 1).

    Returns
    -------
    GainPoints
        At the same shares for every table, closer together in the first tenth.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 5]), np.array([5, 0]))
    >>> points = gain_points(table)
    >>> float(points.gain[points.share == 0.25][0])
    0.5
    """
    positive, negative = table.from_top
    along = positive + negative
    gain = np.clip(np.interp(SHARES * along[-1], along, positive) / positive[-1], 0.0, 1.0)
    squares, _ = table.squared_weights()
    most = np.full(len(SHARES), float(positive[-1] ** 2 / squares.sum()))
    effective = _by_units(table, along) if table.rows is not None else _by_rows(table, gain)
    with np.errstate(invalid="ignore"):
        inside = (gain > 0) & (gain < 1) & np.isfinite(effective) & (effective > 0)
    if table.rows is not None:
        most = np.minimum(most, table.rows.n_units)
    low, high = wilson_ends(gain, np.where(inside, effective, most), level=level)
    return GainPoints(SHARES.copy(), gain, low, high, float(positive[-1] / along[-1]))


def _by_rows(table: ScoreTable, gain: Floats) -> Floats:
    """Return the rows of equal weight that would vary as much as each gain does."""
    positive, negative = table.from_top
    along = positive + negative
    found, alarms = (
        np.interp(SHARES * along[-1], along, squares) for squares in squares_from_top(table)
    )
    every = [float(part.sum()) for part in table.squared_weights()]
    near = _nearby(table, along) * SHARES
    edge = np.divide(near, SHARES, out=np.zeros_like(near), where=SHARES > 0)
    variance = (
        found * (1 - edge - gain + near) ** 2
        + (every[0] - found) * (near - gain) ** 2
        + alarms * (near - edge) ** 2
        + (every[1] - alarms) * near**2
    ) / positive[-1] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return gain * (1 - gain) / variance


def _nearby(table: ScoreTable, along: Floats) -> Floats:
    """Return the share of positives next to each cut."""
    rows = np.minimum(SHARES, 1 - SHARES) * table.n_rows
    return np.clip(slopes_at(along, table.from_top[0], SHARES * along[-1], rows), 0.0, 1.0)


def _by_units(table: ScoreTable, along: Floats) -> Floats:
    """Return the rows that would vary as much as units do, from a few cuts."""
    total, positives = float(along[-1]), float(table.from_top[0][-1])
    effective: list[float] = []
    for share in UNIT_SHARES:
        cut = cut_at(table, along, share * total)
        gain = min(1.0, cut.positive / positives)
        rows = min(share, 1 - share) * table.n_rows
        near = min(1.0, slope_at(along, table.from_top[0], share * total, rows))
        influence = gain_influence(cut, float(share), near, gain)
        variance = cut.spread(influence.positive, influence.negative).variance
        most = float(table.rows.n_units if table.rows is not None else table.n_rows)
        effective.append(gain * (1 - gain) / variance if variance > 0 else most)
    return np.interp(SHARES, UNIT_SHARES, effective)
