"""Macro F1 of labels: the plain mean of the labels' F1."""

from assay.metrics.averages.macro_f1 import macro_f1_of
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate, labels_without, rarest_label
from assay.result import Estimate


def macro_f1(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """Mean over the labels of 2 TP / (2 TP + FP + FN), each label counting the same.

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
    >>> round(macro_f1(drawn_labels(truth, given)).value, 4)
    0.8333
    """
    return label_estimate(
        draws,
        macro_f1_of,
        undefined="no label has a row",
        level=level,
        warnings=labels_without(draws) + rarest_label(draws),
    )


METRIC = Metric(
    name="macro_f1",
    title="Macro F1",
    tasks=("multilabel",),
    needs="label_draws",
    function=macro_f1,
    help=(
        "The plain mean of the labels' F1: high only when every label is found and hit.",
        "One rare label moves it as much as the most common one.",
        "The table of F1 by label; micro F1 where common labels matter more.",
    ),
)
