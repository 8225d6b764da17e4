"""F-beta: precision and recall in one number, recall counting beta times as much."""

import numpy as np

from assay.errors import InputError
from assay.metrics.draws import CellDraws, cells_of
from assay.metrics.metric import Metric
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate
from assay.tables.cube import Cube, Level


def f_beta(
    cube: Cube,
    *,
    beta: float = 2.0,
    of: Level = True,
    level: float = 0.95,
    draws: CellDraws | None = None,
) -> Estimate:
    """Weighted harmonic mean of precision and recall.

    (1 + β²) TP / ((1 + β²) TP + β² FN + FP) is a rate in which hits, misses and false alarms
    count differently; the interval is Wilson's with the effective number of trials that its
    variance shows.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    beta : float
        How much more recall counts than precision; above 0.
    of : bool, int, float or str
        The class that is asked about; True for a yes/no label.
    level : float
        Coverage of the interval, in (0, 1).
    draws : CellDraws or None
        Spares laying the cube out again; nothing is drawn.

    Returns
    -------
    Estimate
        In [0, 1]; undefined when no row is of the class and none is predicted so.

    Raises
    ------
    InputError
        If `beta` is not above 0.

    References
    ----------
    van Rijsbergen 1979, Information Retrieval, chapter 7.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[60, 10], [10, 20]])
    >>> round(f_beta(cube, beta=2).value, 4)
    0.6667
    """
    if not beta > 0:
        msg = f"beta must be above 0, not {beta}"
        raise InputError(msg)
    cells = cells_of(cube, draws)
    place = cells.position(of)
    actual, predicted = cells.actual == place, cells.predicted == place
    among = beta**2 * actual + 1.0 * predicted
    rate = cell_rate(cells, np.where(actual & predicted, among, 0.0), among, level=level)
    if rate is None:
        reason = f"no row is {of} and none is predicted {of}; scikit-learn would print 0"
        return Estimate.undefined(reason, level=level)
    what = f"rows that are or are predicted {of}"
    return rate_estimate(rate, level=level, method="Wilson score of a weighted rate", what=what)


METRIC = Metric(
    name="f2",
    title="F2",
    acronym="F2",
    tasks=("binary", "multiclass"),
    needs="cube",
    per_class=True,
    function=f_beta,
    help=(
        "Precision and recall in one number, recall counting beta times as much (2 by default).",
        "The choice of beta is a price of mistakes in disguise.",
        "The expected cost, where mistakes have a price.",
    ),
)
