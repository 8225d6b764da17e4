"""D²: the share of a loss that predictions save against the best constant."""

import numpy as np

from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.metrics.metric import Metric
from assay.metrics.moments import freedom_of, moment_spread
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile
from assay.stats.quantile import weighted_quantile
from assay.stats.transforms import log_interval
from assay.tables.distribution import Distribution
from assay.tables.moments import Moments

_SMALLEST = 1e-150
WORSE = "worse than always answering the {name}"


def d2_absolute_error(
    moments: Moments, *, targets: Distribution | None, level: float = 0.95
) -> Estimate:
    """Return 1 less the mean absolute error over that of the target's own median.

    Parameters
    ----------
    moments : Moments
        With "absolute_error" and "median_distance", the distance of the target to a number near
        its median (`regression_quantities`).
    targets : Distribution or None
        Of the target: its median, and what always answering it is off by.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        At most 1; 0 for the median, negative for worse. Undefined with fewer than two rows or
        when every target equals the median.

    References
    ----------
    Koenker and Machado 1999, JASA 94:1296, doi:10.1080/01621459.1999.10473882.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import distribution_of_rows, error_moments
    >>> y, prediction = np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, 4.0])
    >>> moments = error_moments(y, prediction, median=2.0)
    >>> d2_absolute_error(moments, targets=distribution_of_rows(y)).value
    0.75
    """
    names = ("absolute_error", "median_distance")
    return _saved(moments, names, targets, share=0.5, factor=2.0, name="median", level=level)


def d2_pinball(
    moments: Moments,
    *,
    targets: Distribution | None,
    quantile: float | None,
    level: float = 0.95,
) -> Estimate:
    """Return 1 less the pinball loss over that of the target's own quantile.

    Parameters
    ----------
    moments : Moments
        With "pinball" and "constant_pinball", the loss of a number near the target's quantile
        (`quantile_quantities`).
    targets : Distribution or None
        Of the target.
    quantile : float or None
        Which quantile is predicted, in (0, 1).
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    Estimate
        At most 1; 0 for the constant quantile, negative for worse. Undefined with fewer than two
        rows or when that constant makes no error.

    References
    ----------
    Koenker and Machado 1999, JASA 94:1296, doi:10.1080/01621459.1999.10473882.

    Examples
    --------
    >>> from assay.metrics.regression.from_rows import distribution_of_rows, moments_of_rows
    >>> from assay.metrics.regression.quantities import quantile_quantities
    >>> y, prediction = np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, 4.0])
    >>> rows = moments_of_rows(quantile_quantities(y, prediction, 0.5, constant=2.0))
    >>> d2_pinball(rows, targets=distribution_of_rows(y), quantile=0.5).value
    0.75
    """
    share = 0.5 if quantile is None else quantile
    names = ("pinball", "constant_pinball")
    return _saved(moments, names, targets, share=share, factor=1.0, name="quantile", level=level)


def _saved(
    moments: Moments,
    names: tuple[str, str],
    targets: Distribution | None,
    *,
    share: float,
    factor: float,
    name: str,
    level: float,
) -> Estimate:
    """Return 1 - loss / constant loss, with the interval of that ratio on the log scale.

    A shift of the constant moves its loss only in second order, since it is the best one; so the
    variance may be that with a number near it.
    """
    n = moments.n
    if targets is None or n < 2:
        reason = "D² needs two rows" if n else "the table has no rows"
        return Estimate.undefined(reason, n=n, level=level)
    best = factor * constant_pinball(targets, share)
    if best <= _SMALLEST:
        return Estimate.undefined(f"every target equals the {name}", n=n, level=level)
    loss, near = (moments.index(each) for each in names)
    error, about = float(moments.mean[loss]), float(moments.mean[near])
    ratio = error / best
    gradient = np.zeros(len(moments.names))
    gradient[loss], gradient[near] = 1 / about, -error / about**2
    spread = moment_spread(moments, gradient, leading=names[0])
    quantile = two_sided_quantile(level, freedom=freedom_of(moments, spread))
    interval = log_interval(ratio, spread.error, quantile)
    worse = (WORSE.format(name=name),) if ratio > 1 else ()
    return Estimate(
        value=1 - ratio,
        low=1 - interval.high,
        high=1 - interval.low,
        level=level,
        n=n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="delta method, log scale of the loss ratio",
        warnings=worse + few_rows(n, least=MIN_ROWS) + few_units(spread),
    )


def constant_pinball(targets: Distribution, share: float) -> float:
    """Return the pinball loss of always answering a quantile of the target.

    Parameters
    ----------
    targets : Distribution
        With rows.
    share : float
        Which quantile, in (0, 1).

    Returns
    -------
    float
        The least that any constant can have.
    """
    off = targets.value - weighted_quantile(targets.value, targets.w, share)
    return float(np.average(np.maximum(share * off, (share - 1) * off), weights=targets.w))


ABSOLUTE_ERROR = Metric(
    name="d2_absolute_error",
    title="D² of the absolute error",
    tasks=("regression",),
    needs="errors",
    function=d2_absolute_error,
    also=("targets",),
    lower_bound=None,
    help=(
        "The share of the median's mean absolute error that the predictions save.",
        "It grows with the spread of the target, so values of two data sets do not compare.",
        "MAE in the unit of the target; R² where large errors shall count more.",
    ),
)
PINBALL = Metric(
    name="d2_pinball",
    title="D² of the pinball loss",
    tasks=("regression",),
    needs="quantile_losses",
    function=d2_pinball,
    also=("targets", "quantile"),
    lower_bound=None,
    help=(
        "The share of a constant quantile's pinball loss that the predictions save.",
        "It says nothing of whether the share of targets below is the one asked for.",
        "The coverage of the quantile beside it.",
    ),
)
