"""Weights added up by code."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sums_by(code: NDArray[np.integer], weight: Floats, n_codes: int) -> Floats:
    """Return the sum of the weights under each code, shape (n_codes,).

    Parameters
    ----------
    code : ndarray of int, shape (n_samples,)
        0 to `n_codes` - 1.
    weight : ndarray of float, shape (n_samples,)
    n_codes : int

    Examples
    --------
    >>> sums_by(np.array([0, 2, 2]), np.array([1.0, 0.5, 0.5]), 3).tolist()
    [1.0, 0.0, 1.0]
    """
    found = np.bincount(code, weights=weight, minlength=n_codes)
    return found.astype(np.float64, copy=False)
