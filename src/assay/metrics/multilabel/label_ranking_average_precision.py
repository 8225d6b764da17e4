"""Label ranking average precision: whether a row's true labels score highest."""

from assay.metrics.metric import Metric
from assay.metrics.multilabel.row_mean import empty_rows, row_mean
from assay.result import Estimate
from assay.tables.moments import Moments


def label_ranking_average_precision(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean over rows, and over their labels, of the share of true labels ranked as high.

    Parameters
    ----------
    moments : Moments
        With the quantities of `rank_quantities`.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]. A row without labels counts as 1, as scikit-learn has it; a warning says how
        many there are.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import rank_moments
    >>> truth = np.array([[True, False, False], [True, True, False]])
    >>> scores = np.array([[0.6, 0.7, 0.1], [0.9, 0.4, 0.2]])
    >>> round(label_ranking_average_precision(rank_moments(truth, scores)).value, 4)
    0.75
    """
    said = empty_rows(moments, "without_label", "a row without labels counts as 1")
    return row_mean(moments, "average_precision", level=level, warnings=said)


METRIC = Metric(
    name="label_ranking_average_precision",
    title="Label ranking average precision",
    acronym="LRAP",
    tasks=("multilabel",),
    needs="label_ranks",
    function=label_ranking_average_precision,
    help=(
        "For each true label of a row, how many of the labels scored as high are true as well.",
        "It is about the order within a row: scores need not compare between rows.",
        "Average precision by label, which is about the order of the rows.",
    ),
)
