"""Macro F1: the plain mean of the classes' F1."""

from assay.metrics.averages.left_out import mean_of_defined, never_seen, ratio
from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.smooth import smooth_estimate
from assay.result import Estimate
from assay.tables.cube import Cube


def macro_f1(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Mean over the classes of 2 TP / (2 TP + FP + FN), each class counting the same.

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
        In [0, 1], over the classes where it is defined; the others are named in a warning.

    Examples
    --------
    >>> names = ("a", "b", "c")
    >>> cube = Cube.from_counts(
    ...     {"label": names, "prediction": names}, [[30, 5, 5], [4, 20, 6], [2, 3, 25]]
    ... )
    >>> round(macro_f1(cube).value, 4)
    0.7456
    """
    return smooth_estimate(
        cube,
        macro_f1_of,
        undefined="the table has no rows",
        draws=draws,
        level=level,
        warnings=never_seen(cells_of(cube, draws)),
    )


def macro_f1_of(margins: Margins) -> Floats:
    """Return the average for margins of shape (..., k); NaN where no class has a value."""
    return mean_of_defined(ratio(2 * margins.right, margins.actual + margins.predicted))


METRIC = Metric(
    name="macro_f1",
    title="Macro F1",
    tasks=("multiclass",),
    needs="cube",
    function=macro_f1,
    help=(
        "The plain mean of the classes' F1: high only when every class is found and hit.",
        "One rare class moves it as much as the most common one.",
        "The table of F1 by class; weighted F1 where common classes matter more.",
    ),
)
