"""Micro precision of labels: all pairs of a row and a label pooled."""

from assay.metrics.averages.left_out import ratio
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.multilabel.label_draws import LabelDraws
from assay.metrics.multilabel.label_estimate import label_estimate
from assay.result import Estimate


def micro_precision(draws: LabelDraws, *, level: float = 0.95) -> Estimate:
    """Σ TP / Σ (TP + FP), over all labels together.

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
    >>> round(micro_precision(drawn_labels(truth, given)).value, 4)
    1.0
    """
    return label_estimate(
        draws,
        micro_precision_of,
        undefined="no row is given a label",
        level=level,
    )


def micro_precision_of(margins: Margins) -> Floats:
    """Return the precision of all labels pooled, shape (...,); NaN where 0 / 0."""
    return ratio(margins.right.sum(axis=-1), margins.predicted.sum(axis=-1))


METRIC = Metric(
    name="micro_precision",
    title="Micro precision",
    tasks=("multilabel",),
    needs="label_draws",
    function=micro_precision,
    help=(
        "Of all labels that were given, the share that is true.",
        "Common labels rule it; giving one sure label alone makes it high.",
        "Micro recall beside it; precision by label.",
    ),
)
