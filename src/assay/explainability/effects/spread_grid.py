"""Numbers and their weights in; values spread evenly over the rows, and where rows lie, out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DENSITY_BINS = 30
FAR = 3.0
"""A grid so many times longer than its middle 98 % is drawn along these alone."""
ROOM = 0.1
"""Room beside a grid, as a share of its length, in which rows are counted."""


def spread_values(levels: Floats, mass: Floats, ends: tuple[float, float], n: int) -> Floats:
    """Return up to n values that occur, evenly spread over the rows between two shares.

    A value that many rows have, such as a zero, takes the place of many quantiles. Where fewer
    than half of the n are left by that, each such value counts once, and the rest are spread
    over the rows that have another.

    Parameters
    ----------
    levels : ndarray, shape (n_levels,)
        Different values, ascending.
    mass : ndarray, shape (n_levels,)
        Weight of the rows that have them.
    ends : tuple of float
        Shares of the weight, from and to.
    n : int

    Examples
    --------
    >>> zeros = np.array([96.0, 1.0, 1.0, 1.0, 1.0])
    >>> spread_values(np.arange(5.0), zeros, (0.05, 0.95), 4)
    array([0., 1., 2., 4.])
    """
    chosen = np.unique(inverse_quantiles(levels, mass, np.linspace(*ends, n)))
    if len(chosen) >= n / 2 or len(chosen) == len(levels):
        return chosen
    heavy = mass > mass.sum() / n
    left = n - int(heavy.sum())
    if left < 1 or heavy.all() or not mass[~heavy].sum() > 0:
        return chosen
    shares = np.linspace(*ends, left)
    return np.union1d(levels[heavy], inverse_quantiles(levels[~heavy], mass[~heavy], shares))


def inverse_quantiles(levels: Floats, mass: Floats, shares: Floats) -> Floats:
    """Return for each share the smallest value that so much of the weight does not exceed.

    Examples
    --------
    >>> inverse_quantiles(np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 2.0]), np.array([0.5]))
    array([2.])
    """
    through = np.cumsum(mass)
    wanted = shares * through[-1] * (1 - 1e-12)
    return levels[np.minimum(np.searchsorted(through, wanted), len(levels) - 1)]


def middle_quantiles(levels: Floats, mass: Floats, shares: Floats) -> Floats:
    """Return quantiles between values, by the rule that scikit-learn's grids use.

    A level stands for as many equal values as its weight says; the order statistics around place
    n·p + 0.4 + 0.2·p are mixed linearly.

    References
    ----------
    scipy.stats.mstats.mquantiles with alphap = betap = 0.4 (Cunnane 1978).
    """
    through = np.cumsum(mass)
    place = np.clip(through[-1] * shares + 0.4 + 0.2 * shares, 1, max(through[-1], 1))
    below = np.floor(place)
    at = [
        np.minimum(np.searchsorted(through, k - 1e-9), len(levels) - 1) for k in (below, below + 1)
    ]
    part = place - below
    return (1 - part) * levels[at[0]] + part * levels[at[1]]


def drawn_ends(positions: Floats, outside: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the ends of a grid, or of its middle 98 % where one value far away dwarfs these.

    Parameters
    ----------
    positions : ndarray, shape (n_grid,)
        Ascending.
    outside : ndarray of bool, shape (n_grid,)
        Beyond the 1st or the 99th percentile.

    Examples
    --------
    >>> drawn_ends(np.array([0.0, 1.0, 99.0]), np.array([False, False, True]))
    (0.0, 1.0)
    """
    inside = positions[~outside]
    if len(inside) < 2 or np.ptp(positions) <= FAR * np.ptp(inside):
        inside = positions
    return float(inside[0]), float(inside[-1])


def density_near(
    levels: Floats, mass: Floats, low: float, high: float
) -> tuple[tuple[float, float, float], ...]:
    """Return where the rows lie near a grid: from, to, and share of all rows, bin by bin.

    Parameters
    ----------
    levels : ndarray, shape (n_levels,)
        Different values, ascending.
    mass : ndarray, shape (n_levels,)
    low, high : float
        Ends of the grid; a tenth of its length is added on both sides where rows are there.

    Examples
    --------
    >>> made = density_near(np.array([0.0, 1.0, 1e6]), np.array([1.0, 2.0, 1.0]), 0.0, 1.0)
    >>> len(made), made[0][2], sum(share for _, _, share in made)
    (30, 0.25, 0.75)
    """
    room = ROOM * (high - low)
    first, last = max(float(levels[0]), low - room), min(float(levels[-1]), high + room)
    if first >= last:
        return ((float(levels[0]), float(levels[0]), 1.0),) if len(levels) == 1 else ()
    height, edges = np.histogram(levels, bins=DENSITY_BINS, range=(first, last), weights=mass)
    share = height / mass.sum()
    return tuple(zip(edges[:-1].tolist(), edges[1:].tolist(), share.tolist(), strict=True))
