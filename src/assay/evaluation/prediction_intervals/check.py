"""Truth and what was said of it in; coverage, width and scores out."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.prediction_intervals.coverage import (
    Grouping,
    Rows,
    coverage_by_group,
    covered_share,
)
from assay.evaluation.prediction_intervals.result import (
    CheckedCoverage,
    CheckedQuantile,
    Offered,
)
from assay.metrics.ranking.estimate import query_mean
from assay.result import Estimate

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]
CLOSE = 1e-9
"""Rounding of ranks, as (n + 1) × 0.9 is 90.00000000000001 for n = 99, and of widths."""


def check_intervals(
    name: str,
    truth: Floats,
    low: Floats,
    high: Floats,
    *,
    nominal: float,
    rows: Rows,
    groupings: tuple[Grouping, ...] = (),
) -> CheckedCoverage:
    """Check intervals for the share of rows whose truth they hold; ends belong to them.

    Parameters
    ----------
    name : str
    truth, low, high : ndarray of float, shape (n_rows,)
        Ends may be infinite; then width and score are undefined.
    nominal : float
        The promised share, in (0, 1).
    rows : Rows
    groupings : tuple of Grouping

    Raises
    ------
    InputError
        If an end is missing, or a lower end lies above its upper one.

    References
    ----------
    Gneiting and Raftery 2007, JASA 102:359, doi:10.1198/016214506000001437 (interval score).

    Examples
    --------
    >>> truth = np.array([1.0, 2.0, 3.0, 9.0])
    >>> found = check_intervals("model", truth, truth - 1, np.full(4, 4.0), nominal=0.9,
    ...                         rows=Rows())
    Traceback (most recent call last):
        ...
    assay.errors.InputError: model: the lower end lies above the upper one in 1 row, first in row \
4 (counted from 1): 8 and 4; name the columns of lower ends with low and of upper ends with high
    """
    _check_ends(name, low, high)
    covered = (low <= truth) & (truth <= high)
    width = high - low
    alpha = 1 - nominal
    penalty = 2 / alpha * (np.maximum(low - truth, 0) + np.maximum(truth - high, 0))
    weight = rows.weight
    finite = bool(np.isfinite(width).all())
    return CheckedCoverage(
        name=name,
        kind="interval",
        nominal=nominal,
        coverage=covered_share(covered, rows),
        size=_mean(width, rows),
        score=float(np.average(width + penalty, weights=weight)) if finite else None,
        below=float(np.average(truth < low, weights=weight)),
        above=float(np.average(truth > high, weights=weight)),
        groups=coverage_by_group(
            covered, np.where(np.isfinite(width), width, 0.0), groupings, rows, nominal
        ),
    )


def check_sets(
    name: str,
    truth: Codes,
    members: Flags,
    *,
    nominal: float,
    rows: Rows,
    groupings: tuple[Grouping, ...] = (),
) -> CheckedCoverage:
    """Check sets of classes for the share of rows whose class they hold.

    Parameters
    ----------
    name : str
    truth : ndarray of int, shape (n_rows,)
        Column of the true class in `members`.
    members : ndarray of bool, shape (n_rows, n_classes)
    nominal : float
    rows : Rows
    groupings : tuple of Grouping
    """
    covered = members[np.arange(len(truth)), truth]
    size = members.sum(axis=1).astype(np.float64)
    return CheckedCoverage(
        name=name,
        kind="set",
        nominal=nominal,
        coverage=covered_share(covered, rows),
        size=_mean(size, rows),
        empty=float(np.average(size == 0, weights=rows.weight)),
        groups=coverage_by_group(covered, size, groupings, rows, nominal),
    )


def check_quantile(
    name: str, quantile: float, truth: Floats, predicted: Floats, rows: Rows
) -> CheckedQuantile:
    """Check predicted quantiles for the share of rows at or below them, and their pinball loss.

    Examples
    --------
    >>> found = check_quantile("q0.5", 0.5, np.array([0.0, 2.0]), np.array([1.0, 1.0]), Rows())
    >>> found.share.value, found.pinball
    (0.5, 0.5)
    """
    over = truth - predicted
    loss = np.maximum(quantile * over, (quantile - 1) * over)
    return CheckedQuantile(
        name=name,
        quantile=quantile,
        share=covered_share(truth <= predicted, rows),
        pinball=float(np.average(loss, weights=rows.weight)),
    )


def offer_split_conformal(
    truth: Floats, predicted: Floats, residuals: Floats, *, nominal: float, rows: Rows
) -> Offered | None:
    """Say what intervals of one width, made from the residuals of other rows, would give.

    The half width is the ⌈(n + 1) nominal⌉-th smallest absolute residual: on rows that are
    exchangeable with those it covers at least the promised share on average.

    Parameters
    ----------
    truth, predicted : ndarray of float, shape (n_rows,)
        Of the judged rows.
    residuals : ndarray of float, shape (n_validation,)
        Of rows that the model was not fitted on.
    nominal : float
    rows : Rows

    Returns
    -------
    Offered or None
        None where there are too few residuals for that level.

    References
    ----------
    Lei et al. 2018, JASA 113:1094, doi:10.1080/01621459.2017.1307116.

    Examples
    --------
    >>> away = np.arange(1.0, 100.0)
    >>> zero = np.zeros(5)
    >>> offer_split_conformal(zero, zero, away, nominal=0.9, rows=Rows()).half_width
    90.0
    """
    n = len(residuals)
    rank = ceil((n + 1) * nominal - CLOSE)
    if not 1 <= rank <= n:
        return None
    half = float(np.partition(np.abs(residuals), rank - 1)[rank - 1])
    covered = np.abs(truth - predicted) <= half
    return Offered(
        nominal=nominal, half_width=half, coverage=covered_share(covered, rows), n_validation=n
    )


def _check_ends(name: str, low: Floats, high: Floats) -> None:
    missing = np.isnan(low) | np.isnan(high)
    if missing.any():
        row = int(np.argmax(missing)) + 1
        msg = (
            f"{name}: {int(missing.sum())} rows have no lower or no upper end, first in row {row} "
            "(counted from 1); give both for every row"
        )
        raise InputError(msg)
    crossed = low > high
    if crossed.any():
        at = int(np.argmax(crossed))
        count = int(crossed.sum())
        msg = (
            f"{name}: the lower end lies above the upper one in {count} "
            f"row{'' if count == 1 else 's'}, first in row {at + 1} (counted from 1): "
            f"{low[at]:g} and {high[at]:g}; name the columns of lower ends with low and of upper "
            "ends with high"
        )
        raise InputError(msg)


def _mean(size: Floats, rows: Rows) -> Estimate:
    if not np.isfinite(size).all():
        share = float((~np.isfinite(size)).mean())
        return Estimate.undefined(
            f"{share:.1%} of the intervals are infinitely wide", n=len(size), level=rows.level
        )
    group = rows.unit
    bounds = (float(size.min()), float(size.max()))
    if bounds[1] - bounds[0] <= CLOSE * max(abs(bounds[1]), 1.0):
        return Estimate(
            value=float(size.mean()),
            n=len(size),
            level=rows.level,
            reason="the same for every row",
        )
    found = query_mean(size, weight=rows.weight, group=group, level=rows.level, bounds=bounds)
    return Estimate(
        value=found.value,
        low=found.low,
        high=found.high,
        level=rows.level,
        n=found.n,
        n_effective=found.n_effective,
        unit=rows.unit_kind,
        method="Student's t, mended for skewness (Hall)",
    )
