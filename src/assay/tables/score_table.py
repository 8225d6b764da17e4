"""How often each score was given to positives and to negatives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ScoreRows:
    """One entry a row, kept only when independent units are declared.

    Parameters
    ----------
    level : ndarray of int, shape (n_rows,)
        Index into `ScoreTable.score`.
    positive : ndarray of bool, shape (n_rows,)
    w : ndarray of float, shape (n_rows,)
        Weight of the row, 1 where rows are not weighted.
    unit : ndarray of int, shape (n_rows,)
        Code of the unit, 0 to `n_units` - 1.
    n_units : int
    kind : str
        "group" or "block".
    """

    level: NDArray[np.int32]
    positive: NDArray[np.bool_]
    w: NDArray[np.float64]
    unit: NDArray[np.int32]
    n_units: int
    kind: str = "group"


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Scores in ascending order with the rows of each class that have them.

    Parameters
    ----------
    score : ndarray of float, shape (n_levels,)
        Distinct scores, ascending; for a binned table the mean score of each bin.
    n_pos, n_neg : ndarray of int, shape (n_levels,)
        Rows of the positive and the negative class.
    w_pos, w_neg, w2_pos, w2_neg : ndarray of float or None, shape (n_levels,)
        Sums of weights and of squared weights; None where rows are not weighted.
    exact : bool
        False when scores were gathered in bins; ranks inside a bin are then unknown.
    rows : ScoreRows or None
        Row by row, when independent units are declared.

    Notes
    -----
    Unweighted, a table takes 16 bytes a distinct score.
    """

    score: NDArray[np.float64]
    n_pos: NDArray[np.int32] | NDArray[np.int64]
    n_neg: NDArray[np.int32] | NDArray[np.int64]
    w_pos: NDArray[np.float64] | None = None
    w_neg: NDArray[np.float64] | None = None
    w2_pos: NDArray[np.float64] | None = None
    w2_neg: NDArray[np.float64] | None = None
    exact: bool = True
    rows: ScoreRows | None = None

    @property
    def weighted(self) -> bool:
        """Whether a weight column was used."""
        return self.w_pos is not None

    @property
    def n_rows(self) -> int:
        """Rows in the table."""
        return int(self.n_pos.sum() + self.n_neg.sum())

    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the weight of positives and of negatives at each score."""
        if self.w_pos is not None and self.w_neg is not None:
            return self.w_pos, self.w_neg
        return self.n_pos.astype(np.float64), self.n_neg.astype(np.float64)

    def squared_weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the sum of squared weights of positives and of negatives at each score."""
        if self.w2_pos is not None and self.w2_neg is not None:
            return self.w2_pos, self.w2_neg
        return self.weights()

    @cached_property
    def from_top(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weight of positives and of negatives in the highest k levels, for k = 0 to n_levels.

        Made once: every curve over thresholds and every cut of the ranking reads it.
        """
        positive, negative = self.weights()
        return _summed_from_top(positive), _summed_from_top(negative)


def _summed_from_top(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros(len(weights) + 1)
    np.cumsum(weights[::-1], out=out[1:])
    return out
