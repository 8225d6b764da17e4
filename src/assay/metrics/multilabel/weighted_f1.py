"""Weighted F1 of labels: the mean of the labels' F1 by how common they are."""

from assay.metrics.averages.weighted_f1 import weighted_f1_of
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate, labels_without
from assay.result import Estimate


def weighted_f1(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """Mean over the labels of 2 TP / (2 TP + FP + FN), weighted by the rows that have the label.

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
    >>> round(weighted_f1(drawn_labels(truth, given)).value, 4)
    0.8333
    """
    return label_estimate(
        draws,
        weighted_f1_of,
        undefined="no row has a label",
        level=level,
        warnings=labels_without(draws),
    )


METRIC = Metric(
    name="weighted_f1",
    title="Weighted F1",
    tasks=("multilabel",),
    needs="label_draws",
    function=weighted_f1,
    help=(
        "The mean of the labels' F1, weighted by how common each label is.",
        "A rare label can be missed throughout and hardly show.",
        "Macro F1, and the table by label.",
    ),
)
