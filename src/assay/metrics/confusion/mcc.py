"""Matthews correlation: label and prediction as two columns of numbers."""

import numpy as np

from assay.metrics.draws import CellDraws
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.smooth import smooth_estimate
from assay.result import Estimate
from assay.tables.cube import Cube


def mcc(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Correlation of label and prediction; with more than two classes Gorodkin's R_k.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Redraws shared with other metrics; None makes them with seed 0.

    Returns
    -------
    Estimate
        In [-1, 1]; undefined when all labels, or all predictions, are of one class.

    References
    ----------
    Matthews 1975, BBA 405:442. Gorodkin 2004, Computational Biology and Chemistry 28:367.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(mcc(cube).value, 4)
    0.5238
    """
    return smooth_estimate(
        cube,
        mcc_of,
        undefined="all labels or all predictions are of one class; scikit-learn would print 0",
        draws=draws,
        level=level,
        bounds=(-1.0, 1.0),
    )


def mcc_of(margins: Margins) -> Floats:
    """Return the statistic for margins of shape (..., k); NaN where it is undefined."""
    total = margins.total
    right = margins.right.sum(axis=-1)
    crossed = (margins.actual * margins.predicted).sum(axis=-1)
    actual = total**2 - (margins.actual**2).sum(axis=-1)
    predicted = total**2 - (margins.predicted**2).sum(axis=-1)
    spread = actual * predicted
    edge = 1e-12 * total**4
    return np.where(
        spread > edge, (right * total - crossed) / np.sqrt(np.maximum(spread, edge)), np.nan
    )


METRIC = Metric(
    name="mcc",
    title="Matthews correlation",
    acronym="MCC",
    tasks=("binary", "multiclass"),
    needs="cube",
    function=mcc,
    lower_bound=-1.0,
    help=(
        "The correlation of labels and predictions: 1 right, 0 guessing, -1 always wrong.",
        "It has no unit a reader can feel, and it moves with prevalence.",
        "Precision and recall, of which it is high only when both are.",
    ),
)
