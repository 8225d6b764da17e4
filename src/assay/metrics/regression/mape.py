"""Mean absolute percentage error, where it means anything."""

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.stats.quantile import weighted_quantile
from assay.tables.distribution import Distribution
from assay.tables.moments import Moments

SMALLEST_SHARE = 0.01


def mape(moments: Moments, absolute_target: Distribution, *, level: float = 0.95) -> Estimate:
    """Mean of |ŷ - y| / |y|.

    Parameters
    ----------
    moments : Moments
        With the quantity "relative_error" (`relative_quantities`).
    absolute_target : Distribution
        Of |y|.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        A share (0.1 is 10 %), from 0. Undefined when any |y| lies below 1 % of the median |y|:
        such rows would rule the mean, or have no term at all.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import distribution_of_rows, relative_moments
    >>> y, prediction = np.array([1.0, 2.0]), np.array([1.5, 3.0])
    >>> mape(relative_moments(y, prediction), distribution_of_rows(np.abs(y))).value
    0.5
    """
    if not absolute_target.n_rows:
        return Estimate.undefined("the table has no rows", level=level)
    size = weighted_quantile(absolute_target.value, absolute_target.w, 0.5)
    ends = absolute_target.value if absolute_target.low is None else absolute_target.low
    least, n = float(ends[0]), absolute_target.n_rows
    if least < SMALLEST_SHARE * size or size == 0:
        reason = (
            f"some targets are near 0 (the smallest size is {least:.3g}, the median {size:.3g}): "
            "a percentage of them means nothing; look at WAPE or MAE"
        )
        return Estimate.undefined(reason, n=n, level=level)
    return mean_estimate(moments, "relative_error", level=level, lower=0.0)


METRIC = Metric(
    name="mape",
    title="Mean absolute percentage error",
    acronym="MAPE",
    tasks=("regression",),
    needs="relative_errors",
    function=mape,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    help=(
        "How far off a prediction is on average, as a share of the target.",
        "Small targets rule it, and it favours predictions that are too low.",
        "WAPE, or MAE in the unit of the target.",
    ),
)
