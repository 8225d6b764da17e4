"""Weighted absolute percentage error: all errors over all targets."""

import numpy as np

from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.metric import Metric
from assay.metrics.moments import freedom_of, moment_spread
from assay.result import Estimate
from assay.stats.mean import mean_interval
from assay.tables.moments import Moments

_SMALLEST = 1e-150


def wape(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Σ |ŷ - y| / Σ |y|.

    Parameters
    ----------
    moments : Moments
        With "absolute_error" and "absolute_target" (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        A share, from 0; undefined when every target is 0.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> wape(error_moments(np.array([1.0, 3.0]), np.array([2.0, 3.0]))).value
    0.25
    """
    if not moments.n:
        return Estimate.undefined("the table has no rows", level=level)
    places = [moments.index(name) for name in ("absolute_error", "absolute_target")]
    error, size = (float(moments.mean[place]) for place in places)
    if size <= _SMALLEST:
        return Estimate.undefined("every target is 0", n=moments.n, level=level)
    if moments.n < 2:
        few = few_rows(moments.n, least=MIN_ROWS)
        reason = "one row shows no variation: no interval"
        return Estimate(value=error / size, level=level, n=1, reason=reason, warnings=few)
    gradient = np.zeros(len(moments.names))
    gradient[places] = 1 / size, -error / size**2
    spread = moment_spread(moments, gradient, leading="absolute_error")
    freedom = freedom_of(moments, spread)
    interval = mean_interval(
        error / size, spread.error, skew=spread.skew, freedom=freedom, level=level
    )
    return Estimate(
        value=error / size,
        low=interval.low,
        high=interval.high,
        level=level,
        n=moments.n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="delta method, Hall's correction for skewness",
        warnings=few_rows(moments.n, least=MIN_ROWS) + few_units(spread),
    )


METRIC = Metric(
    name="wape",
    title="Weighted absolute percentage error",
    acronym="WAPE",
    tasks=("regression",),
    needs="errors",
    function=wape,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    help=(
        "The sum of all errors as a share of the sum of all targets.",
        "Large targets rule it.",
        "MAE in the unit of the target; the error by size of the target.",
    ),
)
