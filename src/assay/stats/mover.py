"""Intervals of a sum and of a ratio of estimates from their own intervals (MOVER)."""

from collections.abc import Sequence
from math import inf, sqrt

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


def mover_ratio(
    first: float,
    of_first: Interval,
    second: float,
    of_second: Interval,
    *,
    correlation: float = 0.0,
) -> Interval:
    """Combine the intervals of two estimates into one of `first` over `second`.

    The ends are the ratios r at which the interval of ``first - r * second``, made as in
    `mover_sum`, just excludes 0.

    Parameters
    ----------
    first, second : float
        Never negative; `second` above 0.
    of_first, of_second : Interval
        Theirs, of one level; no end below 0.
    correlation : float
        Of the two estimates.

    Returns
    -------
    Interval
        Inside [0, inf]; `high` is inf where the interval of `second` reaches 0.

    References
    ----------
    Newcombe 2016, Statistical Methods in Medical Research 25:1774,
    doi:10.1177/0962280213502144.

    Examples
    --------
    >>> low, high = mover_ratio(0.5, Interval(0.4, 0.6), 0.25, Interval(0.2, 0.3))
    >>> round(low, 3), round(high, 3)
    (1.5, 2.667)
    """
    down, up = first - of_first.low, of_first.high - first
    below, above = second - of_second.low, of_second.high - second
    low = _ratio_end(first, down, second, above, correlation)
    turned = _ratio_end(second, below, first, up, correlation)
    return Interval(low, 1 / turned if turned > 0 else inf)


def _ratio_end(first: float, down: float, second: float, up: float, correlation: float) -> float:
    """Return the lower end of `first` over `second`: a root of a quadratic, never negative."""
    square = second**2 - up**2
    cross = first * second - correlation * down * up
    rest = first**2 - down**2
    divisor = cross + sqrt(max(0.0, cross**2 - square * rest))
    return max(0.0, rest / divisor) if divisor > 0 else 0.0


def _quadrature(parts: Sequence[float], correlation: NDArray[np.float64] | None) -> float:
    array = np.array(parts)
    squared = array @ (array if correlation is None else correlation @ array)
    return sqrt(max(0.0, float(squared)))
