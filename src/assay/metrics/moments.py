"""Moments in, the spread of a smooth function of means and the estimate of a mean out."""

import numpy as np
from numpy.typing import NDArray

from assay.metrics.few import MIN_ROWS, few_rows, few_units
from assay.result import Estimate
from assay.stats.mean import mean_interval
from assay.stats.spread import Spread, skewness, unit_spread
from assay.tables.moments import Moments

Floats = NDArray[np.float64]


def covariance(moments: Moments, sums: Floats) -> Floats:
    """Return the central sums Σ v (x - mean)(x - mean)' of `s1` or `s2`, shape (J, J)."""
    mean = moments.mean
    crossed = np.outer(mean, sums[0, 1:])
    return sums[1:, 1:] - crossed - crossed.T + sums[0, 0] * np.outer(mean, mean)


def moment_spread(moments: Moments, gradient: Floats, *, leading: str) -> Spread:
    """Return how a function of the means varies over samples (the delta method).

    Parameters
    ----------
    moments : Moments
    gradient : ndarray of float, shape (J,)
        Derivative of the function with respect to each mean.
    leading : str
        The quantity whose skewness the function takes over; moments do not tell how the others
        lean with it. (With declared units the skewness is that of all together.)

    Returns
    -------
    Spread
        Sandwich variance: Σ w² ψ² over rows, or the squared sums of w ψ over declared units.
    """
    total = moments.total
    plain = float(gradient @ covariance(moments, moments.s1) @ gradient) / total**2
    if moments.by_unit is not None:
        held = moments.by_unit[:, 0] != 0
        centred = moments.by_unit[:, 1:] - np.outer(moments.by_unit[:, 0], moments.mean)
        return unit_spread(
            centred @ gradient / total,
            plain_variance=plain,
            n=total,
            unit=moments.unit_kind,
            n_used=int(held.sum()),
        )
    rows = total**2 / float(moments.s2[0, 0])
    grown = rows / max(rows - 1, 1.0)
    variance = grown * float(gradient @ covariance(moments, moments.s2) @ gradient) / total**2
    variance = max(variance, 0.0)
    place = moments.index(leading)
    third = float(moments.s3[place]) * (float(gradient[place]) / total) ** 3
    skew = skewness(third, variance)
    if not moments.weighted:
        return Spread(variance, skew)
    return Spread(variance, skew, total * plain / variance if variance > 0 else rows)


def freedom_of(moments: Moments, spread: Spread) -> float:
    """Return the degrees of freedom of a variance: of units, else of rows."""
    if spread.freedom is not None:
        return spread.freedom
    rows = moments.total**2 / float(moments.s2[0, 0])
    return max(1.0, rows - 1)


def mean_estimate(
    moments: Moments,
    name: str,
    *,
    level: float = 0.95,
    lower: float | None = None,
    upper: float | None = None,
    least: int = MIN_ROWS,
) -> Estimate:
    """Return the mean of one quantity with a skewness-corrected interval.

    Parameters
    ----------
    moments : Moments
    name : str
        The quantity.
    level : float
    lower, upper : float or None
        Ends of the mean's range.
    least : int
        Rows below which the estimate is marked as resting on too few.

    Returns
    -------
    Estimate
        Undefined without rows; without an interval from a single row.
    """
    if not moments.n:
        return Estimate.undefined("the table has no rows", level=level)
    place = moments.index(name)
    value = float(moments.mean[place])
    skipped = _skipped(moments)
    if moments.n < 2:
        reason = "one row shows no variation: no interval"
        few = few_rows(moments.n, least=least)
        return Estimate(value=value, level=level, n=1, reason=reason, warnings=skipped + few)
    gradient = np.zeros(len(moments.names))
    gradient[place] = 1.0
    spread = moment_spread(moments, gradient, leading=name)
    interval = mean_interval(
        value, spread.error, skew=spread.skew, freedom=freedom_of(moments, spread), level=level
    )
    ends = (-np.inf if lower is None else lower, np.inf if upper is None else upper)
    interval = interval.clipped(*ends).around(value)
    return Estimate(
        value=value,
        low=interval.low,
        high=interval.high,
        level=level,
        n=moments.n,
        n_effective=spread.n_effective,
        unit=spread.unit,
        method="Student's t, Hall's correction for skewness",
        warnings=skipped + few_rows(moments.n, least=least) + few_units(spread),
    )


def _skipped(moments: Moments) -> tuple[str, ...]:
    if not moments.n_skipped:
        return ()
    return (f"{moments.n_skipped} rows were left out: a term is not finite there",)
