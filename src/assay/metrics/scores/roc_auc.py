"""ROC AUC: how well scores rank positives above negatives."""

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.levels import few_scores, levels_of, missing_class, score_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.levels import Levels
from assay.stats.rate import wilson
from assay.stats.roc import area_under_roc
from assay.stats.transforms import logit_interval
from assay.tables.score_table import ScoreTable


def roc_auc(table: ScoreTable, *, level: float = 0.95) -> Estimate:
    """Probability that a positive row scores above a negative one; ties count one half.

    Parameters
    ----------
    table : ScoreTable
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1] with DeLong's variance on the logit scale; when the classes are fully apart,
        Wilson's interval of as many rows as the smaller class has. In a binned table ties inside
        a bin are not real; how far they can move the value is added to the interval.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837, doi:10.2307/2531595.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.1, 0.4, 0.8]), np.array([0, 1, 1]), np.array([1, 1, 0]))
    >>> roc_auc(table).value
    0.875
    """
    reason = missing_class(table)
    if reason is not None:
        return Estimate.undefined(f"{reason}: nothing to rank", n=table.n_rows, level=level)
    levels = levels_of(table)
    area = area_under_roc(levels)
    spread = score_spread(table, levels, area)
    value = min(max(area.value, 0.0), 1.0)
    if spread.variance > 0 and 0 < value < 1:
        quantile = two_sided_quantile(level, freedom=spread.freedom)
        interval = logit_interval(value, spread.error, quantile)
        method = "DeLong, logit scale"
    else:
        fewest = min(
            int(table.n_pos.sum()), int(table.n_neg.sum()), spread.n_units or table.n_rows
        )
        interval = wilson(value, fewest, level=level)
        method = "Wilson score of the smaller class: ranks without variance"
    bound = 0.0 if table.exact else _bin_bound(levels)
    return Estimate(
        value=value,
        low=max(0.0, interval.low - bound),
        high=min(1.0, interval.high + bound),
        level=level,
        n=table.n_rows,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method if table.exact else f"{method}; bins move it by at most {bound:.2g}",
        warnings=few_scores(table, spread),
    )


def _bin_bound(levels: Levels) -> float:
    """Return how far unknown ranks inside the bins can move the area."""
    tied = float(np.dot(levels.positive, levels.negative))
    return tied / (2 * levels.total_positive * levels.total_negative)


METRIC = Metric(
    name="roc_auc",
    title="ROC AUC",
    acronym="AUC",
    tasks=("binary", "multilabel"),
    needs="scores",
    function=roc_auc,
    help=(
        "The chance that a random positive scores above a random negative: 0.5 for guessing.",
        "It is blind to prevalence: with 1 % positives a good AUC can mean many false alarms.",
        "Average precision; precision and recall at the threshold in use.",
    ),
)
