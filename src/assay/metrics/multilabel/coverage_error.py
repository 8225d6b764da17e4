"""Coverage error: how far down the list of labels one has to go."""

from assay.metrics.metric import Metric
from assay.metrics.multilabel.row_mean import empty_rows, row_mean
from assay.result import Estimate
from assay.tables.moments import Moments


def coverage_error(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean number of labels to be taken from the top until all true ones are among them.

    Parameters
    ----------
    moments : Moments
        With the quantities of `rank_quantities`.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        From 0 to the number of labels; the least is the mean number of true labels. A row
        without labels counts as 0, as scikit-learn has it; a warning says how many there are.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import rank_moments
    >>> truth = np.array([[True, False, False], [True, True, False]])
    >>> scores = np.array([[0.6, 0.7, 0.1], [0.9, 0.4, 0.2]])
    >>> round(coverage_error(rank_moments(truth, scores)).value, 4)
    2.0
    """
    said = empty_rows(moments, "without_label", "a row without labels counts as 0")
    return row_mean(moments, "coverage", level=level, upper=None, warnings=said)


METRIC = Metric(
    name="coverage_error",
    title="Coverage error",
    tasks=("multilabel",),
    needs="label_ranks",
    function=coverage_error,
    greater_is_better=False,
    upper_bound=None,
    best=None,
    unit="labels",
    help=(
        "How many labels, from the highest score, must be offered to include all true ones.",
        "One hidden label of a row decides; it cannot fall below the mean number of labels.",
        "Label ranking average precision; ranking loss.",
    ),
)
