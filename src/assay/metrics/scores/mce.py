"""Maximum calibration error: the widest gap between probability and share, over bins."""

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.scores.ece import Binning, bins_of
from assay.result import Estimate
from assay.tables.score_table import ScoreTable


def mce(
    table: ScoreTable, *, level: float = 0.95, n_bins: int = 15, binning: Binning = "mass"
) -> Estimate:
    """Largest |share of positives - mean probability| of any bin.

    Parameters
    ----------
    table : ScoreTable
        Scores are probabilities of the positive class.
    level : float
        Kept in the estimate.
    n_bins : int
    binning : {"mass", "width"}
        Bins of equal weight, or of equal width over [0, 1].

    Returns
    -------
    Estimate
        In [0, 1], without an interval: the worst of many bins is large by chance alone.

    References
    ----------
    Naeini, Cooper and Hauskrecht 2015, AAAI.

    Examples
    --------
    >>> table = ScoreTable(np.array([0.2, 0.8]), np.array([30, 70]), np.array([70, 30]))
    >>> round(mce(table).value, 4)
    0.1
    """
    if not table.n_rows:
        return Estimate.undefined("the table has no rows", level=level)
    bins = bins_of(table, n_bins, binning)
    held = bins.share > 0
    value = float(np.max(np.abs(bins.gap[held]) / bins.share[held]))
    return Estimate(
        value=min(value, 1.0),
        level=level,
        n=table.n_rows,
        unit="row" if table.rows is None else table.rows.kind,
        method=f"{n_bins} bins of equal {binning}",
        reason="no interval: the worst of many bins is large by chance alone",
    )


METRIC = Metric(
    name="mce",
    title="Maximum calibration error",
    acronym="MCE",
    tasks=("binary",),
    needs="scores",
    function=mce,
    greater_is_better=False,
    best=0.0,
    help=(
        "The widest gap between probabilities and the share that came true, of 15 bins.",
        "The worst of many bins is large by chance alone, the more the fewer rows it holds.",
        "The calibration curve with its bars, and the expected calibration error.",
    ),
)
