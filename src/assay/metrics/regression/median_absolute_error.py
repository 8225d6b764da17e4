"""Median absolute error: the error that half of the rows stay below."""

from assay.metrics.few import MIN_ROWS, few_rows
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.stats.quantile import quantile_interval, weighted_median, weighted_quantile_place
from assay.tables.distribution import Distribution


def median_absolute_error(
    distribution: Distribution, *, unit: str = "row", level: float = 0.95
) -> Estimate:
    """Median of |ŷ - y| with an interval of order statistics.

    Parameters
    ----------
    distribution : Distribution
        Of |ŷ - y|.
    unit : str
        What is independent: "row"; "group" or "block" withholds the interval, since a
        distribution does not know which rows belong together.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In units of the target, from 0. In a binned table the interval reaches to the ends of the
        bins that it falls into. Undefined without rows.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.metrics.regression.from_rows import distribution_of_rows
    >>> median_absolute_error(distribution_of_rows(np.array([1.0, 2.0, 4.0]))).value
    2.0
    """
    n = distribution.n_rows
    if not n:
        return Estimate.undefined("the table has no rows", level=level)
    value = weighted_median(distribution.value, distribution.w)
    few = few_rows(n, least=MIN_ROWS)
    if unit != "row":
        reason = f"no interval: the distribution does not tell which rows are of one {unit}"
        return Estimate(value=value, level=level, n=n, unit=unit, reason=reason, warnings=few)
    total = float(distribution.w.sum())
    effective = total**2 / float(distribution.w2.sum())
    low, high = quantile_interval(
        distribution.value, distribution.w, 0.5, n_effective=effective, level=level
    )
    method = "binomial order statistics"
    if distribution.low is not None and distribution.high is not None:
        low = float(distribution.low[weighted_quantile_place(distribution.value, low)])
        high = float(distribution.high[weighted_quantile_place(distribution.value, high)])
        method += ", out to the ends of their bins"
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        level=level,
        n=n,
        n_effective=effective if distribution.weighted else None,
        method=method,
        warnings=few,
    )


METRIC = Metric(
    name="median_absolute_error",
    title="Median absolute error",
    acronym="MedAE",
    tasks=("regression",),
    needs="absolute_errors",
    function=median_absolute_error,
    greater_is_better=False,
    upper_bound=None,
    best=0.0,
    unit="target",
    help=(
        "Half of the predictions are closer than this.",
        "It says nothing of the other half: rare, huge errors do not show.",
        "MAE and RMSE beside it.",
    ),
)
