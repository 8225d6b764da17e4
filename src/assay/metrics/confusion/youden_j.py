"""Youden's J: how far the answers are from guessing."""

from dataclasses import replace

from assay.metrics.confusion.balanced_accuracy import balanced_accuracy
from assay.metrics.draws import CellDraws
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.tables.cube import Cube


def youden_j(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Recall plus specificity less one: twice the balanced accuracy less one.

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
        In [-1, 1], 0 for guessing; undefined when a class does not occur.

    References
    ----------
    Youden 1950, Cancer 3:32.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(youden_j(cube).value, 4)
    0.5238
    """
    mean = balanced_accuracy(cube, level=level, draws=draws)
    if mean.value is None or mean.low is None or mean.high is None:
        return mean
    return replace(mean, value=2 * mean.value - 1, low=2 * mean.low - 1, high=2 * mean.high - 1)


METRIC = Metric(
    name="youden_j",
    title="Youden's J",
    acronym="J",
    tasks=("binary",),
    needs="cube",
    function=youden_j,
    lower_bound=-1.0,
    help=(
        "Recall plus specificity less one: 0 for guessing, 1 for no mistake.",
        "It weighs a miss and a false alarm by class size, whatever they cost.",
        "The expected cost at the chosen threshold.",
    ),
)
