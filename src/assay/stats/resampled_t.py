"""Differences over folds of cross-validation in; the corrected resampled t-test out."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from assay.stats.special import student_cdf, student_quantile

Floats = NDArray[np.float64]
FEWEST_FOLDS = 5


@dataclass(frozen=True)
class ResampledT:
    """The corrected test, with the uncorrected one beside it.

    Parameters
    ----------
    mean : float
    low, high : float
        Ends of the corrected interval.
    t, p_value : float
        Corrected; two-sided.
    df : int
        Degrees of freedom: folds less 1.
    uncorrected_t, uncorrected_p : float
        As if folds shared no rows: never to be decided by.
    """

    mean: float
    low: float
    high: float
    t: float
    p_value: float
    df: int
    uncorrected_t: float
    uncorrected_p: float


def corrected_resampled_t(
    values: Floats, test_over_train: float, *, level: float = 0.95
) -> ResampledT:
    """Test whether the mean over folds differs from 0, allowing for rows that folds share.

    Fitted on mostly the same rows, folds vary less than independent fits would: the variance of
    the mean is (1/J + n_test/n_train)·s², not s²/J. For k-fold cross-validation
    n_test/n_train = 1/(k - 1), for r repetitions of it J = r·k.

    Parameters
    ----------
    values : ndarray of float, shape (n_folds,)
        Of each fold, for example the difference of two candidates.
    test_over_train : float
        Rows judged over rows fitted on, in each fold.
    level : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    ResampledT
        Where all folds agree, the interval has no width and p is 0, or 1 for a mean of 0.

    Raises
    ------
    ValueError
        If there are fewer than five folds.

    References
    ----------
    Nadeau and Bengio 2003, Machine Learning 52:239, doi:10.1023/A:1024068626366.

    Examples
    --------
    >>> found = corrected_resampled_t(np.array([0.02, 0.01, 0.03, 0.00, 0.04]), 1 / 4)
    >>> round(found.t, 4), round(found.uncorrected_t, 4), round(found.p_value, 4)
    (1.8856, 2.8284, 0.1324)
    """
    n = int(values.size)
    if n < FEWEST_FOLDS:
        msg = f"the test needs at least {FEWEST_FOLDS} folds, not {n}"
        raise ValueError(msg)
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    corrected = spread * sqrt(1 / n + test_over_train)
    t, p_value = _test(mean, corrected, n - 1)
    plain_t, plain_p = _test(mean, spread / sqrt(n), n - 1)
    half = student_quantile((1 + level) / 2, n - 1) * corrected
    return ResampledT(mean, mean - half, mean + half, t, p_value, n - 1, plain_t, plain_p)


def _test(mean: float, error: float, df: int) -> tuple[float, float]:
    if error == 0:
        return (0.0, 1.0) if mean == 0 else (inf if mean > 0 else -inf, 0.0)
    t = mean / error
    return t, 2 * student_cdf(-abs(t), df)
