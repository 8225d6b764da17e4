"""Jaccard index of rows: true and given labels in common over all of both."""

from assay.metrics.metric import Metric
from assay.metrics.multilabel.row_mean import empty_rows, row_mean
from assay.result import Estimate
from assay.tables.moments import Moments


def samples_jaccard(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean over rows of |true and given| over |true or given|.

    Parameters
    ----------
    moments : Moments
        With the quantities of `answer_quantities`.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1]. A row without labels that is given none counts as 1, as with scikit-learn's
        ``zero_division=1``; a warning says how many there are.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import answer_moments
    >>> truth = np.array([[True, False, False], [True, True, False]])
    >>> given = np.array([[True, False, True], [True, True, False]])
    >>> round(samples_jaccard(answer_moments(truth, given)).value, 4)
    0.75
    """
    said = empty_rows(moments, "empty", "a row without labels that is given none counts as 1")
    return row_mean(moments, "jaccard", level=level, warnings=said)


METRIC = Metric(
    name="samples_jaccard",
    title="Samples Jaccard",
    acronym="jaccard",
    tasks=("multilabel",),
    needs="label_answers",
    function=samples_jaccard,
    help=(
        "How much the given labels of a row overlap with its true ones, on average.",
        "Rows without labels count as 1 when they are given none.",
        "Subset accuracy, which wants all labels right; the table by label.",
    ),
)
