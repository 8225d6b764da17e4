"""Weighted recall: the mean of the classes' recalls by class size."""

from assay.metrics.confusion.accuracy import accuracy
from assay.metrics.draws import CellDraws
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.tables.cube import Cube


def weighted_recall(
    cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Mean of TP / (TP + FN) weighted by the rows of the class: the same as accuracy.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn.

    Returns
    -------
    Estimate
        In [0, 1] with Wilson's interval.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> weighted_recall(cube).value
    0.8
    """
    return accuracy(cube, level=level, draws=draws)


METRIC = Metric(
    name="weighted_recall",
    title="Weighted recall",
    tasks=("multiclass",),
    needs="cube",
    function=weighted_recall,
    help=(
        "The mean of the classes' recalls, weighted by class size; the same number as accuracy.",
        "Common classes rule it; a rare class can be missed throughout.",
        "The macro average, and the table by class.",
    ),
)
