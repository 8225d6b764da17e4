"""Weights of positives and negatives by score: what every rank statistic is made from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Levels:
    """Weights at each distinct score, ascending; all shapes (n_levels,)."""

    positive: Floats
    negative: Floats

    @cached_property
    def total_positive(self) -> float:
        """Weight of all positives."""
        return float(self.positive.sum())

    @cached_property
    def total_negative(self) -> float:
        """Weight of all negatives."""
        return float(self.negative.sum())

    @cached_property
    def total(self) -> float:
        """Weight of all rows."""
        return self.total_positive + self.total_negative


@dataclass(frozen=True, eq=False)
class RankStatistic:
    """A rank statistic and what a row at each score adds to it.

    Parameters
    ----------
    value : float
    positive, negative : ndarray of float, shape (n_levels,)
        Influence of one more unit of weight at that score on the value; weighted by the rows,
        both together sum to 0.
    """

    value: float
    positive: Floats
    negative: Floats
