"""Macro recall: the plain mean of the classes' recalls."""

from assay.metrics.confusion.balanced_accuracy import balanced_accuracy
from assay.metrics.draws import CellDraws
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.tables.cube import Cube


def macro_recall(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Mean over the classes of TP / (TP + FN): the balanced accuracy under its other name.

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
        In [0, 1], over the classes that occur among the labels.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(macro_recall(cube).value, 4)
    0.7619
    """
    return balanced_accuracy(cube, level=level, draws=draws)


METRIC = Metric(
    name="macro_recall",
    title="Macro recall",
    tasks=("multiclass",),
    needs="cube",
    function=macro_recall,
    help=(
        "The plain mean of the classes' recalls; the same number as balanced accuracy.",
        "A rare class weighs as much as a common one, so a few of its rows move the number.",
        "The table of recall by class.",
    ),
)
