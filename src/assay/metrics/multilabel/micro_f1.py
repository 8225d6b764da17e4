"""Micro F1 of labels: all pairs of a row and a label pooled."""

from assay.metrics.averages.left_out import ratio
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate
from assay.result import Estimate


def micro_f1(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """2 Σ TP / Σ (2 TP + FP + FN), over all labels together.

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
    >>> round(micro_f1(drawn_labels(truth, given)).value, 4)
    0.8571
    """
    return label_estimate(
        draws,
        micro_f1_of,
        undefined="no row has or is given a label",
        level=level,
    )


def micro_f1_of(margins: Margins) -> Floats:
    """Return the F1 of all labels pooled, shape (...,); NaN where 0 / 0."""
    return ratio(2 * margins.right.sum(axis=-1), (margins.actual + margins.predicted).sum(axis=-1))


METRIC = Metric(
    name="micro_f1",
    title="Micro F1",
    tasks=("multilabel",),
    needs="label_draws",
    function=micro_f1,
    help=(
        "F1 over all pairs of a row and a label, pooled.",
        "Common labels rule it; a rare label can be missed throughout.",
        "Macro F1, and the table by label.",
    ),
)
