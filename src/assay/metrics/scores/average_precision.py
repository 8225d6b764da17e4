"""Average precision: the area under the precision-recall steps."""

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.levels import few_scores, levels_of, score_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.levels import Levels, RankStatistic
from assay.stats.precision_recall import average_precision_of
from assay.stats.rate import wilson
from assay.stats.transforms import logit_interval
from assay.tables.score_table import ScoreTable


def average_precision(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Mean over the positives of the precision at their score: Σ (R_k - R_{k-1}) P_k.

    Parameters
    ----------
    table : ScoreTable
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In (0, 1] with the influence function's variance on the logit scale; the prevalence is
        what guessing gives. Undefined without positives. In a binned table how far unknown ranks
        can move the value is added to the interval.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> round(average_precision(table).value, 4)
    0.8333
    """
    if not table.n_pos.sum():
        reason = "no row is positive" if table.n_rows else "the table has no rows"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    levels = levels_of(table)
    return estimate_area(table, levels, average_precision_of(levels), level=level)


def estimate_area(
    table: ScoreTable, levels: Levels, found: RankStatistic, *, level: float
) -> Estimate:
    """Return the estimate of an average precision whose influences are known.

    Parameters
    ----------
    table : ScoreTable
        With positives.
    levels : Levels
        Its weights.
    found : RankStatistic
        Of `average_precision_of`.
    level : float

    Returns
    -------
    Estimate
    """
    positives = int(table.n_pos.sum())
    spread = score_spread(table, levels, found)
    value = min(found.value, 1.0)
    if spread.variance > 0 and 0 < value < 1:
        quantile = two_sided_quantile(level, freedom=spread.freedom)
        interval = logit_interval(value, spread.error, quantile)
        method = "influence function, logit scale"
    else:
        interval = wilson(value, min(positives, spread.n_units or positives), level=level)
        method = "Wilson score of the positives: ranks without variance"
    below, above = (0.0, 0.0) if table.exact else _bin_bounds(levels, value)
    bound = max(below, above)
    return Estimate(
        value=value,
        low=max(0.0, interval.low - below),
        high=min(1.0, interval.high + above),
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method if table.exact else f"{method}; bins move it by at most {bound:.2g}",
        warnings=few_scores(table, spread),
    )


def _bin_bounds(levels: Levels, value: float) -> tuple[float, float]:
    """Return how far the value falls or rises in the worst and best order inside the bins."""
    true_through = np.cumsum(levels.positive[::-1])[::-1]
    all_through = np.cumsum((levels.positive + levels.negative)[::-1])[::-1]
    true_before = true_through - levels.positive
    false_before = all_through - true_through - levels.negative
    held = levels.positive > 0
    best = true_through[held] / (true_through + false_before)[held]
    worst = true_before[held] / np.maximum(all_through - levels.positive, 1e-300)[held]
    share = levels.positive[held] / levels.total_positive
    low, high = float(np.dot(share, worst)), float(np.dot(share, best))
    return max(0.0, value - low), max(0.0, high - value)


METRIC = Metric(
    name="average_precision",
    title="Average precision",
    acronym="AP",
    tasks=("binary", "multilabel"),
    needs="scores",
    function=average_precision,
    help=(
        "The mean precision over all recalls: how clean the top of the ranking is.",
        "Its floor is the prevalence, so values of two data sets do not compare.",
        "The lift over prevalence; precision at the recall that is needed.",
    ),
)
