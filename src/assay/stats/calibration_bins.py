"""Sorted scores in, bins of about equal mass or width out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def equal_mass_bins(weight: Floats, n_bins: int) -> NDArray[np.int64]:
    """Return the bin of each level so that the bins hold about the same weight.

    A level is never split: equal scores share a bin.

    Parameters
    ----------
    weight : ndarray of float, shape (n_levels,)
        Of levels in ascending order of score.
    n_bins : int

    Returns
    -------
    ndarray of int, shape (n_levels,)
        Ascending, 0 to `n_bins` - 1; some may not occur.

    Examples
    --------
    >>> equal_mass_bins(np.ones(4), 2).tolist()
    [0, 0, 1, 1]
    """
    through = np.cumsum(weight)
    middle = through - weight / 2
    place = np.floor(middle / through[-1] * n_bins).astype(np.int64)
    return np.clip(place, 0, n_bins - 1)


def equal_width_bins(score: Floats, n_bins: int) -> NDArray[np.int64]:
    """Return the bin of each score in [0, 1]; the last bin holds its right edge.

    Examples
    --------
    >>> equal_width_bins(np.array([0.0, 0.1, 1.0]), 10).tolist()
    [0, 1, 9]
    """
    return np.clip(np.floor(score * n_bins).astype(np.int64), 0, n_bins - 1)
