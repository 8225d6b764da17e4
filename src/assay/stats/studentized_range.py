"""How wide an interval must be where its pair was chosen as the one furthest apart."""

import numpy as np
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from assay.stats.special import normal_cdf

_BISECTIONS = 60
_WIDEST = 40.0
_POINTS = 2_001
_TAIL = 9.0


def range_level(n_groups: int, level: float = 0.95) -> float:
    """Return the level of a single interval so that those of all pairs of groups hold together.

    The critical value is that of the range of independent normal numbers over √2 (Tukey; for
    groups of different size it errs to the safe side, Hayter 1984).

    Parameters
    ----------
    n_groups : int
        At least 2.
    level : float
        Coverage of all pairs together, in (0, 1).

    Returns
    -------
    float
        2Φ(q/√2) - 1; `level` itself for two groups.

    References
    ----------
    Tukey 1953, The Problem of Multiple Comparisons; Hayter 1984, Annals of Statistics 12:61,
    doi:10.1214/aos/1176346392.

    Examples
    --------
    >>> round(range_level(2), 6), round(range_level(10), 5)
    (0.95, 0.99844)
    """
    low, high = 0.0, _WIDEST
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if range_chance(middle, n_groups) < level:
            low = middle
        else:
            high = middle
    return 2 * normal_cdf(high / 2**0.5) - 1


def range_chance(width: float, n_groups: int) -> float:
    """Return the chance that the range of independent standard normal numbers is at most `width`.

    Examples
    --------
    >>> round(range_chance(3.314, 3), 4)
    0.95
    """
    z = np.linspace(-_TAIL, _TAIL + width, _POINTS)  # the largest of them
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    within = np.asarray(special.ndtr(z) - special.ndtr(z - width), dtype=np.float64)
    return float(n_groups * np.trapezoid(density * within ** (n_groups - 1), z))
