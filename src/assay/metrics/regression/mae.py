"""Mean absolute error."""

from assay.metrics.metric import Metric
from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.tables.moments import Moments


def mae(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Mean of |ŷ - y|.

    Parameters
    ----------
    moments : Moments
        With the quantity "absolute_error" (`regression_quantities`).
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
    >>> mae(error_moments(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 5.0]))).value
    1.0
    """
    return mean_estimate(moments, "absolute_error", level=level, lower=0.0)


METRIC = Metric(
    name="mae",
    title="Mean absolute error",
    acronym="MAE",
    tasks=("regression",),
    needs="errors",
    function=mae,
    greater_is_better=False,
    lower_bound=0.0,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "How far off a prediction is on average, in the unit of the target.",
        "It does not tell many small errors from few large ones.",
        "RMSE beside it: the further above, the more the errors vary.",
    ),
)
