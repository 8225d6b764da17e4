"""Arrays in, the small tables of regression out: the form for a few rows in memory."""

import numpy as np
from numpy.typing import NDArray

from assay.metrics.regression.quantities import regression_quantities, relative_quantities
from assay.stats.sums import sums_by
from assay.tables.distribution import Distribution
from assay.tables.moments import Moments

Floats = NDArray[np.float64]


def error_moments(
    y_true: Floats, y_pred: Floats, weight: Floats | None = None, *, median: float = 0.0
) -> Moments:
    """Return the moments of `regression_quantities`.

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples,)
    weight : ndarray of float or None, shape (n_samples,)
    median : float
        A number near the median of the target.

    Returns
    -------
    Moments

    Examples
    --------
    >>> error_moments(np.array([1.0, 2.0]), np.array([1.0, 4.0])).mean.tolist()[2:4]
    [1.0, 2.0]
    """
    return moments_of_rows(regression_quantities(y_true, y_pred, median=median), weight)


def relative_moments(y_true: Floats, y_pred: Floats, weight: Floats | None = None) -> Moments:
    """Return the moments of `relative_quantities`; rows where y is 0 are skipped."""
    return moments_of_rows(relative_quantities(y_true, y_pred), weight)


def moments_of_rows(quantities: dict[str, Floats], weight: Floats | None = None) -> Moments:
    """Return the moments of named per-row quantities; rows that are not finite are skipped."""
    values = np.stack(list(quantities.values()))
    kept = np.isfinite(values).all(axis=0)
    x = values[:, kept]
    w = np.ones(x.shape[1]) if weight is None else weight[kept].astype(np.float64)
    z = np.vstack([np.ones(x.shape[1]), x])
    s1 = (z * w) @ z.T
    s2 = s1 if weight is None else (z * w**2) @ z.T
    empty = np.zeros(len(x))
    mean = s1[0, 1:] / s1[0, 0] if x.shape[1] else empty
    return Moments(
        tuple(quantities),
        x.shape[1],
        s1,
        s2,
        np.sum((w * (x - mean[:, None])) ** 3, axis=1),
        x.min(axis=1) if x.shape[1] else empty,
        x.max(axis=1) if x.shape[1] else empty,
        n_skipped=int(np.count_nonzero(~kept)),
        weighted=weight is not None,
    )


def distribution_of_rows(values: Floats, weight: Floats | None = None) -> Distribution:
    """Return how often each value occurs.

    Examples
    --------
    >>> distribution_of_rows(np.array([2.0, 1.0, 2.0])).n.tolist()
    [1, 2]
    """
    distinct, place = np.unique(values, return_inverse=True)
    n = np.bincount(place, minlength=len(distinct))
    w = np.ones(len(values)) if weight is None else weight.astype(np.float64)
    sums = sums_by(place, w, len(distinct)), sums_by(place, w**2, len(distinct))
    return Distribution(distinct, n, *sums, weighted=weight is not None)
