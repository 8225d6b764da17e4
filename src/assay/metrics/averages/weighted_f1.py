"""Weighted F1: the mean of the classes' F1 by class size."""

from assay.metrics.averages.left_out import mean_of_defined, never_seen, ratio
from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.margins import Floats, Margins
from assay.metrics.metric import Metric
from assay.metrics.smooth import smooth_estimate
from assay.result import Estimate
from assay.tables.cube import Cube


def weighted_f1(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Mean over the classes of 2 TP / (2 TP + FP + FN), weighted by the rows of the class.

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
    >>> round(weighted_f1(cube).value, 4)
    0.75
    """
    return smooth_estimate(
        cube,
        weighted_f1_of,
        undefined="the table has no rows",
        draws=draws,
        level=level,
        warnings=never_seen(cells_of(cube, draws)),
    )


def weighted_f1_of(margins: Margins) -> Floats:
    """Return the average for margins of shape (..., k); NaN where no class has a value."""
    return mean_of_defined(
        ratio(2 * margins.right, margins.actual + margins.predicted), margins.actual
    )


METRIC = Metric(
    name="weighted_f1",
    title="Weighted F1",
    tasks=("multiclass",),
    needs="cube",
    function=weighted_f1,
    help=(
        "The mean of the classes' F1, weighted by how common each class is.",
        "A rare class can be missed throughout and hardly show.",
        "Macro F1, and the table by class.",
    ),
)
