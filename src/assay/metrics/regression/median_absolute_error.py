"""Median absolute error: the error that half of the rows stay below."""

import numpy as np

from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.stats.quantile import quantile_interval, weighted_median, weighted_quantile_place
from assay.stats.spread import Spread, unit_spread
from assay.stats.sums import sums_by
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
        What is independent. A table of "group" or "block" that does not keep its rows by unit
        (`Distribution.rows`) gets no interval, since it cannot tell which belong together.
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
    if unit != "row" and distribution.rows is None:
        reason = f"no interval: the distribution does not tell which rows are of one {unit}"
        return Estimate(value=value, level=level, n=n, unit=unit, reason=reason, warnings=few)
    spread = _spread(distribution, value)
    effective = spread.n_effective or float(n)
    low, high = quantile_interval(
        distribution.value,
        distribution.w,
        0.5,
        n_effective=effective,
        level=level,
        freedom=spread.freedom,
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
        n_effective=spread.n_effective,
        unit=spread.unit,
        method=method,
        warnings=few + few_units(spread),
    )


def _spread(distribution: Distribution, median: float) -> Spread:
    """Return how the share of rows up to the median varies: by weights, or by units."""
    w, rows = distribution.w, distribution.rows
    total = float(w.sum())
    if rows is None:
        kish = total**2 / float(distribution.w2.sum()) if distribution.weighted else None
        return Spread(0.25 / (kish or total), n_effective=kish)
    below = (distribution.value <= median).astype(np.float64)
    share = float(np.dot(w, below)) / total
    influence = (below - share) / total
    sums = sums_by(rows.unit, rows.w * influence[rows.level], rows.n_units)
    n = float(distribution.n_rows)
    plain = share * (1 - share) / n
    return unit_spread(sums, plain_variance=plain, n=n, unit=rows.kind)


METRIC = Metric(
    name="median_absolute_error",
    title="Median absolute error",
    acronym="MedAE",
    tasks=("regression",),
    needs="absolute_errors",
    function=median_absolute_error,
    also=("unit",),
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
