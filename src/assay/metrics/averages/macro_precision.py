"""Macro precision: the plain mean of the classes' precisions."""

from assay.metrics.averages.left_out import mean_of_defined, never_predicted, ratio
from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.smooth import smooth_estimate
from assay.result import Estimate
from assay.tables.cube import Cube


def macro_precision(
    cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Mean over the classes of TP / (TP + FP), each class counting the same.

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
    >>> round(macro_precision(cube).value, 4)
    0.7474
    """
    return smooth_estimate(
        cube,
        macro_precision_of,
        undefined="the table has no rows",
        draws=draws,
        level=level,
        warnings=never_predicted(cells_of(cube, draws)),
    )


def macro_precision_of(margins: Margins) -> Floats:
    """Return the average for margins of shape (..., k); NaN where no class has a value."""
    return mean_of_defined(ratio(margins.right, margins.predicted))


METRIC = Metric(
    name="macro_precision",
    title="Macro precision",
    tasks=("multiclass",),
    needs="cube",
    function=macro_precision,
    help=(
        "The plain mean of the classes' precisions: rare classes count as much as common ones.",
        "A class that is hardly ever predicted gives a precision of few rows.",
        "The table of precision by class.",
    ),
)
