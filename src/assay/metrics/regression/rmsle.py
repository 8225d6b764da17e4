"""Root mean squared logarithmic error."""

from dataclasses import replace
from math import sqrt

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.tables.moments import Moments


def rmsle(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Root of the mean of (log(1 + ŷ) - log(1 + y))², with the root of its interval.

    Parameters
    ----------
    moments : Moments
        With the quantity "squared_log_error" (`log_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        From 0, about a relative error where targets are far above 1. Undefined when a target is
        below 0 or a prediction is -1 or below.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import moments_of_rows
    >>> from assay.metrics.regression.quantities import log_quantities
    >>> rows = moments_of_rows(log_quantities(np.array([0.0, 1.0]), np.array([1.0, 0.0])))
    >>> round(rmsle(rows).value, 4)
    0.6931
    """
    if moments.n_skipped:
        reason = (
            f"{moments.n_skipped:,} rows have no logarithmic error: it needs targets 0 or above "
            "and predictions above -1 (or it is too large to count)"
        )
        return Estimate.undefined(reason, n=moments.n + moments.n_skipped, level=level)
    square = mean_estimate(moments, "squared_log_error", level=level, lower=0.0)
    if square.value is None:
        return square
    low = None if square.low is None else sqrt(square.low)
    high = None if square.high is None else sqrt(square.high)
    return replace(square, value=sqrt(square.value), low=low, high=high)


METRIC = Metric(
    name="rmsle",
    title="Root mean squared logarithmic error",
    acronym="RMSLE",
    tasks=("regression",),
    needs="log_errors",
    function=rmsle,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    help=(
        "The size of the errors on a logarithmic scale: about a relative error.",
        "It forgives predictions that are too high more than those that are too low.",
        "RMSE in the unit of the target; the Gamma deviance.",
    ),
)
