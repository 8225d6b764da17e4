"""Rankings: two candidates are compared query by query, and queries are redrawn."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from assay.evaluation.comparison.mean_loss import mean_difference
from assay.evaluation.comparison.paired import Pair, Paired
from assay.evaluation.judged import Floats, JudgedRows
from assay.evaluation.query_values import per_query, query_units


def by_query(metric: str) -> Callable[[Pair], Paired]:
    """Return the comparison of a metric that is the mean of a value of each query.

    Queries that do not count (nothing in them is relevant) do not for both.
    """

    def compare(pair: Pair) -> Paired:
        first, second = (
            per_query(pair.rows, each, metric) for each in (pair.candidate, pair.baseline)
        )
        return values_difference(pair, first, second)

    return compare


def values_difference(pair: Pair, first: Floats, second: Floats) -> Paired:
    """Compare one number for each query of two candidates.

    Parameters
    ----------
    pair : Pair
        Whose rows have the queries.
    first, second : ndarray of float, shape (n_queries,)
        Of candidate and baseline, in the order of the queries' codes; NaN where a query does not
        count.
    """
    counts = np.isfinite(first) & np.isfinite(second)
    weight, unit = query_units(pair.rows)
    rows = JudgedRows(
        task="regression",
        truth=np.zeros(len(counts)),
        weight=weight,
        unit=unit,
        unit_kind="row" if unit is None else "group",
    )
    queries = replace(pair, rows=rows.take(counts))
    found = mean_difference(queries, (first - second)[counts])
    return replace(
        found,
        unit="query" if unit is None else "group",
        n=queries.rows.n,
        test="paired bootstrap of queries" if unit is None else found.test,
        method=found.method.replace("redraw of rows", "redraw of queries"),
    )
