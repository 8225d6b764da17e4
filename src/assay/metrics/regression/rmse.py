"""Root mean squared error."""

from dataclasses import replace
from math import sqrt

from assay.metrics.metric import Metric
from assay.metrics.regression.mse import mse
from assay.result import Estimate
from assay.tables.moments import Moments


def rmse(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Root of the mean squared error, with the root of its interval.

    Parameters
    ----------
    moments : Moments
        With the quantity "squared_error" (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In units of the target, from 0; undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> rmse(error_moments(np.array([1.0, 2.0]), np.array([4.0, 6.0]))).value
    3.5355339059327378
    """
    square = mse(moments, level=level)
    if square.value is None:
        return square
    low = None if square.low is None else sqrt(square.low)
    high = None if square.high is None else sqrt(square.high)
    return replace(square, value=sqrt(square.value), low=low, high=high)


METRIC = Metric(
    name="rmse",
    title="Root mean squared error",
    acronym="RMSE",
    tasks=("regression",),
    needs="errors",
    function=rmse,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "The size of the errors in the unit of the target, large errors counting more.",
        "Few large errors rule it.",
        "MAE or the median absolute error for the usual error.",
    ),
)
