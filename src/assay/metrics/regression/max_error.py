"""Largest error."""

from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.tables.moments import Moments


def max_error(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Largest |ŷ - y|, without an interval: a maximum grows with the number of rows.

    Parameters
    ----------
    moments : Moments
        With the quantity "absolute_error" (`regression_quantities`).
    level : float
        Kept in the estimate.

    Returns
    -------
    Estimate
        In units of the target; undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> max_error(error_moments(np.array([1.0, 3.0]), np.array([2.0, 7.0]))).value
    4.0
    """
    if not moments.n:
        return Estimate.undefined("the table has no rows", level=level)
    return Estimate(
        value=float(moments.maximum[moments.index("absolute_error")]),
        level=level,
        n=moments.n,
        unit=moments.unit_kind,
        method="maximum",
        reason="a maximum has no interval: it grows with the number of rows",
    )


METRIC = Metric(
    name="max_error",
    title="Largest error",
    tasks=("regression",),
    needs="errors",
    function=max_error,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "The worst prediction of all.",
        "One row decides it, and it grows with the number of rows.",
        "The rows with the largest errors themselves.",
    ),
)
