"""F1 of rows: how well the given labels of a row hit its true ones."""

from assay.metrics.metric import Metric
from assay.metrics.multilabel.row_mean import empty_rows, row_mean
from assay.result import Estimate
from assay.tables.moments import Moments


def samples_f1(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean over rows of 2 |true and given| over |true| + |given|.

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
    >>> round(samples_f1(answer_moments(truth, given)).value, 4)
    0.8333
    """
    said = empty_rows(moments, "empty", "a row without labels that is given none counts as 1")
    return row_mean(moments, "f1", level=level, warnings=said)


METRIC = Metric(
    name="samples_f1",
    title="Samples F1",
    tasks=("multilabel",),
    needs="label_answers",
    function=samples_f1,
    help=(
        "How well the given labels of a row hit its true ones, on average.",
        "Rows with one label weigh as much as rows with many.",
        "Micro F1, which counts labels; macro F1, which counts them by label.",
    ),
)
