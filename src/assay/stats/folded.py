"""Mean and variance of a sum of absolute values of normal numbers."""

import numpy as np
from numpy.typing import NDArray

from assay.stats.special import error_function

Floats = NDArray[np.float64]


def folded_moments(mean: Floats, covariance: Floats) -> tuple[float, float]:
    """Return the mean and the variance of Σ |X| for X normal.

    Parameters
    ----------
    mean : ndarray of float, shape (k,)
    covariance : ndarray of float, shape (k, k)

    Returns
    -------
    float, float
        The mean is exact, and so is the variance of independent numbers; of dependent ones the
        first two terms of the Hermite expansion are taken for each pair.

    References
    ----------
    Leone, Nelson and Nottingham 1961, Technometrics 3:543, for the folded normal law.

    Examples
    --------
    >>> mean, variance = folded_moments(np.zeros(1), np.eye(1))
    >>> round(mean, 4), round(variance, 4)
    (0.7979, 0.3634)
    """
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    scale = np.where(deviation > 0, deviation, 1.0)
    z = mean / scale
    density = np.where(deviation > 0, np.exp(-(z**2) / 2) * np.sqrt(2 / np.pi), 0.0)
    lean = np.where(deviation > 0, error_function(z / np.sqrt(2)), np.sign(mean))
    folded = deviation * density + mean * lean
    own = mean**2 + deviation**2 - folded**2
    curve = density / scale
    shared = covariance * np.outer(lean, lean) + covariance**2 * np.outer(curve, curve) / 2
    np.fill_diagonal(shared, own)
    return float(folded.sum()), float(shared.sum())
