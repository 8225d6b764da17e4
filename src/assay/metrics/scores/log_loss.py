"""Log loss: how surprised the probabilities were."""

from dataclasses import replace

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.metrics.scores.levels import few_scores
from assay.metrics.scores.loss_terms import loss_moments
from assay.result import Estimate
from assay.stats.spread import Spread
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable


def log_loss(table: ScoreTable | Moments, *, level: float = 0.95) -> Estimate:
    """Mean of -log of the probability that was given to what happened.

    Parameters
    ----------
    table : ScoreTable or Moments
        Scores of the positive class, or moments with the quantity "log_loss".
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In nats, from 0; probabilities below 1e-15 count as 1e-15. Undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreTable(np.array([0.25, 0.5]), np.array([0, 1]), np.array([1, 0]))
    >>> round(log_loss(table).value, 4)
    0.4904
    """
    return loss_estimate(table, "log_loss", level=level, upper=None)


def loss_estimate(
    table: ScoreTable | Moments, name: str, *, level: float, upper: float | None
) -> Estimate:
    """Return the mean of one loss from scores or moments, marked where a class is small."""
    if isinstance(table, Moments):
        return mean_estimate(table, name, level=level, lower=0.0, upper=upper)
    if not table.n_rows:
        return Estimate.undefined("the table has no rows", level=level)
    found = mean_estimate(loss_moments(table, (name,)), name, level=level, lower=0.0, upper=upper)
    warnings = tuple(dict.fromkeys(found.warnings + few_scores(table, Spread(0.0))))
    return replace(found, warnings=warnings)


METRIC = Metric(
    name="log_loss",
    title="Log loss",
    tasks=("binary", "multiclass"),
    needs="losses",
    function=log_loss,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="nats",
    help=(
        "The mean surprise: how little probability was given to what happened.",
        "A few confident mistakes rule it, and its size depends on the prevalence.",
        "The skill against the prior; the calibration curve.",
    ),
)
