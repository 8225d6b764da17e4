"""Rows, answers and the name of a metric in, its value with an interval out."""

from assay.evaluation.comparison.parts import Parts
from assay.evaluation.comparison.small_tables import inputs_for
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.query_values import per_query, query_units
from assay.metrics.catalogue import find_metric
from assay.metrics.measure import measure
from assay.metrics.ranking.estimate import query_mean
from assay.result import Estimate


def metric_of(
    rows: JudgedRows,
    answers: Answers,
    metric: str,
    *,
    level: float = 0.95,
    seed: int = 0,
    parts: Parts | None = None,
) -> Estimate:
    """Return a metric of the catalogue, as an evaluation of the same rows gives it.

    Parameters
    ----------
    rows : JudgedRows
    answers : Answers
    metric : str
        Name or acronym. For two classes, metrics of one class are those of the positive one.
    level : float
        Coverage of the interval, in (0, 1).
    seed : int
    parts : Parts or None
        Of the same rows, where they were laid out already.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        If there is no such metric, or the answers lack what it needs.

    Examples
    --------
    >>> import numpy as np
    >>> rows = JudgedRows(task="binary", truth=np.array([0, 1, 1, 0]), classes=(0, 1))
    >>> metric_of(rows, Answers(name="m", labels=np.array([0, 1, 0, 0])), "accuracy").value
    0.75
    """
    task = "regression" if rows.task == "forecasting" else rows.task
    found = find_metric(metric, task=task)
    if not rows.n:
        return Estimate.undefined("there are no rows", level=level)
    if task == "ranking":
        weight, group = query_units(rows)
        values = per_query(rows, answers, found.name)
        return query_mean(values, weight=weight, group=group, level=level)
    inputs = inputs_for(found.needs, parts or Parts(rows), answers, seed=seed)
    of = rows.classes[-1] if task == "binary" else True
    estimate = measure(found, inputs, of=of, level=level)
    assert estimate is not None  # the table that it needs was made
    return estimate
