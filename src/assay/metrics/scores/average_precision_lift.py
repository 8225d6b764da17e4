"""Average precision over prevalence: how much cleaner the ranking is than chance."""

from dataclasses import dataclass
from math import inf

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.average_precision import estimate_area
from assay.metrics.scores.cut import pool
from assay.metrics.scores.levels import few_scores, levels_of, score_covariance, score_spread
from assay.metrics.scores.lift import ratio_interval
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.levels import Levels, RankStatistic
from assay.stats.precision_recall import average_precision_of
from assay.stats.rate import wilson
from assay.stats.spread import Spread
from assay.tables.score_table import ScoreTable


def average_precision_lift(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Average precision over the share of positives, which is what a random order gives.

    Parameters
    ----------
    table : ScoreTable
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Above 0, 1 for a random order, at most 1 / prevalence. Undefined without positives.

    References
    ----------
    Zou and Donner 2008, Statistics in Medicine 27:1693, doi:10.1002/sim.3095, for the interval of
    a ratio from those of its parts.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> round(average_precision_lift(table).value, 4)
    1.6667
    """
    if not table.n_pos.sum():
        reason = "no row is positive" if table.n_rows else "the table has no rows"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    levels = levels_of(table)
    found = average_precision_of(levels)
    area = estimate_area(table, levels, found, level=level)
    assert area.value is not None
    assert area.low is not None
    assert area.high is not None
    of_all = _share_of_positives(table)
    prevalence, spread = of_all.value, of_all.spread
    rows = min(float(table.n_rows), spread.n_units or inf)
    varies = spread.variance
    trials = prevalence * (1 - prevalence) / varies if varies > 0 else rows
    ends = wilson(prevalence, trials, level=level, freedom=spread.freedom)
    together = _correlation(table, levels, found, of_all)
    interval = ratio_interval(
        (area.value, prevalence), [Interval(area.low, area.high), ends], together
    )
    interval = interval.around(area.value / prevalence)
    return Estimate(
        value=area.value / prevalence,
        low=interval.low,
        high=interval.high,
        level=level,
        n=area.n,
        n_effective=area.n_effective,
        unit=area.unit,
        method=f"MOVER of logs of average precision ({area.method}) and prevalence (Wilson)",
        warnings=few_scores(table, spread),
    )


@dataclass(frozen=True)
class _Share:
    """The share of positives, what a positive and a negative add to it, and how it varies."""

    value: float
    positive: float
    negative: float
    spread: Spread


def _share_of_positives(table: ScoreTable) -> _Share:
    """Return the prevalence; scores do not matter to it, so one level holds all rows."""
    pooled = pool(table)
    levels = levels_of(pooled)
    value = levels.total_positive / levels.total
    adds = (1 - value) / levels.total, -value / levels.total
    statistic = RankStatistic(value, np.full(1, adds[0]), np.full(1, adds[1]))
    return _Share(value, *adds, score_spread(pooled, levels, statistic))


def _correlation(table: ScoreTable, levels: Levels, found: RankStatistic, share: _Share) -> float:
    """Return how average precision and prevalence vary together over samples."""
    own = score_spread(table, levels, found)
    scale = own.error * share.spread.error
    if scale <= 0:
        return 0.0
    if table.rows is not None:
        ones = np.ones(len(table.score))
        other = RankStatistic(share.value, ones * share.positive, ones * share.negative)
        return score_covariance(table, found, other) / scale
    positive, negative = table.squared_weights()
    together = share.positive * float(np.dot(positive, found.positive))
    return (together + share.negative * float(np.dot(negative, found.negative))) / scale


METRIC = Metric(
    name="average_precision_lift",
    title="Average precision over prevalence",
    tasks=("binary",),
    needs="scores",
    function=average_precision_lift,
    upper_bound=None,
    best=None,
    help=(
        "How many times cleaner the top of the ranking is than rows in random order.",
        "It cannot exceed 1 / prevalence, so a common class has little room above 1.",
        "Average precision itself; the lift in the share of rows that can be acted on.",
    ),
)
