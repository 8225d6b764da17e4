"""Macro recall of labels: the plain mean of the labels' recalls."""

from assay.metrics.averages.left_out import mean_of_defined, ratio
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate, labels_never_true, rarest_label
from assay.result import Estimate


def macro_recall(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """Mean over the labels of TP / (TP + FN), each label counting the same.

    Parameters
    ----------
    draws : LabelDraws
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1], over the labels where it is defined; the others are named in a warning.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import drawn_labels
    >>> truth = np.array([[True, False], [True, True], [False, True]])
    >>> given = np.array([[True, False], [True, False], [False, True]])
    >>> round(macro_recall(drawn_labels(truth, given)).value, 4)
    0.75
    """
    return label_estimate(
        draws,
        macro_recall_of,
        undefined="no row has a label",
        level=level,
        warnings=labels_never_true(draws) + rarest_label(draws),
    )


def macro_recall_of(margins: Margins) -> Floats:
    """Return the average for margins of shape (..., k); NaN where no label is true."""
    return mean_of_defined(ratio(margins.right, margins.actual))


METRIC = Metric(
    name="macro_recall",
    title="Macro recall",
    tasks=("multilabel",),
    needs="label_draws",
    function=macro_recall,
    help=(
        "The plain mean of the labels' recalls: rare labels count as much as common ones.",
        "Giving every label to every row makes it 1.",
        "Macro precision beside it; the table of recall by label.",
    ),
)
