"""Gini coefficient: ROC AUC on a scale where guessing is 0."""

from dataclasses import replace

from assay.metrics.metric import Metric
from assay.metrics.scores.roc_auc import roc_auc
from assay.result import Estimate
from assay.tables.score_table import ScoreTable


def gini(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Twice the ROC AUC less one.

    Parameters
    ----------
    table : ScoreTable
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [-1, 1]; undefined when a class does not occur.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> gini(table).value
    0.75
    """
    area = roc_auc(table, level=level)
    if area.value is None or area.low is None or area.high is None:
        return area
    return replace(area, value=2 * area.value - 1, low=2 * area.low - 1, high=2 * area.high - 1)


METRIC = Metric(
    name="gini",
    title="Gini coefficient",
    acronym="Gini",
    tasks=("binary",),
    needs="scores",
    function=gini,
    lower_bound=-1.0,
    help=(
        "Twice the ROC AUC less one: 0 for guessing, 1 for a perfect order.",
        "Like the AUC it is blind to prevalence.",
        "Average precision; precision and recall at the threshold in use.",
    ),
)
