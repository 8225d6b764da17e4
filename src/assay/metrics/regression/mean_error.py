"""Mean error: whether predictions are too high or too low."""

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.tables.moments import Moments


def mean_error(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of ŷ - y: above 0 the predictions are too high.

    Parameters
    ----------
    moments : Moments
        With the quantity "error" (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In units of the target; undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> mean_error(error_moments(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 5.0]))).value
    1.0
    """
    return mean_estimate(moments, "error", level=level)


METRIC = Metric(
    name="mean_error",
    title="Mean error (bias)",
    acronym="ME",
    tasks=("regression",),
    needs="errors",
    function=mean_error,
    greater_is_better=None,
    lower_bound=None,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "How much predictions are too high (above 0) or too low on average.",
        "Errors in opposite directions cancel.",
        "Residuals by prediction; MAE for their size.",
    ),
)
