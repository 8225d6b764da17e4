"""Symmetric mean absolute percentage error."""

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.tables.moments import Moments


def smape(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of 2 |ŷ - y| / (|y| + |ŷ|), with 0 where both are 0.

    Parameters
    ----------
    moments : Moments
        With the quantity "symmetric_error" (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        A share (0.1 is 10 %), from 0 to 2; undefined without rows.

    References
    ----------
    Makridakis 1993, International Journal of Forecasting 9:527.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> smape(error_moments(np.array([1.0, 0.0]), np.array([3.0, 0.0]))).value
    0.5
    """
    return mean_estimate(moments, "symmetric_error", level=level, lower=0.0, upper=2.0)


METRIC = Metric(
    name="smape",
    title="Symmetric mean absolute percentage error",
    acronym="sMAPE",
    tasks=("regression",),
    needs="errors",
    function=smape,
    greater_is_better=False,
    upper_bound=2.0,
    best=0.0,
    help=(
        "The error as a share of the mean size of target and prediction, 0 to 2 (0 to 200 %).",
        "Rows where either is near 0 rule it, and any prediction for a target of 0 counts 2.",
        "WAPE, or MAE in the unit of the target.",
    ),
)
