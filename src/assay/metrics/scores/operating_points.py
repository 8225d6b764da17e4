"""Operating points: what one rate is where the other is held at a bound."""

from math import inf

from assay.metrics.few import few_rows
from assay.metrics.metric import Metric
from assay.metrics.scores.cut import cut_at, slope_at
from assay.metrics.scores.levels import few_scores, missing_class
from assay.result import Estimate
from assay.stats.rate import wilson
from assay.tables.score_table import ScoreTable

FALSE_ALARMS = 0.01
FOUND = 0.95


def tpr_at_fpr(table: ScoreTable, *, bound: float = FALSE_ALARMS, level: float = 0.95) -> Estimate:
    """Return the largest true positive rate whose false positive rate is at most a bound.

    Between two points of the ROC curve the rates are taken on the line that joins them: rows that
    tie at the cut count in part. The cut is itself estimated from the negatives, which the
    interval takes into account by the slope of the curve there.

    Parameters
    ----------
    table : ScoreTable
    bound : float
        Of the false positive rate, in (0, 1).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]; undefined when a class does not occur.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreTable(np.arange(4.0), np.array([0, 1, 0, 3]), np.array([2, 1, 1, 0]))
    >>> tpr_at_fpr(table, bound=0.25).value
    0.75
    """
    return _held(table, bound, hold_positives=False, level=level)


def fpr_at_tpr(table: ScoreTable, *, bound: float = FOUND, level: float = 0.95) -> Estimate:
    """Return the smallest false positive rate whose true positive rate is at least a bound.

    Parameters
    ----------
    table : ScoreTable
    bound : float
        Of the true positive rate, in (0, 1).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]; undefined when a class does not occur. Ties and the interval as in
        `tpr_at_fpr`.

    Examples
    --------
    >>> import numpy as np
    >>> table = ScoreTable(np.arange(4.0), np.array([0, 1, 0, 3]), np.array([2, 1, 1, 0]))
    >>> fpr_at_tpr(table, bound=0.75).value
    0.0
    """
    return _held(table, bound, hold_positives=True, level=level)


def _held(table: ScoreTable, bound: float, *, hold_positives: bool, level: float) -> Estimate:
    """Return one class's share above the cut that leaves a given share of the other above it."""
    reason = missing_class(table)
    if reason is not None:
        return Estimate.undefined(f"{reason}: no ROC curve", n=table.n_rows, level=level)
    positive, negative = table.from_top
    along, counted = (positive, negative) if hold_positives else (negative, positive)
    n_held = int((table.n_pos if hold_positives else table.n_neg).sum())
    n_told = table.n_rows - n_held
    held, told = float(along[-1]), float(counted[-1])
    if held <= 0 or told <= 0:
        reason = "a class has no weight: no ROC curve"
        return Estimate.undefined(reason, n=table.n_rows, level=level)
    cut = cut_at(table, along, bound * held, side="left" if hold_positives else "right")
    value = min(1.0, (cut.negative if hold_positives else cut.positive) / told)
    beyond = n_held * min(bound, 1 - bound)
    steep = slope_at(along, counted, bound * held, beyond) * held / told
    above = cut.above
    own, other = (above - value) / told, -steep * (above - bound) / held
    spread = cut.spread(other, own) if hold_positives else cut.spread(own, other)
    if 0 < value < 1 and spread.variance > 0:
        trials = value * (1 - value) / spread.variance
    else:
        trials = min(float(n_told), spread.n_units or inf)
    interval = wilson(value, trials, level=level, freedom=spread.freedom)
    what = f"{'positive' if hold_positives else 'negative'} rows beyond the bound"
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="Wilson score, effective sample size with an estimated cut",
        warnings=few_rows(beyond, what=what) + few_scores(table, spread),
    )


TPR_AT_FPR = Metric(
    name="tpr_at_fpr_1",
    title="True positive rate at 1 % false positives",
    tasks=("binary",),
    needs="scores",
    function=tpr_at_fpr,
    help=(
        "The share of positives found at the threshold that lets 1 % of the negatives through.",
        "That threshold is picked on these rows, and few negatives lie beyond it.",
        "The ROC curve for other rates; recall at the threshold in use.",
    ),
)
FPR_AT_TPR = Metric(
    name="fpr_at_tpr_95",
    title="False positive rate at 95 % found",
    acronym="FPR95",
    tasks=("binary",),
    needs="scores",
    function=fpr_at_tpr,
    greater_is_better=False,
    best=0.0,
    help=(
        "The share of negatives let through at the threshold that finds 95 % of the positives.",
        "That threshold is picked on these rows, and few positives lie beyond it.",
        "The ROC curve for other rates; specificity at the threshold in use.",
    ),
)
