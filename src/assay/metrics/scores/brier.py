"""Brier score: the squared error of probabilities."""

from assay.metrics.metric import Metric
from assay.metrics.scores.log_loss import loss_estimate
from assay.result import Estimate
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable


def brier(table: ScoreTable | Moments, *, level: float = 0.95) -> Estimate:
    """Mean squared gap between probability and outcome.

    Parameters
    ----------
    table : ScoreTable or Moments
        Scores of the positive class (mean of (p - y)², 0 to 1), or moments with the quantity
        "brier" (with several classes the sum over the classes, 0 to 2).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        Undefined without rows.

    References
    ----------
    Brier 1950, Monthly Weather Review 78:1.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreTable(np.array([0.25, 0.5]), np.array([0, 1]), np.array([1, 0]))
    >>> brier(table).value
    0.15625
    """
    upper = 2.0 if isinstance(table, Moments) else 1.0
    return loss_estimate(table, "brier", level=level, upper=upper)


_HELP = (
    "The mean squared gap between the probability and what happened.",
    "With a rare class it is small for any model.",
    "The skill against the prior; the calibration curve.",
)
METRIC = Metric(
    name="brier",
    title="Brier score",
    acronym="BS",
    tasks=("binary",),
    needs="losses",
    function=brier,
    greater_is_better=False,
    best=0.0,
    help=_HELP,
)
METRIC_OF_CLASSES = Metric(
    name="brier",
    title="Brier score (sum over the classes)",
    acronym="BS",
    tasks=("multiclass",),
    needs="losses",
    function=brier,
    greater_is_better=False,
    upper_bound=2.0,
    best=0.0,
    help=_HELP,
)
