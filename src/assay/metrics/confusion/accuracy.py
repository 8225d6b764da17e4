"""Accuracy: how often the answer is right."""

import numpy as np

from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate
from assay.tables.cube import Cube


def accuracy(cube: Cube, *, level: float = 0.95, draws: CellDraws | None = None) -> Estimate:
    """Share of rows that are predicted right.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn for a rate.

    Returns
    -------
    Estimate
        In [0, 1] with Wilson's interval; undefined without rows.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> accuracy(cube).value
    0.8
    """
    cells = cells_of(cube, draws)
    rate = cell_rate(cells, cells.right, np.ones_like(cells.w), level=level)
    if rate is None:
        return Estimate.undefined("the table has no rows", level=level)
    return rate_estimate(rate, level=level)


METRIC = Metric(
    name="accuracy",
    title="Accuracy",
    acronym="ACC",
    tasks=("binary", "multiclass"),
    needs="cube",
    function=accuracy,
    help=(
        "The share of rows that are answered right.",
        "When one class is rare, always answering the other scores high.",
        "The share of the largest class beside it; balanced accuracy or MCC.",
    ),
)
