"""Loss differences along a time in; whether two forecasts differ out."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.special import student_cdf

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DieboldMariano:
    """The Diebold-Mariano test with the factor for small samples.

    Parameters
    ----------
    mean : float
        Of the loss differences.
    error : float
        Standard error, the factor taken in; 0 where they do not vary.
    n : int
        Times; the degrees of freedom are one less.
    statistic : float or None
        None where the differences do not vary.
    p_value : float
        Two-sided.
    horizon : int
    weights : str
        "rectangular", or "Bartlett" where those gave no positive variance.
    """

    mean: float
    error: float
    n: int
    statistic: float | None
    p_value: float
    horizon: int
    weights: str

    def interval(self, level: float = 0.95) -> Interval:
        """Return the mean ± t · error."""
        half = two_sided_quantile(level, freedom=self.n - 1) * self.error
        return Interval(self.mean - half, self.mean + half)


def diebold_mariano(differences: Floats, *, horizon: int = 1) -> DieboldMariano:
    """Test whether two forecasts of the same times lose the same on average.

    Errors of forecasts h steps ahead are correlated over up to h - 1 steps; the variance of the
    mean adds up the autocovariances so far, all alike (rectangular), or falling linearly
    (Bartlett) where that sum is not positive.

    Parameters
    ----------
    differences : ndarray of float, shape (n_times,)
        Loss of one forecast less that of the other, in the order of time; at least two.
    horizon : int
        Steps ahead, from 1 up to the number of times less one.

    Returns
    -------
    DieboldMariano

    References
    ----------
    Diebold and Mariano 1995, JBES 13:253, doi:10.1080/07350015.1995.10524599. Harvey, Leybourne
    and Newbold 1997, International Journal of Forecasting 13:281,
    doi:10.1016/S0169-2070(96)00719-4, for the factor.

    Examples
    --------
    >>> found = diebold_mariano(np.array([0.5, 0.1, 0.4, 0.2, 0.3]))
    >>> round(found.statistic, 3), found.weights
    (4.243, 'rectangular')
    """
    n, mean = len(differences), float(differences.mean())
    h = max(1, min(horizon, n - 1))
    centred = differences - mean
    covariances = [float(centred[lag:] @ centred[: n - lag]) / n for lag in range(h)]
    if covariances[0] <= 1e-28 * max(1.0, mean**2):
        p_value = 1.0 if mean == 0 else 0.0
        return DieboldMariano(mean, 0.0, n, None, p_value, h, "rectangular")
    variance, weights = covariances[0] + 2 * sum(covariances[1:]), "rectangular"
    if variance <= 0:
        falling = [(1 - lag / h) * covariances[lag] for lag in range(1, h)]
        variance, weights = covariances[0] + 2 * sum(falling), "Bartlett"
    factor = (n + 1 - 2 * h + h * (h - 1) / n) / n
    error = sqrt(variance / n / factor)
    statistic = mean / error
    p_value = 2 * student_cdf(-abs(statistic), n - 1)
    return DieboldMariano(mean, error, n, statistic, p_value, h, weights)
