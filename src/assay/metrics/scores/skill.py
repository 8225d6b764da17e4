"""Skill: how much of the loss of the prior a model saves."""

from math import log

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.moments import freedom_of, moment_spread
from assay.metrics.scores.levels import few_scores, missing_class
from assay.metrics.scores.loss_terms import loss_moments
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.transforms import log_interval
from assay.tables.moments import Moments
from assay.tables.score_table import ScoreTable


def log_loss_skill(
    table: ScoreTable, *, losses: ScoreTable | Moments | None = None, level: float = 0.95
) -> Estimate:
    """Return 1 less the log loss over that of the prior: the share of positives for every row.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.
    losses : Moments or None
        Of `loss_moments`, where they were made already; anything else is not looked at.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        At most 1; 0 for the prior, negative for worse. Undefined when a class does not occur.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.25, 0.5]), np.array([0, 1]), np.array([1, 0]))
    >>> round(log_loss_skill(table).value, 4)
    0.2925
    """
    share = _share(table)
    prior = -share * log(share) - (1 - share) * log(1 - share) if 0 < share < 1 else 0.0
    slope = log(1 - share) - log(share) if 0 < share < 1 else 0.0
    return _skill(table, losses, "log_loss", prior, slope, level)


def brier_skill(
    table: ScoreTable, *, losses: ScoreTable | Moments | None = None, level: float = 0.95
) -> Estimate:
    """Return 1 less the Brier score over that of the prior.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.
    losses : Moments or None
        Of `loss_moments`, where they were made already; anything else is not looked at.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        At most 1; 0 for the prior, negative for worse. Undefined when a class does not occur.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.25, 0.5]), np.array([0, 1]), np.array([1, 0]))
    >>> brier_skill(table).value
    0.375
    """
    share = _share(table)
    return _skill(table, losses, "brier", share * (1 - share), 1 - 2 * share, level)


def _share(table: ScoreTable) -> float:
    positive, negative = table.weights()
    total = float(positive.sum() + negative.sum())
    return float(positive.sum()) / total if total else 0.0


def _skill(
    table: ScoreTable,
    losses: ScoreTable | Moments | None,
    name: str,
    prior: float,
    slope: float,
    level: float,
) -> Estimate:
    """Return 1 - loss / prior, with the interval of loss / prior on the log scale."""
    reason = missing_class(table)
    if reason is not None:
        return Estimate.undefined(f"{reason}: the prior has no loss", n=table.n_rows, level=level)
    made = isinstance(losses, Moments) and {name, "positive"} <= set(losses.names)
    moments = losses if made else loss_moments(table, (name, "positive"))
    assert isinstance(moments, Moments)
    loss = float(moments.mean[moments.index(name)])
    gradient = np.zeros(len(moments.names))
    gradient[moments.index(name)] = 1 / prior
    gradient[moments.index("positive")] = -loss * slope / prior**2
    spread = moment_spread(moments, gradient, leading=name)
    quantile = two_sided_quantile(level, freedom=freedom_of(moments, spread))
    interval = log_interval(loss / prior, spread.error, quantile)
    return Estimate(
        value=1 - loss / prior,
        low=1 - interval.high,
        high=1 - interval.low,
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="delta method, log scale of the loss ratio",
        warnings=few_scores(table, spread),
    )


_READ = (
    "1 for a perfect model, 0 for always answering the share of positives.",
    "With few positives the prior is hard to beat and the number unsteady.",
)
LOG_LOSS_SKILL = Metric(
    name="log_loss_skill",
    title="Log loss skill",
    tasks=("binary",),
    needs="scores",
    function=log_loss_skill,
    also=("losses",),
    lower_bound=None,
    help=(*_READ, "The log loss itself and the calibration curve."),
)
BRIER_SKILL = Metric(
    name="brier_skill",
    title="Brier skill",
    acronym="BSS",
    tasks=("binary",),
    needs="scores",
    function=brier_skill,
    also=("losses",),
    lower_bound=None,
    help=(*_READ, "The Brier score itself and the calibration curve."),
)
