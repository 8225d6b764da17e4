"""Differences of two procedures by fold in; a t test that knows that folds share rows out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.special import student_cdf

FEWEST_FOLDS = 5


@dataclass(frozen=True)
class CorrectedT:
    """The corrected resampled t test.

    Parameters
    ----------
    mean : float
        Of the differences.
    error : float
        Corrected standard error.
    n_folds : int
        Differences; the degrees of freedom are one less.
    t : float or None
        None where the differences do not vary.
    p_value : float
        Two-sided. Where the differences do not vary: 1 if they are 0, else 0.
    uncorrected_t, uncorrected_p_value : float or None, float
        As if folds were independent: shown beside, never a verdict.
    """

    mean: float
    error: float
    n_folds: int
    t: float | None
    p_value: float
    uncorrected_t: float | None
    uncorrected_p_value: float

    def interval(self, level: float = 0.95) -> Interval:
        """Return mean ± t · error with one degree of freedom less than folds."""
        half = two_sided_quantile(level, freedom=self.n_folds - 1) * self.error
        return Interval(self.mean - half, self.mean + half)


def corrected_t(differences: Sequence[float], test_over_train: float) -> CorrectedT:
    """Test whether two procedures differ, from their scores on the same folds.

    Train rows of folds overlap, so that their scores vary together, and less than the
    procedures do: the variance is taken 1/J + n_test/n_train times instead of 1/J times.

    Parameters
    ----------
    differences : sequence of float, length J
        One for each fold of each repetition, at least two; five make the test worth having.
    test_over_train : float
        Rows of a test part over those of its train part: 1/(k - 1) for k folds.

    Returns
    -------
    CorrectedT

    References
    ----------
    Nadeau and Bengio 2003, Machine Learning 52:239, doi:10.1023/A:1024068626366. Bouckaert and
    Frank 2004, PAKDD, for repeated folds.

    Examples
    --------
    >>> found = corrected_t([0.02, 0.03, 0.01, 0.02, 0.02], 1 / 4)
    >>> round(found.t, 3), round(found.uncorrected_t, 3)
    (4.216, 6.325)
    """
    d = np.asarray(differences, dtype=np.float64)
    n, mean = len(d), float(d.mean())
    spread = float(d.std(ddof=1))
    if spread <= 1e-14 * max(1.0, abs(mean)):
        p_value = 1.0 if mean == 0 else 0.0
        return CorrectedT(mean, 0.0, n, None, p_value, None, p_value)
    errors = [spread * sqrt(share) for share in (1 / n + test_over_train, 1 / n)]
    t, plain = (mean / error for error in errors)
    p, plain_p = (2 * student_cdf(-abs(each), n - 1) for each in (t, plain))
    return CorrectedT(mean, errors[0], n, t, p, plain, plain_p)
