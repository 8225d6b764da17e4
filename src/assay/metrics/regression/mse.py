"""Mean squared error."""

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.tables.moments import Moments


def mse(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of (ŷ - y)².

    Parameters
    ----------
    moments : Moments
        With the quantity "squared_error" (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In squared units of the target, from 0; undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> mse(error_moments(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 5.0]))).value
    1.6666666666666667
    """
    return mean_estimate(moments, "squared_error", level=level, lower=0.0)


METRIC = Metric(
    name="mse",
    title="Mean squared error",
    acronym="MSE",
    tasks=("regression",),
    needs="errors",
    function=mse,
    greater_is_better=False,
    lower_bound=0.0,
    upper_bound=None,
    best=0.0,
    unit="target²",
    help=(
        "The mean of the squared errors.",
        "Few large errors rule it, and its unit is the square of the target's.",
        "RMSE in the unit of the target; MAE or the median for the usual error.",
    ),
)
