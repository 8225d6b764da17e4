"""Lift: how much richer in positives the top of the ranking is than the whole."""

from collections.abc import Callable
from functools import partial
from math import exp, inf, log

import numpy as np

from assay.metrics.few import few_rows
from assay.metrics.metric import Metric
from assay.metrics.scores.cut import Cut, cut_at, slope_at
from assay.metrics.scores.levels import few_scores, score_covariance
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.levels import RankStatistic
from assay.stats.mover import mover_sum
from assay.stats.rate import wilson
from assay.stats.spread import Spread
from assay.tables.score_table import ScoreTable

SHARES = (0.01, 0.05, 0.1)
_TINY = 1e-12


def lift(table: ScoreTable, *, share: float = 0.1, level: float = 0.95) -> Estimate:
    """Precision among the highest scores over the share of positives.

    The top holds exactly the given share of the weight: rows that tie at its edge count in part,
    as they would on average over the orders that ties could have. The edge is itself estimated,
    which the interval takes into account. Lift times `share` is the gain, the share of all
    positives that the top holds.

    Parameters
    ----------
    table : ScoreTable
    share : float
        How much of the weight the top holds, in (0, 1).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        From 0 to the smaller of 1 / share and 1 / prevalence; 1 is what a random order gives.
        Undefined without positives.

    References
    ----------
    Zou and Donner 2008, Statistics in Medicine 27:1693, doi:10.1002/sim.3095, for the interval of
    a ratio from those of its parts.

    Examples
    --------
    >>> table = ScoreTable(np.arange(4.0), np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    >>> lift(table, share=0.25).value
    2.0
    """
    positives, total = (float(part) for part in (table.from_top[0][-1], _all_from_top(table)[-1]))
    if positives <= 0:
        reason = "no row is positive" if table.n_rows else "the table has no rows"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    along = _all_from_top(table)
    cut = cut_at(table, along, share * total)
    gain = min(1.0, cut.positive / positives)
    rows = share * table.n_rows
    nearby = min(1.0, slope_at(along, table.from_top[0], share * total, rows))
    if share < positives / total:
        interval, spread = _of_precision(cut, share, nearby, rows, level)
        method = "MOVER of log Wilson scores of precision and prevalence"
    else:
        interval, spread = _of_gain(cut, share, nearby, gain, level)
        method = "Wilson score of the positives found"
    interval = interval.clipped(0.0, 1 / share).around(gain / share)
    return Estimate(
        value=gain / share,
        low=interval.low,
        high=interval.high,
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        warnings=few_rows(rows, what="rows in the top") + few_scores(table, spread),
    )


def _all_from_top(table: ScoreTable) -> np.ndarray:
    positive, negative = table.from_top
    return positive + negative


def gain_influence(cut: Cut, share: float, nearby: float, gain: float) -> RankStatistic:
    """Return what a row below, at and above the cut adds to the share of positives above it.

    With a the part of a row above the cut, y whether it is positive, g the gain, x the share of
    rows above and r the share of positives next to the cut, which moves with the other rows:
    (a (y - r) - y g + r x) over the weight of the positives.
    """
    positives = float(sum(cut.table.weights()[0]))
    above = cut.above
    return RankStatistic(
        gain,
        (above * (1 - nearby) - gain + nearby * share) / positives,
        (nearby * share - above * nearby) / positives,
    )


def _of_gain(
    cut: Cut, share: float, nearby: float, gain: float, level: float
) -> tuple[Interval, Spread]:
    """Interval where the top could hold every positive: that of the share it holds."""
    influence = gain_influence(cut, share, nearby, gain)
    spread = cut.spread(influence.positive, influence.negative)
    trials = _trials(gain, spread, float(cut.table.n_pos.sum()))
    low, high = wilson(gain, trials, level=level, freedom=spread.freedom)
    return Interval(low / share, high / share), spread


def _of_precision(
    cut: Cut, share: float, nearby: float, rows: float, level: float
) -> tuple[Interval, Spread]:
    """Interval where the top could hold positives alone: that of its precision over prevalence."""
    weights = cut.table.weights()
    total = float(sum(part.sum() for part in weights))
    prevalence = float(weights[0].sum()) / total
    top = min(1.0, cut.positive / (share * total))
    above, rest = cut.above, share * (top - nearby)
    of_top = RankStatistic(
        top,
        (above * (1 - nearby) - rest) / (share * total),
        (-above * nearby - rest) / (share * total),
    )
    of_all = RankStatistic(
        prevalence, np.full(3, (1 - prevalence) / total), np.full(3, -prevalence / total)
    )
    spreads = [cut.spread(part.positive, part.negative) for part in (of_top, of_all)]
    trials = _trials(top, spreads[0], rows), _trials(prevalence, spreads[1], cut.table.n_rows)
    ends = [
        wilson(part.value, n, level=level, freedom=spread.freedom)
        for part, n, spread in zip((of_top, of_all), trials, spreads, strict=True)
    ]
    scale = spreads[0].error * spreads[1].error
    together = score_covariance(cut.table, of_top, of_all) / scale if scale > 0 else 0.0
    return ratio_interval((top, prevalence), ends, together), spreads[0]


def ratio_interval(
    values: tuple[float, float], intervals: list[Interval], correlation: float
) -> Interval:
    """Return the interval of a ratio of two rates: MOVER of their logarithms.

    Parameters
    ----------
    values : tuple of float
        Numerator and denominator, the latter above 0.
    intervals : list of Interval
        Theirs.
    correlation : float
        Of the two over samples.

    Returns
    -------
    Interval

    Examples
    --------
    >>> ends = [Interval(0.4, 0.6), Interval(0.1, 0.1)]
    >>> [round(end, 3) for end in ratio_interval((0.5, 0.1), ends, 0.0)]
    [4.0, 6.0]
    """
    over, under = values
    if over <= 0:
        return Interval(0.0, intervals[0].high / max(under, _TINY))
    together = float(np.clip(correlation, -1.0, 1.0))
    logs = mover_sum(
        [log(over), log(under)],
        [Interval(*(log(max(end, _TINY)) for end in part)) for part in intervals],
        coefficients=[1.0, -1.0],
        correlation=np.array([[1.0, together], [together, 1.0]]),
    )
    return Interval(exp(logs.low), exp(min(logs.high, 700.0)))


def _trials(rate: float, spread: Spread, rows: float) -> float:
    """Return the independent rows that would show the rate as precisely."""
    if 0 < rate < 1 and spread.variance > 0:
        return rate * (1 - rate) / spread.variance
    return min(rows, spread.n_units or inf)


def _metric(share: float) -> Metric:
    text = f"{100 * share:g} %"
    function: Callable[..., Estimate] = partial(lift, share=share)
    function.__doc__ = lift.__doc__
    return Metric(
        name=f"lift_at_{100 * share:g}",
        title=f"Lift in the top {text}",
        tasks=("binary",),
        needs="scores",
        function=function,
        upper_bound=1 / share,
        best=None,
        help=(
            f"How many times richer in positives the {text} highest scores are than all rows.",
            "The rarer the positives, the higher it can be: two data sets do not compare.",
            "The gain curve for other shares; precision and recall at the threshold in use.",
        ),
    )


METRICS = tuple(_metric(share) for share in SHARES)
