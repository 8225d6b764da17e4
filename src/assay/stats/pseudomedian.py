"""Paired differences in; their pseudo-median with the interval of Wilcoxon's test out."""

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval, two_sided_quantile

Floats = NDArray[np.float64]
EXACT_UP_TO = 60


def pseudomedian(differences: Floats, *, level: float = 0.95) -> tuple[float, Interval | None]:
    """Return the Hodges–Lehmann estimate: the median of the means of all pairs, twins included.

    Its interval holds the shifts that Wilcoxon's signed rank test does not reject: exact for up
    to 60 differences without ties, else by the normal distribution of the rank sum.

    Parameters
    ----------
    differences : ndarray of float, shape (n,)
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    (float, Interval or None)
        No interval where n is too small for the level: below six at 0.95.

    References
    ----------
    Hollander, Wolfe and Chicken 2014, Nonparametric Statistical Methods, 3.2 and 3.3.

    Examples
    --------
    >>> pseudomedian(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    (3.5, Interval(low=1.0, high=6.0))
    """
    first, second = np.triu_indices(len(differences))
    walsh = np.sort((differences[first] + differences[second]) / 2)
    value = float(np.median(walsh))
    place = _place(len(differences), (1 - level) / 2, level)
    if place < 1:
        return value, None
    return value, Interval(float(walsh[place - 1]), float(walsh[len(walsh) - place]))


def _place(n: int, tail: float, level: float) -> int:
    """Return how many rank sums, from 0 up, have together at most a tail's chance."""
    if n > EXACT_UP_TO:
        spread = float(np.sqrt(n * (n + 1) * (2 * n + 1) / 24))
        return int(np.floor(n * (n + 1) / 4 - two_sided_quantile(level) * spread))
    chance = np.zeros(n * (n + 1) // 2 + 1)
    chance[0] = 1.0
    for rank in range(1, n + 1):  # each rank counts or does not, with even chances
        moved = np.zeros_like(chance)
        moved[rank:] = chance[:-rank]
        chance = (chance + moved) / 2
    return int(np.searchsorted(np.cumsum(chance), tail, side="right"))
