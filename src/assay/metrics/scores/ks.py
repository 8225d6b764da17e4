"""Kolmogorov and Smirnov's statistic: how far apart the scores of the two classes lie."""

from math import exp, sqrt

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.levels import few_scores, levels_of, missing_class, score_spread
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.levels import Floats, RankStatistic
from assay.stats.mover import mover_sum
from assay.stats.rate import wilson
from assay.stats.spread import Spread
from assay.tables.score_table import ScoreTable

N_DRAWS = 400
GRID = 128
_SMOOTHING = 0.3
_NO_DOUBT = 1e-6


def ks_statistic(
    table: ScoreTable,
    *,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    seed: int | None = 0,
) -> Estimate:
    """Largest true positive rate less false positive rate over all thresholds.

    The largest of many differences is too large by chance. How much is found by drawing ROC
    curves around a smoothed one; the interval is that of the difference at the threshold found,
    moved down by as much (its upper end by half, to stay on the safe side). Its lower end is 0
    unless a test against equal laws of both classes rejects, since a distance is never below 0.

    Parameters
    ----------
    table : ScoreTable
    level : float
        Coverage of the interval, in (0, 1).
    rng : numpy.random.Generator or None
        None makes one from `seed`.
    seed : int or None

    Returns
    -------
    Estimate
        In [0, 1]; undefined when a class does not occur. In a binned table how far the ranks
        inside the bins can raise the value is added to the interval.

    References
    ----------
    Smirnov 1948, Annals of Mathematical Statistics 19:279, for the test; Zou and Donner 2008,
    Statistics in Medicine 27:1693, for the interval at one threshold.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([20, 80]), np.array([70, 30]))
    >>> round(ks_statistic(table).value, 4)
    0.5
    """
    reason = missing_class(table)
    if reason is not None:
        return Estimate.undefined(f"{reason}: nothing to tell apart", n=table.n_rows, level=level)
    positive, negative = table.from_top
    if positive[-1] <= 0 or negative[-1] <= 0:
        reason = "a class has no weight: nothing to tell apart"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    found, alarms = positive / positive[-1], negative / negative[-1]
    at = int(np.argmax(found - alarms))
    value = float(found[at] - alarms[at])
    rows, spread = _independent_rows(table, at, float(found[at]), float(alarms[at]))
    p_value = exp(-2 * value**2 * rows[0] * rows[1] / (rows[0] + rows[1]))
    generator = np.random.default_rng(seed) if rng is None else rng
    excess = _excess(found, alarms, rows, generator)
    plain = _at_one_threshold(float(found[at]), float(alarms[at]), rows, spread, level)
    low = plain.low - excess if p_value < 1 - level else 0.0
    bound = 0.0 if table.exact else float(np.max(np.diff(found)))
    interval = Interval(low, plain.high - excess / 2 + bound).clipped(0.0, 1.0).around(value)
    method = f"MOVER of Wilson scores less {excess:.2g} expected by chance; {_as_text(p_value)}"
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        seed=seed,
        warnings=few_scores(table, spread),
    )


def _as_text(p_value: float) -> str:
    return "p < 1e-6" if p_value < _NO_DOUBT else f"p = {p_value:.2g}"


def _independent_rows(
    table: ScoreTable, at: int, found: float, alarms: float
) -> tuple[tuple[float, float], Spread]:
    """Return the rows of each class that would vary as much as weights and units do."""
    levels, squares = levels_of(table), table.squared_weights()
    above = np.zeros(len(table.score))
    above[len(above) - at :] = 1.0
    statistic = RankStatistic(
        found - alarms,
        (above - found) / levels.total_positive,
        (alarms - above) / levels.total_negative,
    )
    spread = score_spread(table, levels, statistic)
    totals = levels.total_positive, levels.total_negative
    kish = [total**2 / float(part.sum()) for total, part in zip(totals, squares, strict=True)]
    alike = 1.0
    if table.rows is not None:
        rates = found * (1 - found) / kish[0], alarms * (1 - alarms) / kish[1]
        plain = sum(rates)
        alike = spread.variance / plain if plain > 0 and spread.variance > 0 else 1.0
        limit = float(spread.n_units or 1)
        kish = [min(part, limit) if alike == 1.0 else part / alike for part in kish]
    return (max(1.0, kish[0]), max(1.0, kish[1])), spread


def _at_one_threshold(
    found: float, alarms: float, rows: tuple[float, float], spread: Spread, level: float
) -> Interval:
    rates = [found, 1 - alarms]
    ends = [
        wilson(rate, n, level=level, freedom=spread.freedom)
        for rate, n in zip(rates, rows, strict=True)
    ]
    both = mover_sum(rates, ends)
    return Interval(both.low - 1, both.high - 1)


def _excess(
    found: Floats, alarms: Floats, rows: tuple[float, float], rng: np.random.Generator
) -> float:
    """Return how much larger the largest difference is on average than that of the true curve.

    The true curve is taken to be the one seen, smoothed along its length; each class's rate
    varies around it as a Brownian bridge.
    """
    along = np.linspace(0, 1, GRID + 1)
    gap = np.interp(along, (found + alarms) / 2, found - alarms)
    gap = _smoothed(gap, _SMOOTHING * min(rows) ** -0.2)
    noise = np.zeros((N_DRAWS, GRID))
    for sign, n in ((1, rows[0]), (-1, rows[1])):
        rate = np.clip(along + sign * gap / 2, 0.0, 1.0)
        noise += sign * _bridges(rate, rng) / sqrt(n)
    largest = np.maximum((gap[1:] + noise).max(axis=1), 0.0)
    return max(0.0, float(largest.mean() - gap.max()))


def _smoothed(gap: Floats, half: float) -> Floats:
    """Return the mean over `half` of the curve on each side; past its ends it is mirrored."""
    reach = max(1, round(half * GRID))
    padded = np.concatenate([-gap[reach:0:-1], gap, -gap[-2 : -reach - 2 : -1]])
    width = 2 * reach + 1
    return np.maximum(np.convolve(padded, np.full(width, 1 / width), "valid"), 0.0)


def _bridges(rate: Floats, rng: np.random.Generator) -> Floats:
    """Draw Brownian bridges over a rate that goes from 0 to 1, shape (N_DRAWS, GRID)."""
    steps = np.maximum(np.diff(rate), 0.0)
    walk = np.cumsum(rng.standard_normal((N_DRAWS, GRID)) * np.sqrt(steps), axis=1)
    return walk - rate[1:] * walk[:, -1:]


METRIC = Metric(
    name="ks_statistic",
    title="Kolmogorov-Smirnov statistic",
    acronym="KS",
    tasks=("binary",),
    needs="scores",
    function=ks_statistic,
    help=(
        "The largest gap between the shares of positives and of negatives above a threshold.",
        "It looks at one threshold only, and picks the best one on these rows.",
        "ROC AUC for the whole order; the rates at the threshold in use.",
    ),
)
