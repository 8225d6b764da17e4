"""Interval of a sum of estimates from their own intervals (MOVER)."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval


def mover_sum(
    values: Sequence[float],
    intervals: Sequence[Interval],
    *,
    coefficients: Sequence[float] | None = None,
    correlation: NDArray[np.float64] | None = None,
) -> Interval:
    """Combine the intervals of several estimates into one of their weighted sum.

    Each end lies as far from the sum as the estimates' own ends do, added in quadrature: the
    method of variance estimates recovery.

    Parameters
    ----------
    values : sequence of float
        The estimates.
    intervals : sequence of Interval
        Theirs, all of one level; the result has the same level.
    coefficients : sequence of float or None
        Factor of each estimate in the sum; None for 1.
    correlation : ndarray of float or None, shape (n_values, n_values)
        Of the estimates; None for independent ones.

    Returns
    -------
    Interval

    References
    ----------
    Zou and Donner 2008, Statistics in Medicine 27:1693, doi:10.1002/sim.3095.

    Examples
    --------
    >>> mover_sum([0.5, 0.5], [Interval(0.2, 0.8), Interval(0.1, 0.9)])
    Interval(low=0.5, high=1.5)
    """
    factors = [1.0] * len(values) if coefficients is None else list(coefficients)
    below: list[float] = []
    above: list[float] = []
    for value, interval, factor in zip(values, intervals, factors, strict=True):
        down, up = value - interval.low, interval.high - value
        below.append(factor * (down if factor >= 0 else up))
        above.append(factor * (up if factor >= 0 else down))
    total = sum(factor * value for factor, value in zip(factors, values, strict=True))
    return Interval(
        total - _quadrature(below, correlation), total + _quadrature(above, correlation)
    )


def _quadrature(parts: Sequence[float], correlation: NDArray[np.float64] | None) -> float:
    array = np.array(parts)
    squared = array @ (array if correlation is None else correlation @ array)
    return sqrt(max(0.0, float(squared)))
