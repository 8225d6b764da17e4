"""A score table and prices in; what each threshold costs, and which is cheapest, out."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.goal import Costs, Floats, Outcomes
from assay.evaluation.threshold import sweep
from assay.metrics.scores.cut import split, squares_from_top
from assay.metrics.scores.levels import levels_of, score_spread
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.levels import RankStatistic
from assay.tables.curves import CostCurve, CostRatios
from assay.tables.score_table import ScoreTable

MAX_POINTS = 200
UNIT_POINTS = 13
RATIOS = ((5.0, 1.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (1.0, 5.0), (1.0, 10.0), (1.0, 20.0))


def cost_curve(
    table: ScoreTable,
    costs: Costs,
    *,
    chosen: float | None = None,
    as_probabilities: bool = True,
    level: float = 0.95,
) -> CostCurve:
    """Return the mean cost of a row for each threshold, with a pointwise band.

    Parameters
    ----------
    table : ScoreTable
        With both classes.
    costs : Costs
    chosen : float or None
        The threshold in use, to be marked.
    as_probabilities : bool
        Whether the threshold that the prices ask for means anything.
    level : float
        Coverage of the band at each threshold, in (0, 1).

    Returns
    -------
    CostCurve
        At most 200 thresholds, evenly along the ROC curve; its lowest is that of all thresholds.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([0, 5]), np.array([5, 0]))
    >>> curve = cost_curve(table, Costs(false_positive=1, false_negative=4))
    >>> curve.cost.tolist(), curve.lowest
    ([0.5, 0.0, 2.0], 0.8)
    """
    swept = sweep(table)
    cost = _mean_cost(swept.at, costs)
    keep = _along_the_curve(swept.at)
    errors = _errors(table, keep, cost[keep], costs)
    half = two_sided_quantile(level) * errors
    prices = tuple(costs.to_dict().values())
    ends = min(prices), max(prices)  # type: ignore[type-var]
    low, high = (np.clip(cost[keep] + sign * half, *ends) for sign in (-1, 1))
    return CostCurve(
        swept.threshold[keep],
        cost[keep],
        np.minimum(low, cost[keep]),
        np.maximum(high, cost[keep]),
        float(swept.threshold[_cheapest(swept.threshold, cost, costs)]),
        float(min(cost[0], cost[-1])),
        chosen,
        costs.threshold if as_probabilities else None,
    )


def cost_ratios(table: ScoreTable, *, rows: str, level: float = 0.95) -> CostRatios:
    """Return the cheapest threshold for several ratios of the two mistakes' prices.

    Parameters
    ----------
    table : ScoreTable
        With both classes.
    rows : str
        "validation" or "judged": what rows the table is of.
    level : float
        Coverage of the intervals of the costs, in (0, 1).

    Returns
    -------
    CostRatios
        From dear false alarms to dear misses.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([1, 4]), np.array([4, 1]))
    >>> found = cost_ratios(table, rows="judged")
    >>> found.false_negative[-1], found.threshold[-1], found.cost[-1]
    (20.0, 0.2, 0.5)
    """
    swept = sweep(table)
    best: list[int] = []
    ends: list[Interval] = []
    cheaper: list[float] = []
    for alarm, miss in RATIOS:
        costs = Costs(false_positive=alarm, false_negative=miss)
        cost = _mean_cost(swept.at, costs)
        best.append(_cheapest(swept.threshold, cost, costs))
        cheaper.append(float(min(cost[0], cost[-1])))
        place = np.array(best[-1:])
        error = float(_errors(table, place, cost[place], costs)[0])
        half, value = two_sided_quantile(level) * error, float(cost[best[-1]])
        ends.append(Interval(value - half, value + half).clipped(0.0, max(alarm, miss)))
    at = swept.at
    hits, alarms, misses = at.true_positive[best], at.false_positive[best], at.false_negative[best]
    total = float(at.true_positive[0] + at.false_positive[0])
    prices = np.array(RATIOS)
    return CostRatios(
        rows,
        table.n_rows,
        tuple(prices[:, 0].tolist()),
        tuple(prices[:, 1].tolist()),
        tuple(swept.threshold[best].tolist()),
        tuple(((prices[:, 0] * alarms + prices[:, 1] * misses) / total).tolist()),
        tuple(end.low for end in ends),
        tuple(end.high for end in ends),
        tuple(cheaper),
        _ratios(hits, hits + alarms),
        _ratios(hits, hits + misses),
    )


def _ratios(over: Floats, under: Floats) -> tuple[float | None, ...]:
    return tuple(
        float(part / whole) if whole > 0 else None for part, whole in zip(over, under, strict=True)
    )


def _mean_cost(at: Outcomes, costs: Costs) -> Floats:
    total = float(at.true_positive[0] + at.false_positive[0])
    spent = costs.false_positive * at.false_positive + costs.false_negative * at.false_negative
    if costs.true_positive:
        spent = spent + costs.true_positive * at.true_positive
    if costs.true_negative:
        spent = spent + costs.true_negative * at.true_negative
    return spent / total


def _cheapest(threshold: Floats, cost: Floats, costs: Costs) -> int:
    """Return the cheapest threshold; of equal ones that nearest to what the prices ask for."""
    lowest = float(cost.min())
    equal = np.flatnonzero(cost <= lowest + 1e-12 * max(1.0, abs(lowest)))
    return int(equal[np.argmin(np.abs(threshold[equal] - costs.threshold))])


def _along_the_curve(at: Outcomes) -> NDArray[np.int64]:
    """Choose thresholds evenly along the ROC curve; its ends always stay."""
    last = len(at.true_positive) - 1
    if last < MAX_POINTS:
        return np.arange(last + 1)
    walked = at.true_positive / at.true_positive[0] + at.false_positive / at.false_positive[0]
    wanted = np.linspace(0, 2, MAX_POINTS - 1)
    found = last - np.searchsorted(walked[::-1], wanted)
    return np.unique(np.append(np.clip(found, 0, last), [0, last]))


def _errors(table: ScoreTable, keep: NDArray[np.int64], mean: Floats, costs: Costs) -> Floats:
    """Return the standard error of the mean cost at some thresholds of the sweep."""
    if table.rows is None:
        return _errors_of_rows(table, keep, mean, costs)
    step = max(1, -(-len(keep) // UNIT_POINTS))  # units are added up at a few thresholds only
    some = np.unique(np.append(np.arange(0, len(keep), step), len(keep) - 1))
    found = [sqrt(_variance(table, int(keep[place]), costs)) for place in some]
    return np.interp(np.arange(len(keep)), some, found)


def _errors_of_rows(
    table: ScoreTable, keep: NDArray[np.int64], mean: Floats, costs: Costs
) -> Floats:
    squares = [part[::-1] for part in squares_from_top(table)]
    total = float(sum(part[-1] for part in table.from_top))
    prices = (
        (costs.true_positive, costs.false_negative),
        (costs.false_positive, costs.true_negative),
    )
    variance = np.zeros(len(keep))
    for above, (price_above, price_below) in zip(squares, prices, strict=True):
        variance += above[keep] * (price_above - mean) ** 2
        variance += (above[0] - above[keep]) * (price_below - mean) ** 2
    return np.sqrt(np.maximum(variance, 0.0)) / total


def _variance(table: ScoreTable, place: int, costs: Costs) -> float:
    """Return the variance of the mean cost where the levels from `place` on are positive."""
    halves = split(table, place)
    levels = levels_of(halves)
    positive = np.array([costs.false_negative, costs.true_positive])
    negative = np.array([costs.true_negative, costs.false_positive])
    spent = np.dot(levels.positive, positive) + np.dot(levels.negative, negative)
    mean, total = float(spent) / levels.total, levels.total
    statistic = RankStatistic(mean, (positive - mean) / total, (negative - mean) / total)
    return score_spread(halves, levels, statistic).variance
