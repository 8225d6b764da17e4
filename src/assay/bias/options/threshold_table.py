"""Scores by group and label in, one dense table of them out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.bias.group_scores import GroupScores
from assay.errors import InputError
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
MAX_LEVELS = 2_000


@dataclass(frozen=True, eq=False)
class ThresholdTable:
    """How often each score was given to negatives and positives of each group.

    Parameters
    ----------
    groups : tuple of str
    score : ndarray of float, shape (n_levels,)
        Ascending; the smallest score of each level.
    weight : ndarray of float, shape (n_groups, 2, n_levels)
        Weight of the rows by group, label (negative, positive) and level.
    squares : ndarray of float, shape (n_groups, 2, n_levels)
        Sums of squared weights; `weight` where rows are not weighted.
    exact : bool
        Whether every score is a level of its own.
    """

    groups: tuple[str, ...]
    score: Floats
    weight: Floats
    squares: Floats
    exact: bool = True

    @classmethod
    def of_arrays(
        cls,
        groups: Sequence[str],
        score: object,
        weight: object,
        *,
        squares: object = None,
    ) -> "ThresholdTable":
        """Take a table that was counted already.

        Parameters
        ----------
        groups : sequence of str
        score : array-like of float, shape (n_levels,)
            Ascending, each once.
        weight : array-like of float, shape (n_groups, 2, n_levels)
        squares : array-like of float or None, of the same shape

        Raises
        ------
        InputError
            If shapes do not fit, scores do not ascend, or a weight is negative.
        """
        levels = np.asarray(score, dtype=np.float64)
        held = np.asarray(weight, dtype=np.float64)
        if held.shape != (len(groups), 2, len(levels)):
            msg = (
                f"weights by group, label and score need the shape "
                f"{(len(groups), 2, len(levels))}; found {held.shape}"
            )
            raise InputError(msg)
        if not np.isfinite(levels).all() or np.any(np.diff(levels) <= 0):
            msg = "scores must be numbers in ascending order, each once"
            raise InputError(msg)
        if not np.isfinite(held).all() or np.any(held < 0):
            msg = "weights must be numbers that are not negative"
            raise InputError(msg)
        doubled = held if squares is None else np.asarray(squares, dtype=np.float64)
        return cls(tuple(groups), levels, held, doubled)

    @classmethod
    def of_scores(cls, scores: GroupScores, *, max_levels: int = MAX_LEVELS) -> "ThresholdTable":
        """Gather the scores of a facet; many different ones in levels of about equal mass.

        Parameters
        ----------
        scores : GroupScores
            With labels.
        max_levels : int

        Raises
        ------
        InputError
            If the labels are not known.
        """
        if scores.positive is None:
            msg = "thresholds by group need the true answers beside the scores"
            raise InputError(msg)
        used, rank = np.unique(scores.rank, return_inverse=True)
        level = np.arange(len(used))
        if len(used) > max_levels:
            mass = np.cumsum(np.bincount(rank.reshape(-1), weights=scores.w))
            level = np.minimum(mass / mass[-1] * max_levels, max_levels - 1).astype(np.int64)
            _, level = np.unique(level, return_inverse=True)
        n_levels = int(level.max()) + 1 if len(level) else 0
        place = (scores.group * 2 + scores.positive) * n_levels + level[rank.reshape(-1)]
        shape = (len(scores.groups), 2, n_levels)
        size = int(np.prod(shape))
        weight = sums_by(place, scores.w, size).reshape(shape)
        squares = sums_by(place, scores.w2, size).reshape(shape)
        first = np.searchsorted(level, np.arange(n_levels))
        exact = scores.exact and n_levels == len(used)
        return cls(scores.groups, scores.low[used[first]], weight, squares, exact)

    def accepted(self, cuts: NDArray[np.integer]) -> Floats:
        """Return the weight with a score of at least the cut, shape (n_groups, 2, n_cuts).

        Parameters
        ----------
        cuts : ndarray of int, shape (n_cuts,)
            Index of a level; `n_levels` accepts nobody.
        """
        upward = np.cumsum(self.weight[:, :, ::-1], axis=2)
        padded = np.concatenate([np.zeros((*upward.shape[:2], 1)), upward], axis=2)
        return padded[:, :, len(self.score) - np.asarray(cuts)]
