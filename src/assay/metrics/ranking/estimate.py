"""One number for each query in, their mean with its interval out."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.metrics.few import MIN_UNITS, few_rows
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.stats.rate import wilson
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def query_mean(
    values: Floats,
    *,
    weight: Floats | None = None,
    group: Codes | None = None,
    level: float = 0.95,
    bounds: tuple[float, float] = (0.0, 1.0),
    nothing: str = "no query has a relevant document",
) -> Estimate:
    """Return the mean over queries; queries, or declared groups of them, are the sample.

    Parameters
    ----------
    values : ndarray of float, shape (n_queries,)
        NaN where a query does not count.
    weight : ndarray of float or None, shape (n_queries,)
    group : ndarray of int or None, shape (n_queries,)
        Code of what a query belongs to; then groups are independent, and not queries.
    level : float
        Coverage of the interval, in (0, 1).
    bounds : tuple of float
        The least and the greatest that a query can have.
    nothing : str
        Why there is no value, where no query counts.

    Returns
    -------
    Estimate
        With ``n`` queries. Wilson's interval where every value is 0 or 1 and where none
        differs; else Student's, turned through Hall's cubic for skewness.

    Examples
    --------
    >>> found = query_mean(np.array([1.0, 0.5, np.nan, 0.75]))
    >>> found.value, found.n
    (0.75, 3)
    """
    counts = np.isfinite(values) if weight is None else np.isfinite(values) & (weight > 0)
    found = values[counts]
    n = len(found)
    if not n:
        return Estimate.undefined(nothing, n=0, level=level, unit="query")
    w = np.ones(n) if weight is None else weight[counts]
    mean = float(np.average(found, weights=w))
    influence = w * (found - mean) / w.sum()
    n_units = n
    if group is not None:
        _, code = np.unique(group[counts], return_inverse=True)
        n_units = int(code.max()) + 1
        influence = sums_by(code, influence, n_units)
    interval, method = _interval(found, mean, influence, level, bounds, plain=weight is None)
    few = few_rows(n_units, least=MIN_UNITS, what="queries" if group is None else "groups")
    return Estimate(
        value=mean,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        level=level,
        n=n,
        n_effective=None if weight is None else float(w.sum() ** 2 / (w**2).sum()),
        unit="query" if group is None else "group",
        method=method,
        reason=None if interval is not None else "one query alone tells nothing of others",
        warnings=few,
    )


def _interval(
    values: Floats,
    mean: float,
    influence: Floats,
    level: float,
    bounds: tuple[float, float],
    *,
    plain: bool,
) -> tuple[Interval | None, str]:
    low, high = bounds
    n, width = len(influence), high - low
    ungrouped = n == len(values)
    if n == 1 and not ungrouped:
        return None, ""
    of = "queries" if ungrouped else "groups"
    squares = float((influence**2).sum())
    two = plain and ungrouped and bool(np.isin(values, (low, high)).all())
    # Scaled by the range: a spread of rounding errors alone is no spread.
    flat = squares <= (1e-12 * width) ** 2
    if two or flat:
        share = wilson(min(max((mean - low) / width, 0.0), 1.0), n, level=level)
        return (
            Interval(low + width * share.low, low + width * share.high).around(mean),
            f"Wilson score over {of}",
        )
    if n == 1:
        return None, ""
    skew = float((influence**3).sum()) / squares**1.5
    error = sqrt(squares * n / (n - 1))
    interval = mean_interval(mean, error, skew=skew, freedom=n - 1, level=level)
    method = f"Student's t over {of}, mended for skewness (Hall)"
    return interval.clipped(low, high).around(mean), method
