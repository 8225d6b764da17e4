"""R²: the share of the target's variance that the predictions explain."""

import numpy as np

from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.metric import Metric
from assay.metrics.moments import freedom_of, moment_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.transforms import log_interval
from assay.tables.moments import Moments

WORSE_THAN_MEAN = "worse than predicting the mean"
_CONSTANT = 1e-12


def r2(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Return 1 less the squared error over that of the target's own mean.

    Parameters
    ----------
    moments : Moments
        With "target", "target_squared" and "squared_error" (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        At most 1; negative values are worse than predicting the mean and say so. The interval is
        that of the error ratio on the log scale, from fourth moments. Undefined with fewer than
        two rows or a constant target.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> y, prediction = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])
    >>> round(r2(error_moments(y, prediction)).value, 4)
    0.5
    """
    if moments.n < 2:
        reason = "R² needs two rows" if moments.n else "the table has no rows"
        return Estimate.undefined(reason, n=moments.n, level=level)
    places = [moments.index(name) for name in ("target", "target_squared", "squared_error")]
    target, square, error = (float(moments.mean[place]) for place in places)
    variance = square - target**2
    if variance <= _CONSTANT * square:
        return Estimate.undefined("the target is constant", n=moments.n, level=level)
    ratio = error / variance
    gradient = np.zeros(len(moments.names))
    gradient[places] = (
        2 * target * error / variance**2,
        -error / variance**2,
        1 / variance,
    )
    spread = moment_spread(moments, gradient, leading="squared_error")
    quantile = two_sided_quantile(level, freedom=freedom_of(moments, spread))
    interval = log_interval(ratio, spread.error, quantile)
    worse = (WORSE_THAN_MEAN,) if ratio > 1 else ()
    return Estimate(
        value=1 - ratio,
        low=1 - interval.high,
        high=1 - interval.low,
        level=level,
        n=moments.n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="delta method on fourth moments, log scale of the error ratio",
        warnings=worse + few_rows(moments.n, least=MIN_ROWS) + few_units(spread),
    )


METRIC = Metric(
    name="r2",
    title="R²",
    acronym="R²",
    tasks=("regression",),
    needs="errors",
    function=r2,
    lower_bound=None,
    help=(
        "The share of the target's variance that the predictions explain.",
        "It grows with the spread of the target, so values of two data sets do not compare.",
        "RMSE or MAE in the unit of the target.",
    ),
)
