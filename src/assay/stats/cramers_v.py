"""Cramér's V of a table of shares, freed of what chance adds to it."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def mean_square_contingency(shares: Floats) -> float:
    """Return φ² = Σ (p - r c)² / (r c) of a table of joint shares with its margins r and c.

    Parameters
    ----------
    shares : ndarray of float, shape (r, c)
        They sum to 1; no row or column is empty.

    Examples
    --------
    >>> mean_square_contingency(np.array([[0.5, 0.0], [0.0, 0.5]]))
    1.0
    """
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return float(np.sum((shares - expected) ** 2 / expected))


def bias_corrected_v(phi2: float, shape: tuple[int, int], n: float) -> float:
    """Return Cramér's V without the part of φ² and of the table's size that chance gives.

    Parameters
    ----------
    phi2 : float
        Mean square contingency, at least 0.
    shape : (int, int)
        Rows and columns that hold something, both at least 2.
    n : float
        Rows, or the number of independent rows that would give the same precision; above 1.

    Returns
    -------
    float
        In [0, 1]; 0 where φ² is no larger than chance gives on average.

    References
    ----------
    Bergsma 2013, Journal of the Korean Statistical Society 42:323,
    doi:10.1016/j.jkss.2012.10.002.

    Examples
    --------
    >>> round(bias_corrected_v(0.2, (3, 2), 100), 4)
    0.4262
    """
    r, c = shape
    chance = (r - 1) * (c - 1) / (n - 1)
    sizes = [size - (size - 1) ** 2 / (n - 1) for size in shape]
    smaller = min(sizes) - 1
    return min(1.0, sqrt(max(0.0, phi2 - chance) / smaller)) if smaller > 0 else 0.0
