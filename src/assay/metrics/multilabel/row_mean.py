"""Moments of a bounded per-row quantity in, its mean with an interval out."""

from dataclasses import replace

from assay.metrics.moments import mean_estimate
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.rate import wilson
from assay.tables.moments import Moments


def row_mean(
    moments: Moments,
    name: str,
    *,
    level: float = 0.95,
    upper: float | None = 1.0,
    warnings: tuple[str, ...] = (),
) -> Estimate:
    """Return the mean over rows of a quantity from 0 to `upper`.

    Student's t with Hall's correction for skewness; where all rows have one value, Wilson's
    interval of none among n says how many others there may be, and these may have any value.

    Parameters
    ----------
    moments : Moments
    name : str
        The quantity.
    level : float
    upper : float or None
        The largest value that a row can have; None where that is not known, and then rows of one
        value get no interval of this kind.
    warnings : tuple of str

    Returns
    -------
    Estimate
    """
    found = mean_estimate(moments, name, level=level, lower=0.0, upper=upper)
    found = replace(found, warnings=warnings + found.warnings)
    if not moments.n or found.value is None or upper is None:
        return found
    place = moments.index(name)
    if moments.minimum[place] < moments.maximum[place]:
        return found
    n = moments.n if moments.by_unit is None else len(moments.by_unit)
    share = 1 - wilson(1.0, min(n, found.n_effective or n), level=level).low
    value = found.value
    ends = Interval(value - share * value, value + share * (upper - value)).around(value)
    return replace(
        found,
        low=ends.low,
        high=ends.high,
        reason=None,
        method="Wilson score of all rows, carried over: rows do not vary",
    )


def empty_rows(moments: Moments, name: str, convention: str) -> tuple[str, ...]:
    """Return what rows without any label count as, where there are some; else nothing.

    Parameters
    ----------
    moments : Moments
    name : str
        The quantity that is 1 for such rows.
    convention : str
    """
    if not moments.n:
        return ()
    share = float(moments.mean[moments.index(name)])
    return (f"{convention} ({share:.1%} of the rows)",) if share > 0 else ()
