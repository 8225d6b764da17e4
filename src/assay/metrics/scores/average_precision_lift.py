"""Average precision over prevalence: how much cleaner the ranking is than chance."""

from math import inf, sqrt

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.average_precision import average_precision
from assay.metrics.scores.levels import few_scores, levels_of, score_covariance, score_spread
from assay.metrics.scores.lift import ratio_interval
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.levels import Levels, RankStatistic
from assay.stats.precision_recall import average_precision_of
from assay.stats.rate import wilson
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
    area = average_precision(table, level=level)
    levels = levels_of(table)
    if area.value is None or area.low is None or area.high is None:
        return area
    prevalence = levels.total_positive / levels.total
    found = average_precision_of(levels)
    share = _prevalence(levels, prevalence)
    spreads = [score_spread(table, levels, part) for part in (found, share)]
    varies = spreads[1].variance
    rows = min(float(table.n_rows), spreads[1].n_units or inf)
    trials = prevalence * (1 - prevalence) / varies if varies > 0 else rows
    ends = wilson(prevalence, trials, level=level, freedom=spreads[1].freedom)
    scale = sqrt(spreads[0].variance * varies)
    together = score_covariance(table, found, share) / scale if scale > 0 else 0.0
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
        n_effective=spreads[0].n_effective,
        unit=area.unit,
        method=f"MOVER of logs of average precision ({area.method}) and prevalence (Wilson)",
        warnings=few_scores(table, spreads[0]),
    )


def _prevalence(levels: Levels, value: float) -> RankStatistic:
    ones = np.ones(len(levels.positive))
    return RankStatistic(value, ones * (1 - value) / levels.total, -ones * value / levels.total)


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
