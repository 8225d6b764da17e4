"""Spearman's correlation of weighted pairs, and what each pair adds to it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
_NO_SPREAD = 1e-20


@dataclass(frozen=True, eq=False)
class RankCorrelation:
    """Spearman's correlation.

    Parameters
    ----------
    value : float
        In [-1, 1].
    influence : ndarray of float, shape (n_samples,)
        Of one more unit of weight at each pair; weighted by the pairs it sums to 0.
    """

    value: float
    influence: Floats


def spearman_of(x: Floats, y: Floats, weight: Floats | None = None) -> RankCorrelation | None:
    """Correlate the ranks of two numbers; equal numbers share their mean rank.

    The influence of a pair has its own product of ranks, and what it changes in the ranks of all
    others.

    Parameters
    ----------
    x, y : ndarray of float, shape (n_samples,)
        Finite.
    weight : ndarray of float or None, shape (n_samples,)

    Returns
    -------
    RankCorrelation or None
        None where one of them is constant.

    References
    ----------
    Croux and Dehon 2010, Statistical Methods & Applications 19:497,
    doi:10.1007/s10260-010-0142-z, for the influence function.

    Examples
    --------
    >>> found = spearman_of(np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 30.0, 20.0, 40.0]))
    >>> round(found.value, 4)
    0.8
    """
    w = np.ones(len(x)) if weight is None else weight
    w = w / w.sum()
    first, second = _Ranks.of(x, w), _Ranks.of(y, w)
    u, v = first.rank, second.rank
    squares = float(w @ (u * u)), float(w @ (v * v))
    if min(squares) <= _NO_SPREAD:
        return None
    value = float(w @ (u * v)) / (squares[0] * squares[1]) ** 0.5
    value = min(1.0, max(-1.0, value))
    crossed = u * v + first.above(w * v) + second.above(w * u)
    own = [each.rank**2 + 2 * each.above(w * each.rank) for each in (first, second)]
    influence = crossed / (squares[0] * squares[1]) ** 0.5
    influence -= value / 2 * (own[0] / squares[0] + own[1] / squares[1])
    influence -= float(w @ influence)
    total = float(len(x)) if weight is None else float(weight.sum())
    return RankCorrelation(value, influence / total)


@dataclass(frozen=True, eq=False)
class _Ranks:
    """Mid-ranks of a number as shares of the weight, less one half."""

    place: NDArray[np.intp]
    n_levels: int
    rank: Floats

    @classmethod
    def of(cls, x: Floats, w: Floats) -> "_Ranks":
        levels, place = np.unique(x, return_inverse=True)
        of_level = sums_by(place, w, len(levels))
        middle = np.cumsum(of_level) - of_level / 2 - 0.5
        return cls(place, len(levels), middle[place])

    def above(self, weighted: Floats) -> Floats:
        """Return Σ over pairs that lie above each pair, half of those level with it."""
        of_level = sums_by(self.place, weighted, self.n_levels)
        through = np.cumsum(of_level)
        return (through[-1] - through + of_level / 2)[self.place]
