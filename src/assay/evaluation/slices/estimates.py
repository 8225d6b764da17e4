"""Losses of rows in; mean loss in a slice and its difference to the rest, with intervals, out."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.slices.significance import LossRows, testable
from assay.metrics.few import few_rows
from assay.result import Estimate
from assay.stats.difference import newcombe_difference
from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.stats.mean_difference import mean_difference
from assay.stats.rate import wilson

Flags = NDArray[np.bool_]


def mean_loss(rows: LossRows, inside: Flags, *, level: float = 0.95) -> Estimate:
    """Return the mean loss of the rows inside.

    Parameters
    ----------
    rows : LossRows
    inside : ndarray of bool, shape (n_rows,)
    level : float

    Returns
    -------
    Estimate
        Wilson's interval for losses of 0 and 1 on independent rows; else Student's, mended for
        skew, from rows or from the units' sums.

    Examples
    --------
    >>> rows = LossRows(np.array([0.0, 1.0, 1.0, 0.0]))
    >>> found = mean_loss(rows, np.array([True, True, False, False]))
    >>> found.value, found.n, found.method
    (0.5, 2, 'Wilson score')
    """
    n = int(np.count_nonzero(inside))
    weight = np.ones(rows.n) if rows.weight is None else rows.weight
    mass = float(weight[inside].sum())
    if n == 0 or mass <= 0:
        return Estimate.undefined("no row is in it" if n == 0 else "its rows weigh nothing")
    values, weight = rows.losses[inside], weight[inside]
    value = float(weight @ values) / mass
    effective = mass**2 / float(weight @ weight)
    about = {"level": level, "n": n, "unit": rows.unit_kind}
    if rows.unit is None and bool(np.isin(values, (0.0, 1.0)).all()):
        low, high = wilson(value, effective, level=level)
        kish = None if rows.weight is None else effective
        return Estimate(
            value=value, low=low, high=high, method="Wilson score", n_effective=kish, **about
        )
    return _student(value, values, weight, rows, inside, about)


def _student(
    value: float,
    values: NDArray[np.float64],
    weight: NDArray[np.float64],
    rows: LossRows,
    inside: Flags,
    about: dict[str, object],
) -> Estimate:
    influence = weight * (values - value) / weight.sum()
    mass = weight
    if rows.unit is not None:
        influence = np.bincount(rows.unit[inside], weights=influence)
        mass = np.bincount(rows.unit[inside], weights=weight)
    mass = mass[mass > 0]
    count = len(mass)
    level = float(str(about["level"]))
    if count < 2:
        reason = f"one {rows.unit_kind} alone gives no interval"
        return Estimate(value=value, reason=reason, **about)  # type: ignore[arg-type]
    squares = float(influence @ influence)
    effective = float(mass.sum() ** 2 / (mass @ mass))
    error = (squares * count / (count - 1)) ** 0.5
    skew = float((influence**3).sum()) / squares**1.5 if squares > 0 else 0.0
    found = mean_interval(value, error, skew=skew, freedom=max(effective - 1, 1.0), level=level)
    if values.min() >= 0:
        upper = 1.0 if bool(np.isin(values, (0.0, 1.0)).all()) else np.inf
        found = found.clipped(0.0, upper)
    few = few_rows(effective, what=f"{rows.unit_kind}s")
    return Estimate(
        value=value,
        low=found.low,
        high=found.high,
        n_effective=effective,
        method="Student's t, mended for skew",
        warnings=few,
        **about,  # type: ignore[arg-type]
    )


def loss_difference(rows: LossRows, inside: Flags, *, level: float = 0.95) -> Estimate:
    """Return the mean loss inside minus that of the rest.

    Parameters
    ----------
    rows : LossRows
    inside : ndarray of bool, shape (n_rows,)
    level : float

    Returns
    -------
    Estimate
        Newcombe's interval for losses of 0 and 1 on independent rows that count alike; else
        Welch's, mended for skew, or Student's from the units' sums.

    Examples
    --------
    >>> rows = LossRows(np.repeat([0.0, 1.0, 0.0, 1.0], [40, 10, 10, 40]))
    >>> found = loss_difference(rows, np.arange(100) >= 50)
    >>> round(found.value, 3), found.method
    (0.6, 'Newcombe hybrid score')
    """
    n = int(np.count_nonzero(inside))
    about = {"level": level, "n": n, "unit": rows.unit_kind}
    reason = testable(rows, inside)
    if reason is not None:
        return Estimate.undefined(f"too few to compare: {reason}", **about)
    if rows.counted:
        shares = rows.losses[inside].mean(), rows.losses[~inside].mean()
        low, high = newcombe_difference(
            float(shares[0]), n, float(shares[1]), rows.n - n, level=level
        )
        value, method = float(shares[0] - shares[1]), "Newcombe hybrid score"
    else:
        found = mean_difference(rows.losses, inside, weight=rows.weight, unit=rows.unit)
        low, high = found.interval(level)
        value = found.value
        method = "Welch's t" if rows.unit is None else f"Student's t of {rows.unit_kind}s"
    return Estimate(value=value, low=float(low), high=float(high), method=method, **about)  # type: ignore[arg-type]


def right_share(wrong: Estimate) -> Estimate:
    """Return the share of right answers from that of wrong ones.

    Examples
    --------
    >>> right_share(Estimate(value=0.25, low=0.125, high=0.5, n=8)).high
    0.875
    """
    if wrong.value is None:
        return wrong
    if wrong.low is None or wrong.high is None:
        return replace(wrong, value=1 - wrong.value)
    turned = Interval(1 - wrong.high, 1 - wrong.low)
    return replace(wrong, value=1 - wrong.value, low=turned.low, high=turned.high)
