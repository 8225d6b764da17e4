"""Micro recall of labels: all pairs of a row and a label pooled."""

from assay.metrics.averages.left_out import ratio
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate
from assay.result import Estimate


def micro_recall(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """Σ TP / Σ (TP + FN), over all labels together.

    Parameters
    ----------
    draws : LabelDraws
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1], with an interval from redraws of whole rows: the labels of a row vary together.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.multilabel.from_rows import drawn_labels
    >>> truth = np.array([[True, False], [True, True], [False, True]])
    >>> given = np.array([[True, False], [True, False], [False, True]])
    >>> round(micro_recall(drawn_labels(truth, given)).value, 4)
    0.75
    """
    return label_estimate(
        draws,
        micro_recall_of,
        undefined="no row has a label",
        level=level,
    )


def micro_recall_of(margins: Margins) -> Floats:
    """Return the recall of all labels pooled, shape (...,); NaN where 0 / 0."""
    return ratio(margins.right.sum(axis=-1), margins.actual.sum(axis=-1))


METRIC = Metric(
    name="micro_recall",
    title="Micro recall",
    tasks=("multilabel",),
    needs="label_draws",
    function=micro_recall,
    help=(
        "Of all labels that rows have, the share that was given.",
        "Common labels rule it; giving every label makes it 1.",
        "Micro precision beside it; recall by label.",
    ),
)
