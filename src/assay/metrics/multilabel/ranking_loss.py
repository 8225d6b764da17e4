"""Ranking loss: how often a false label scores at least as high as a true one."""

from assay.metrics.metric import Metric
from assay.metrics.multilabel.row_mean import row_mean
from assay.result import Estimate
from assay.tables.moments import Moments


def ranking_loss(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean over rows of the share of pairs of a true and a false label in wrong order.

    Parameters
    ----------
    moments : Moments
        With the quantities of `rank_quantities`.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]; equal scores count as wrong. A row of which all or no labels are true counts
        as 0, as scikit-learn has it.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import rank_moments
    >>> truth = np.array([[True, False, False], [True, True, False]])
    >>> scores = np.array([[0.6, 0.7, 0.1], [0.9, 0.4, 0.2]])
    >>> round(ranking_loss(rank_moments(truth, scores)).value, 4)
    0.25
    """
    return row_mean(moments, "ranking_loss", level=level)


METRIC = Metric(
    name="ranking_loss",
    title="Ranking loss",
    tasks=("multilabel",),
    needs="label_ranks",
    function=ranking_loss,
    greater_is_better=False,
    best=0.0,
    help=(
        "Of the pairs of a true and a false label of a row, the share in wrong order.",
        "Easy pairs are many where labels are many, and make it small.",
        "Label ranking average precision, which looks at the top of the list.",
    ),
)
