"""Macro precision of labels: the plain mean of the labels' precisions."""

from assay.metrics.averages.macro_precision import macro_precision_of
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate, labels_without, rarest_label
from assay.result import Estimate


def macro_precision(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """Mean over the labels of TP / (TP + FP), each label counting the same.

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
    >>> round(macro_precision(drawn_labels(truth, given)).value, 4)
    1.0
    """
    return label_estimate(
        draws,
        macro_precision_of,
        undefined="no row is given a label",
        level=level,
        warnings=labels_without(draws, given=True) + rarest_label(draws),
    )


METRIC = Metric(
    name="macro_precision",
    title="Macro precision",
    tasks=("multilabel",),
    needs="label_draws",
    function=macro_precision,
    help=(
        "The plain mean of the labels' precisions: rare labels count as much as common ones.",
        "A label that is hardly ever given has a precision of few rows.",
        "The table of precision by label.",
    ),
)
