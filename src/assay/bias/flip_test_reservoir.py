"""Groups and random keys of rows in, batch by batch; the rows to sample out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
ALL = np.uint64(np.iinfo(np.uint64).max)
_HELD_AT_LEAST = 200_000


@dataclass(frozen=True, eq=False)
class Chosen:
    """The rows that are sampled for one facet.

    Parameters
    ----------
    row : ndarray of int, shape (n_rows,)
        Row numbers, ascending.
    group : ndarray of int, shape (n_rows,)
    key : ndarray of uint64, shape (n_rows,)
    complete_to : ndarray of uint64, shape (n_groups,)
        Every row of the group with a key up to this is there.
    n_data : ndarray of int, shape (n_groups,)
        Rows of each group in the data.
    n_asked : ndarray of int, shape (n_groups,)
        Rows of each group that are asked about.
    max_rest : int
    """

    row: NDArray[np.int64]
    group: NDArray[np.int64]
    key: Keys
    complete_to: Keys
    n_data: NDArray[np.int64]
    n_asked: NDArray[np.int64]
    max_rest: int


class Reservoir:
    """Keeps of each group the rows with the smallest keys.

    Parameters
    ----------
    n_groups : int
    limit : int
        Rows that are kept of a group.
    """

    def __init__(self, n_groups: int, limit: int) -> None:
        self._n_groups, self._limit = n_groups, limit
        self._bound = np.full(n_groups, ALL, dtype=np.uint64)
        self._n_data = np.zeros(n_groups, dtype=np.int64)
        self._group = np.zeros(0, dtype=np.int64)
        self._row = np.zeros(0, dtype=np.int64)
        self._key = np.zeros(0, dtype=np.uint64)

    def add(self, group: NDArray[np.int64], key: Keys, start: int) -> None:
        """Take rows `start`, `start` + 1 …; those whose group is negative are left out."""
        inside = group >= 0
        self._n_data += np.bincount(group[inside], minlength=self._n_groups)
        inside[inside] = key[inside] <= self._bound[group[inside]]
        fresh = np.flatnonzero(inside)
        self._group = np.concatenate([self._group, group[fresh]])
        self._row = np.concatenate([self._row, fresh + start])
        self._key = np.concatenate([self._key, key[fresh]])
        kept = np.minimum(self._n_data, self._limit).sum()
        if len(self._key) > 2 * kept + _HELD_AT_LEAST:
            self._prune()

    def _prune(self) -> None:
        order, rank = _ranks(self._group, self._key)
        kept = order[rank < self._limit]
        last = order[rank == self._limit - 1]
        self._bound[self._group[last]] = self._key[last]
        self._group, self._row, self._key = self._group[kept], self._row[kept], self._key[kept]

    def choose(self, reported: Sequence[int], *, max_asked: int, max_rest: int) -> Chosen:
        """Return the rows that are asked about, and those that answer.

        Parameters
        ----------
        reported : sequence of int
            The groups that are compared with the rest, each in turn.
        max_asked : int
            Rows that are asked about, shared evenly among these groups.
        max_rest : int
            Rows of the rest of a group that answer.

        Returns
        -------
        Chosen
        """
        self._prune()
        asked = np.zeros(self._n_groups, dtype=np.int64)
        places = np.array(reported, dtype=np.int64)
        asked[places] = share_evenly(self._n_data[places], max_asked)
        order, rank = _ranks(self._group, self._key)
        bound = np.zeros(self._n_groups, dtype=np.uint64)
        last = order[rank == asked[self._group[order]] - 1]
        bound[self._group[last]] = self._key[last]
        bound = np.maximum(bound, self._rest_bounds(places, max_rest))
        bound[asked >= self._n_data] = ALL
        kept = np.flatnonzero(self._key <= bound[self._group])
        kept = kept[np.argsort(self._row[kept])]
        whole = np.bincount(self._group[kept], minlength=self._n_groups) == self._n_data
        bound[whole] = ALL
        return Chosen(
            self._row[kept],
            self._group[kept],
            self._key[kept],
            bound,
            self._n_data,
            asked,
            max_rest,
        )

    def _rest_bounds(self, reported: NDArray[np.int64], max_rest: int) -> Keys:
        """Return for each group the key up to which it answers for some other group."""
        order = np.argsort(self._key)
        keys, groups = self._key[order], self._group[order]
        places = [np.flatnonzero(groups == one) for one in reported.tolist()]
        bound = np.zeros(self._n_groups, dtype=np.uint64)
        for one, own in zip(reported.tolist(), places, strict=True):
            end = max_rest - 1 + np.searchsorted(own - np.arange(len(own)), max_rest, side="left")
            reach = keys[end] if end < len(keys) else ALL
            others = np.arange(self._n_groups) != one
            bound[others] = np.maximum(bound[others], reach)
        return bound


def _ranks(group: NDArray[np.int64], key: Keys) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the order by group and key, and each one's place in its group."""
    order = np.lexsort((key, group))
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else order
    lengths = np.diff(np.r_[starts, len(order)])
    return order, np.arange(len(order)) - np.repeat(starts, lengths)


def share_evenly(available: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Share a total so that nobody gets more than is available, and all others alike.

    Parameters
    ----------
    available : ndarray of int, shape (n,)
    total : int

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> share_evenly(np.array([5, 100, 1000]), 65).tolist()
    [5, 30, 30]
    """
    if available.sum() <= total or not len(available):
        return available.copy()
    ordered = np.sort(available)
    before = np.r_[0, np.cumsum(ordered)[:-1]]
    left = np.arange(len(ordered), 0, -1)
    level = (total - before) // left
    first = int(np.flatnonzero(level < ordered)[0])
    return np.minimum(available, max(1, int(level[first])))
