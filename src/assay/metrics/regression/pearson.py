"""Pearson's correlation of prediction and target."""

import numpy as np

from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.metric import Metric
from assay.metrics.moments import Floats, freedom_of, moment_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.transforms import atanh_interval
from assay.tables.moments import Moments

_CONSTANT = 1e-12
_SMALLEST = 1e-150
_ON_A_LINE = 1e-12
NAMES = ("target", "error", "target_squared", "squared_error", "target_error")


def pearson(moments: Moments, *, level: float = 0.95) -> Estimate:
    """Covariance of prediction and target over the product of their standard deviations.

    Parameters
    ----------
    moments : Moments
        With "target", "target_squared", "error", "squared_error" and "target_error"
        (`regression_quantities`).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        In [-1, 1], with an interval on Fisher's scale from fourth moments, which holds for laws
        that are not normal. Undefined with fewer than two rows, a constant target or constant
        predictions; without an interval when all points lie on one line.

    References
    ----------
    Fisher 1921, Metron 1:3, for the scale; van der Vaart 1998, Asymptotic Statistics, example
    3.6, for the variance.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import error_moments
    >>> y, prediction = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])
    >>> round(pearson(error_moments(y, prediction)).value, 4)
    0.5
    """
    n = moments.n
    if n < 2:
        reason = "a correlation needs two rows" if n else "the table has no rows"
        return Estimate.undefined(reason, n=n, level=level)
    y, e, yy, ee, ye = (float(moments.mean[moments.index(name)]) for name in NAMES)
    var_y, var_e, cov = yy - y * y, ee - e * e, ye - y * e
    var_p, both = var_y + 2 * cov + var_e, var_y + cov
    least = _CONSTANT * yy + _SMALLEST, _CONSTANT * (yy + ee) + _SMALLEST
    if var_y <= least[0] or var_p <= least[1]:
        what = "the target is" if var_y <= least[0] else "the predictions are"
        return Estimate.undefined(f"{what} constant", n=n, level=level)
    value = float(np.clip(both / np.sqrt(var_y * var_p), -1.0, 1.0))
    warnings = few_rows(n, least=MIN_ROWS)
    if 1 - abs(value) < _ON_A_LINE:
        reason = "no interval: target and prediction lie on one line"
        unit = moments.unit_kind
        return Estimate(value=value, level=level, n=n, unit=unit, reason=reason, warnings=warnings)
    spread = moment_spread(
        moments, _gradient(moments, (y, e), (var_y, var_p, both), value), leading="target_error"
    )
    quantile = two_sided_quantile(level, freedom=freedom_of(moments, spread))
    interval = atanh_interval(value, spread.error, quantile)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="delta method on fourth moments, Fisher's scale",
        warnings=warnings + few_units(spread),
    )


def _gradient(
    moments: Moments,
    means: tuple[float, float],
    spreads: tuple[float, float, float],
    value: float,
) -> Floats:
    """Return the derivative of the correlation by each mean.

    With p = y + e it is var(y) + cov(y, e) over the root of var(y) var(p).
    """
    (y, e), (var_y, var_p, both) = means, spreads
    by_var_y, by_var_p, by_both = -value / (2 * var_y), -value / (2 * var_p), value / both
    if both == 0:
        by_both = 1 / np.sqrt(var_y * var_p)
    by_square = by_var_y + by_var_p + by_both
    by_cross = 2 * by_var_p + by_both
    gradient = np.zeros(len(moments.names))
    parts = (
        -2 * y * by_square - e * by_cross,
        -2 * e * by_var_p - y * by_cross,
        by_square,
        by_var_p,
        by_cross,
    )
    gradient[[moments.index(name) for name in NAMES]] = parts
    return gradient


METRIC = Metric(
    name="pearson",
    title="Pearson correlation of prediction and target",
    acronym="r",
    tasks=("regression",),
    needs="errors",
    function=pearson,
    lower_bound=-1.0,
    help=(
        "How closely predictions and targets lie along a straight line.",
        "Predictions that are all too high, or spread too little, can still have 1.",
        "R², which counts such errors; the mean error by decile of the prediction.",
    ),
)
