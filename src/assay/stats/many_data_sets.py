"""Scores of models on several data sets in; whether they differ out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from assay.stats.interval import two_sided_quantile
from assay.stats.studentized_range import range_chance, range_level

Floats = NDArray[np.float64]
FEWEST_DATA_SETS = 6


@dataclass(frozen=True)
class SignedRanks:
    """Wilcoxon's signed rank test.

    Parameters
    ----------
    statistic : float
        Smaller of the sums of ranks of positive and of negative differences.
    p_value : float
        Two-sided; 1 where all differences are 0.
    n : int
        Differences that are not 0.
    """

    statistic: float
    p_value: float
    n: int


@dataclass(frozen=True, eq=False)
class MeanRanks:
    """Friedman's test and Nemenyi's critical distance.

    Parameters
    ----------
    ranks : ndarray of float, shape (n_models,)
        Mean over data sets; 1 is the best. Ties share their mean rank.
    statistic : float
        Friedman's chi-square, corrected for ties.
    p_value : float
        Of all models being equal; 1 where every data set ties all of them.
    critical_distance : float
        Mean ranks further apart than this differ at the level, all pairs taken together.
    pair_p_values : ndarray of float, shape (n_models, n_models)
        Nemenyi's, of each pair.
    """

    ranks: Floats
    statistic: float
    p_value: float
    critical_distance: float
    pair_p_values: Floats


def signed_ranks(differences: Sequence[float] | Floats) -> SignedRanks:
    """Test whether two models differ over several data sets (Wilcoxon).

    Differences of 0 are left out.

    Parameters
    ----------
    differences : sequence of float
        One for each data set.

    References
    ----------
    Wilcoxon 1945, Biometrics Bulletin 1:80. Demsar 2006, JMLR 7:1, for its use on models.

    Examples
    --------
    >>> signed_ranks([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).p_value
    0.03125
    """
    from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

    d = np.asarray(differences, dtype=np.float64)
    d = d[d != 0]
    if not len(d):
        return SignedRanks(0.0, 1.0, 0)
    statistic, p_value = stats.wilcoxon(d)  # pyright: ignore
    return SignedRanks(float(statistic), float(p_value), len(d))  # pyright: ignore


def mean_ranks(scores: Floats, *, level: float = 0.95) -> MeanRanks:
    """Rank several models on several data sets, and test whether they differ.

    Parameters
    ----------
    scores : ndarray of float, shape (n_data_sets, n_models)
        More is better; at least three models.
    level : float
        Of all pairs together, in (0, 1).

    Returns
    -------
    MeanRanks

    References
    ----------
    Friedman 1937, JASA 32:675. Nemenyi 1963, thesis, Princeton. Demsar 2006, JMLR 7:1.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.8, 0.7]] * 6)
    >>> found = mean_ranks(scores)
    >>> found.ranks.tolist(), round(found.critical_distance, 3)
    ([1.0, 2.0, 3.0], 1.353)
    """
    n, k = scores.shape
    above = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    level_with = (scores[:, None, :] == scores[:, :, None]).sum(axis=2)
    by_set = above + (level_with + 1) / 2
    ranks = by_set.mean(axis=0)
    spread = float(np.sum((by_set - (k + 1) / 2) ** 2))  # less than untied ranks have, with ties
    between = n * float(np.sum((ranks - (k + 1) / 2) ** 2))
    statistic = n * (k - 1) * between / spread if spread > 0 else 0.0
    p_value = float(special.chdtrc(k - 1, statistic))
    error = sqrt(k * (k + 1) / (12 * n))  # of a mean rank, as the range of them takes it
    critical = sqrt(2) * two_sided_quantile(range_level(k, level)) * error
    pairs = np.array([[1 - range_chance(abs(a - b) / error, k) for a in ranks] for b in ranks])
    return MeanRanks(ranks, statistic, p_value, critical, pairs.clip(0.0, 1.0))
