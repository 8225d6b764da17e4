"""Two candidates' numbers of the same queries in; the mean difference by redrawing queries out."""

import numpy as np

from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.evaluation.query_values import per_query, query_units
from assay.metrics.ranking.named import ranking_metric
from assay.result import Estimate
from assay.stats.sums import sums_by
from assay.stats.totals_bootstrap import redrawn_statistic

NOTHING = "no query has a relevant document"


def query_difference(pair: Pair, metric: str) -> Paired:
    """Compare by a metric of a ranking, such as "ndcg@10"."""
    first, second = (
        per_query(pair.rows, each, metric) for each in (pair.candidate, pair.baseline)
    )
    return values_difference(pair, first, second)


def values_difference(pair: Pair, first: Floats, second: Floats) -> Paired:
    """Compare one number for each query of two candidates: queries, or groups, are redrawn.

    Parameters
    ----------
    pair : Pair
        Whose rows have the queries.
    first, second : ndarray of float, shape (n_queries,)
        Of candidate and baseline in the order of the queries' codes; NaN where a query does not
        count.

    Returns
    -------
    Paired
    """
    weight, unit = query_units(pair.rows)
    counts = np.isfinite(first) & np.isfinite(second)
    apart = (first - second)[counts]
    w = np.ones(len(apart)) if weight is None else weight[counts]
    if not w.sum():
        return Paired.undefined(NOTHING)
    totals = np.column_stack([w * apart, w])
    if unit is not None:
        _, code = np.unique(unit[counts], return_inverse=True)
        n = int(code.max()) + 1
        totals = np.column_stack([sums_by(code, column, n) for column in totals.T])
    found = redrawn_statistic(totals, _mean, rng=np.random.default_rng(pair.seed))
    how = "redraw of queries" if unit is None else "redraw of groups of queries"
    return from_redraws(pair, found, undefined=NOTHING, bounds=(-1.0, 1.0), how=how)


def query_estimate(
    rows: JudgedRows, answers: Answers, metric: str, *, level: float = 0.95
) -> Estimate:
    """Return a metric of a ranking as a mean over queries, as an evaluation gives it."""
    weight, unit = query_units(rows)
    values = per_query(rows, answers, metric)
    return (
        ranking_metric(metric).as_metric().function(values, weight=weight, group=unit, level=level)
    )


def _mean(totals: Floats) -> Floats:
    total, weight = totals[..., 0], totals[..., 1]
    return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
