"""Prevalence: how many rows have a label."""

import numpy as np

from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate
from assay.tables.cube import Cube, Level


def prevalence(
    cube: Cube, *, of: Level = True, level: float = 0.95, draws: CellDraws | None = None
) -> Estimate:
    """Share of the rows that have a label.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    of : bool, int, float or str
        The value of the label that is asked about.
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
    >>> prevalence(cube).value
    0.3
    """
    cells = cells_of(cube, draws)
    among = np.ones_like(cells.w)
    rate = cell_rate(cells, cells.actual == cells.position(of), among, level=level)
    if rate is None:
        return Estimate.undefined("the table has no rows", level=level)
    return rate_estimate(rate, level=level)


METRIC = Metric(
    name="prevalence",
    title="Prevalence",
    tasks=("multilabel",),
    needs="cube",
    per_class=True,
    function=prevalence,
    greater_is_better=None,
    best=None,
    help=(
        "The share of the rows that have the label, whatever the model says.",
        "It is about the data, not about the model; another sample may have another share.",
        "Average precision beside it, of which it is the floor.",
    ),
)
