"""Scores of single rows in, a rank statistic and what each row adds to it out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.stats.levels import Levels, RankStatistic
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RankedRows:
    """A rank statistic and the influence of each row.

    Parameters
    ----------
    value : float
    influence : ndarray of float, shape (n_rows,)
        Of one more unit of weight at the row; weighted by the rows it sums to 0.
    """

    value: float
    influence: Floats


def rank_rows(
    score: Floats,
    positive: Flags,
    statistic: Callable[[Levels], RankStatistic],
    weight: Floats | None = None,
) -> RankedRows:
    """Compute a rank statistic with the influence of each row.

    Parameters
    ----------
    score : ndarray of float, shape (n_rows,)
        Finite.
    positive : ndarray of bool, shape (n_rows,)
        With weight on both sides.
    statistic : callable
        For example `area_under_roc`.
    weight : ndarray of float or None, shape (n_rows,)

    Returns
    -------
    RankedRows

    Examples
    --------
    >>> from assay.stats.roc import area_under_roc
    >>> found = rank_rows(
    ...     np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True]), area_under_roc
    ... )
    >>> found.value, found.influence.tolist()
    (0.875, [0.0625, -0.0625, -0.0625, 0.0625])
    """
    order = np.argsort(score)
    ordered = score[order]
    starts = np.empty(len(score), dtype=np.bool_)
    starts[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    place = np.empty(len(score), dtype=np.int64)
    place[order] = np.cumsum(starts) - 1
    n_levels = int(np.count_nonzero(starts))
    held = np.ones(len(score)) if weight is None else weight
    found = statistic(
        Levels(
            sums_by(place, held * positive, n_levels), sums_by(place, held * ~positive, n_levels)
        )
    )
    influence = np.where(positive, found.positive[place], found.negative[place])
    return RankedRows(found.value, influence)
