"""Judged rows of a ranking and a candidate's scores in, one number for each query out."""

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.judged import Answers, JudgedRows
from assay.metrics.ranking.named import ranking_metric
from assay.metrics.ranking.options import RankingOptions
from assay.metrics.ranking.queries import rank_documents

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def per_query(
    rows: JudgedRows, answers: Answers, metric: str, *, options: RankingOptions | None = None
) -> Floats:
    """Return a ranking metric of each query, in the order of `query_units`.

    Parameters
    ----------
    rows : JudgedRows
    answers : Answers
        With scores.
    metric : str
        For example "ndcg@10".
    options : RankingOptions or None
        None takes the defaults.

    Returns
    -------
    ndarray of float, shape (n_queries,)
        NaN where the query has nothing relevant and does not count; the same queries for every
        candidate.

    Raises
    ------
    InputError
        If there is no such metric, or the rows have no queries or the answers no scores.

    Examples
    --------
    >>> rows = JudgedRows(task="ranking", truth=np.array([1.0, 0.0, 0.0, 2.0]),
    ...                   query=np.array([0, 0, 1, 1]))
    >>> answers = Answers(name="m", scores=np.array([0.2, 0.9, 0.1, 0.8]))
    >>> per_query(rows, answers, "mrr").tolist()
    [0.5, 1.0]
    """
    if answers.scores is None:
        msg = f"the answers of {answers.name!r} have no scores to rank by; give them with --score"
        raise InputError(msg)
    told, found = options or RankingOptions(), ranking_metric(metric)
    truth = rows.truth.astype(np.float64)
    ranked = rank_documents(_codes(rows), truth, answers.scores, options=told)
    return found.of_queries(ranked, told)


def query_units(rows: JudgedRows) -> tuple[Floats | None, Codes | None]:
    """Return the weight of each query, and the code of the unit it belongs to.

    Parameters
    ----------
    rows : JudgedRows

    Returns
    -------
    tuple of (ndarray or None, ndarray or None), each of shape (n_queries,)
        No weight where rows are not weighted; no unit where queries are independent.
    """
    code = _codes(rows)
    _, first = np.unique(code, return_index=True)
    unit = None if rows.unit is None else rows.unit[first]
    if unit is not None and len(np.unique(unit)) == len(first):
        unit = None
    return None if rows.weight is None else rows.weight[first], unit


def _codes(rows: JudgedRows) -> Codes:
    """Return 0, 1, … for the queries, whatever codes are left in these rows."""
    code = rows.unit if rows.query is None else rows.query
    if code is None:
        msg = "a ranking is judged query by query; name the column of queries with --query-id"
        raise InputError(msg)
    return np.unique(code, return_inverse=True)[1].astype(np.int64)
