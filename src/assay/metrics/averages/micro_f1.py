"""Micro F1: hits, misses and false alarms of all classes pooled."""

from assay.metrics.confusion.accuracy import accuracy
from assay.metrics.draws import CellDraws
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.tables.cube import Cube


def micro_f1(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """2 Σ TP / Σ (2 TP + FP + FN): with one answer a row the same as accuracy.

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
    >>> micro_f1(cube).value
    0.8
    """
    return accuracy(cube, level=level, draws=draws)


METRIC = Metric(
    name="micro_f1",
    title="Micro F1",
    tasks=("multiclass",),
    needs="cube",
    function=micro_f1,
    help=(
        "Micro F1 over all classes pooled; with one answer a row the same as accuracy.",
        "Common classes rule it; a rare class can be missed throughout.",
        "The macro average, and the table by class.",
    ),
)
