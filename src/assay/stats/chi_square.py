"""Tests that shares are alike, from Pearson's chi-square: for counts, weighted rows and units."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

Floats = NDArray[np.float64]
_NO_RANK = 1e-9


def chi_square_p(statistic: float, dimensions: float, *, freedom: float | None = None) -> float:
    """Return the share of the chi-square law above a statistic.

    Parameters
    ----------
    statistic : float
    dimensions : float
        Degrees of freedom of the law.
    freedom : float or None
        Degrees of freedom of the variance that the statistic was divided by: the law is then F's.

    Examples
    --------
    >>> round(chi_square_p(3.841, 1), 3), round(chi_square_p(3.841, 1, freedom=10), 3)
    (0.05, 0.078)
    """
    if freedom is None:
        return float(special.chdtrc(dimensions, statistic))
    return float(special.fdtrc(dimensions, freedom, statistic / dimensions))


def two_rates_p(
    rates: tuple[float, float],
    trials: tuple[float, float],
    *,
    correlation: float = 0.0,
    freedom: float | None = None,
) -> float:
    """Return how likely two rates would be as far apart if they were equal.

    Pearson's chi-square of the table of successes and failures, times (n - 1)/n.

    Parameters
    ----------
    rates : (float, float)
    trials : (float, float)
        Rows, or the number of independent rows that would give the same precision.
    correlation : float
        Of the two estimates.
    freedom : float or None
        Degrees of freedom of the precision where it comes from units.

    References
    ----------
    Campbell 2007, Statistics in Medicine 26:3661, for (n - 1)/n; Rao and Scott 1984, Annals of
    Statistics 12:46, for effective trials.

    Examples
    --------
    >>> round(two_rates_p((0.3, 0.5), (50, 50)), 4)
    0.0423
    """
    (first, second), (m, k) = rates, trials
    pooled = (m * first + k * second) / (m + k)
    variance = pooled * (1 - pooled) * (1 / m + 1 / k - 2 * correlation / sqrt(m * k))
    if variance <= 0:
        return 1.0 if first == second else 0.0
    squared = (first - second) ** 2 / variance * (m + k - 1) / (m + k)
    return chi_square_p(squared, 1.0, freedom=freedom)


def two_laws_p(
    first: Floats,
    second: Floats,
    n: tuple[float, float],
    *,
    covariance: Floats | None = None,
    freedom: float | None = None,
) -> float:
    """Return how likely the shares of two groups would be as far apart if they were equal.

    Pearson's chi-square, times (n - 1)/n. With weights or units it is divided by the mean of the
    generalised design effects, with degrees of freedom for their spread (Rao and Scott's second
    correction).

    Parameters
    ----------
    first, second : ndarray of float, shape (k,)
        Shares of each class; every class occurs in one of them.
    n : (float, float)
        Rows.
    covariance : ndarray of float or None, shape (k, k)
        Of ``first - second``; None for plain rows.
    freedom : float or None
        Degrees of freedom of the covariance where it comes from units.

    References
    ----------
    Rao and Scott 1984, Annals of Statistics 12:46, doi:10.1214/aos/1176346391.

    Examples
    --------
    >>> one, other = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.4, 0.3])
    >>> round(two_laws_p(one, other, (100, 50)), 4)
    0.0649
    """
    m, k = n
    pooled = (m * first + k * second) / (m + k)
    gap = first - second
    statistic = float(np.sum(gap**2 / pooled)) / (1 / m + 1 / k) * (m + k - 1) / (m + k)
    dimensions = float(len(first) - 1)
    if covariance is None or dimensions < 1:
        return chi_square_p(statistic, dimensions) if dimensions >= 1 else 1.0
    plain = _multinomial(first) / m + _multinomial(second) / k
    inverse = np.linalg.pinv(plain, rcond=_NO_RANK, hermitian=True)
    effects = inverse @ covariance
    total, squares = float(np.trace(effects)), float(np.trace(effects @ effects))
    if total <= 0 or squares <= 0:
        return 1.0 if statistic <= 0 else 0.0
    # Σ λ χ²(1) has mean Σ λ and variance 2 Σ λ²; the statistic's λ add up over all dimensions.
    scale = squares / total
    return chi_square_p(statistic / scale, total / scale, freedom=freedom)


def _multinomial(shares: Floats) -> Floats:
    return np.diag(shares) - np.outer(shares, shares)
