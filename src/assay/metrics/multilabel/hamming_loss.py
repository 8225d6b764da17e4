"""Hamming loss: the share of labels that are wrong."""

from assay.metrics.metric import Metric
from assay.metrics.multilabel.row_mean import row_mean
from assay.result import Estimate
from assay.tables.moments import Moments


def hamming_loss(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Share of the labels that are wrong, given or withheld, in the mean over rows.

    Parameters
    ----------
    moments : Moments
        With the quantities of `answer_quantities`.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]; its interval is over rows, because the labels of a row are not independent.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import answer_moments
    >>> truth = np.array([[True, False, False], [True, True, False]])
    >>> given = np.array([[True, False, True], [True, True, False]])
    >>> round(hamming_loss(answer_moments(truth, given)).value, 4)
    0.1667
    """
    return row_mean(moments, "hamming_loss", level=level)


METRIC = Metric(
    name="hamming_loss",
    title="Hamming loss",
    tasks=("multilabel",),
    needs="label_answers",
    function=hamming_loss,
    greater_is_better=False,
    best=0.0,
    help=(
        "The share of all pairs of a row and a label that are answered wrong.",
        "Where labels are rare, giving none scores well.",
        "What giving no label at all scores; micro and macro F1.",
    ),
)
