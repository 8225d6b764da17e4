"""How good a predicted quantile is: its pinball loss, and the share of targets up to it."""

import numpy as np

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.metrics.rates import cell_rate, rate_estimate, single_key_cells
from assay.result import Estimate
from assay.tables.cube import Cube
from assay.tables.moments import Moments


def pinball_loss(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of τ (y - q) where y lies above the prediction q, of (1 - τ)(q - y) below.

    Parameters
    ----------
    moments : Moments
        With the quantity "pinball" (`quantile_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In units of the target, from 0; undefined without rows.

    References
    ----------
    Koenker and Bassett 1978, Econometrica 46:33.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import moments_of_rows
    >>> from assay.metrics.regression.quantities import quantile_quantities
    >>> y, prediction = np.array([1.0, 3.0]), np.array([2.0, 2.0])
    >>> rows = moments_of_rows(quantile_quantities(y, prediction, 0.75, constant=3.0))
    >>> pinball_loss(rows).value
    0.5
    """
    return mean_estimate(moments, "pinball", level=level, lower=0.0)


def quantile_coverage(covered: Cube, *, level: float = 0.95) -> Estimate:
    """Share of rows whose target is not above the predicted quantile.

    Parameters
    ----------
    covered : Cube
        Key "covered": whether y <= prediction.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [0, 1] with Wilson's interval; undefined without rows.

    Examples
    --------
    >>> quantile_coverage(Cube.from_counts({"covered": (False, True)}, [20, 80])).value
    0.8
    """
    cells = single_key_cells(covered)
    held = np.array([bool(value) for value in cells.classes], dtype=bool)[cells.actual]
    rate = cell_rate(cells, held, np.ones_like(cells.w), level=level)
    if rate is None:
        return Estimate.undefined("the table has no rows", level=level)
    return rate_estimate(rate, level=level)


PINBALL = Metric(
    name="pinball_loss",
    title="Pinball loss",
    tasks=("regression",),
    needs="quantile_losses",
    function=pinball_loss,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "The mean error of a predicted quantile, the two sides weighed by the quantile.",
        "Its size depends on the quantile, so losses of two quantiles do not compare.",
        "The share of targets up to the quantile; D² of the pinball loss.",
    ),
)
COVERAGE = Metric(
    name="quantile_coverage",
    title="Share of targets up to the predicted quantile",
    tasks=("regression",),
    needs="covered",
    function=quantile_coverage,
    greater_is_better=None,
    best=None,
    help=(
        "For a good 0.9 quantile nine of ten targets lie at or below the prediction.",
        "A constant can have the right share: it does not say that the quantile fits a row.",
        "The pinball loss; the share by decile of the prediction.",
    ),
)
