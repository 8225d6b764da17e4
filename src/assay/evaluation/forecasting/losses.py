"""Truth and predicted quantiles or samples in, the loss of each row out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_LEVELS = 9
"""So many quantile levels stand for a whole distribution."""


def pinball(y: Floats, q: Floats, level: float) -> Floats:
    """Return the quantile loss of each row: what lies above counts `level`, below 1 - `level`.

    Examples
    --------
    >>> pinball(np.array([3.0, 1.0]), np.array([2.0, 2.0]), 0.9).round(2).tolist()
    [0.9, 0.1]
    """
    return np.maximum(level * (y - q), (level - 1) * (y - q))


def mean_pinball(y: Floats, quantiles: Mapping[float, Floats]) -> Floats:
    """Return the quantile loss of each row, averaged over the levels.

    Twice this is the continuous ranked probability score where the levels are many and even.
    """
    parts = [pinball(y, q, level) for level, q in quantiles.items()]
    return np.mean(parts, axis=0)


def crps_of_samples(y: Floats, samples: Floats) -> Floats:
    """Return the fair estimate of the continuous ranked probability score from samples.

    Mean |X - y| less half the mean distance of two different samples: its expectation does not
    depend on how many samples were drawn.

    Parameters
    ----------
    y : ndarray of float, shape (n_rows,)
    samples : ndarray of float, shape (n_rows, n_samples)
        Two or more a row.

    Returns
    -------
    ndarray of float, shape (n_rows,)
        In the unit of y; it may be a little below 0.

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    References
    ----------
    Ferro 2014, Q. J. R. Meteorol. Soc. 140:1917, doi:10.1002/qj.2270.

    Examples
    --------
    >>> crps_of_samples(np.array([1.0]), np.array([[0.0, 2.0]])).tolist()
    [0.0]
    """
    m = samples.shape[1]
    if m < 2:
        msg = f"two samples a row or more are needed; there is {m}"
        raise ValueError(msg)
    ordered = np.sort(samples, axis=1)
    # Σ_{i<j} (x_j - x_i) of sorted values, each by how often it is the greater and the smaller.
    apart = ordered @ (2.0 * np.arange(m) - (m - 1))
    return np.mean(np.abs(samples - y[:, None]), axis=1) - apart / (m * (m - 1))


def symmetric_absolute(y: Floats, f: Floats) -> Floats:
    """Return 200 |f - y| / (|y| + |f|) of each row, 0 where both are 0.

    Examples
    --------
    >>> symmetric_absolute(np.array([1.0, 0.0]), np.array([3.0, 0.0])).tolist()
    [100.0, 0.0]
    """
    size = np.abs(y) + np.abs(f)
    return 200 * np.abs(f - y) / np.where(size > 0, size, 1.0)
