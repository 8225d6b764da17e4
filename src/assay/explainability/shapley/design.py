"""Which coalitions are evaluated: pairs of a coalition and its complement."""

import heapq
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

Coalitions = NDArray[np.bool_]
LISTED = 4096
"""Sizes with at most this many pairs are listed and shuffled; of others, subsets are drawn."""
DRAWN = 8192
"""Random numbers that are drawn at once; a whole number of subsets, however many are wanted."""


def usual_calls(n_players: int) -> int:
    """Return how many coalitions a row are evaluated where nothing is said.

    All 2^n up to 8 players; 256 up to 16, 512 up to 32, then 16 a player, at most 4096.

    Examples
    --------
    >>> [usual_calls(n) for n in (3, 8, 12, 30, 100, 1000)]
    [8, 256, 256, 512, 1600, 4096]
    """
    if n_players <= 8:
        return 2**n_players
    if n_players <= 16:
        return 256
    return 512 if n_players <= 32 else min(16 * n_players, 4096)


@dataclass(frozen=True, eq=False)
class Design:
    """Pairs of coalitions; the empty and the full coalition belong to every design.

    Parameters
    ----------
    on : ndarray of bool, shape (n_pairs, n_players)
        The smaller coalition of each pair; the other is its complement.
    inclusion : ndarray, shape (n_pairs,)
        Which share of all pairs of its size the design holds; 1 where the size is enumerated.
    """

    on: Coalitions
    inclusion: NDArray[np.float64]

    @property
    def n_players(self) -> int:
        """How many players there are."""
        return self.on.shape[1]

    @property
    def n_pairs(self) -> int:
        """How many pairs there are, besides the empty and the full coalition."""
        return len(self.on)

    @property
    def calls(self) -> int:
        """How many coalitions are evaluated."""
        return 2 * self.n_pairs + 2

    def of_players(self, mask: NDArray[np.bool_]) -> "Design":
        """Return what the pairs are for some of the players; the others never matter."""
        if mask.all():
            return self
        return Design(self.on[:, mask], np.zeros(self.n_pairs))

    @property
    def signs(self) -> NDArray[np.float64]:
        """+1 where a player is on, −1 where off; the full coalition is the last line.

        Shape (n_pairs + 1, n_players).
        """
        on = np.vstack([self.on, np.ones((1, self.n_players), dtype=bool)])
        return np.where(on, 1.0, -1.0)


def most_pairs(n_players: int) -> int:
    """Return how many pairs there are besides that of the empty and the full coalition."""
    return 2 ** (n_players - 1) - 1


@lru_cache(maxsize=64)
def paired_design(n_players: int, calls: int, seed: int = 0) -> Design:
    """Choose pairs of coalitions; the choice depends on the three arguments alone.

    Sizes 1 … ⌊n/2⌋ (a pair covers s and n−s) get equal numbers of pairs, s = n/2 half of that; a
    size of which all pairs are in leaves the rest to the others. Pairs are shared out one at a
    time (the divisor method of Webster), because that is the sharing under which a larger design
    always holds the smaller one: **the design for fewer calls is the beginning of the design for
    more**, so a row that needs more calls keeps those it has. No pair is repeated.

    Parameters
    ----------
    n_players : int
        At least 2.
    calls : int
        At most this many coalitions, with the empty and the full one; at least 2.
    seed : int

    Examples
    --------
    >>> paired_design(4, 8).on.sum(axis=1).tolist()
    [1, 2, 1]
    >>> bool((paired_design(12, 64).on == paired_design(12, 128).on[:31]).all())
    True
    """
    sizes = _sizes(n_players, min((calls - 2) // 2, most_pairs(n_players)))
    on = np.zeros((len(sizes), n_players), dtype=bool)
    inclusion = np.ones(len(sizes))
    for size in np.unique(sizes):
        here = sizes == size
        count = int(here.sum())
        on[here] = subsets_of_size(n_players, int(size), count, seed)
        inclusion[here] = count / _pairs_of_size(n_players, int(size))
    on.setflags(write=False)
    inclusion.setflags(write=False)
    return Design(on, inclusion)


def _pairs_of_size(n_players: int, size: int) -> int:
    every = comb(n_players, size)
    return every // 2 if 2 * size == n_players else every


def _sizes(n_players: int, n_pairs: int) -> NDArray[np.intp]:
    """Share pairs among sizes, one at a time: the next goes to the size furthest behind."""
    shares = {s: 0.5 if 2 * s == n_players else 1.0 for s in range(1, n_players // 2 + 1)}
    most = {size: _pairs_of_size(n_players, size) for size in shares}
    waiting = [(0.5 / share, size, 0) for size, share in shares.items()]
    heapq.heapify(waiting)
    order = np.empty(n_pairs, dtype=np.intp)
    for place in range(n_pairs):
        _, size, had = waiting[0]
        order[place] = size
        if had + 1 < most[size]:
            heapq.heapreplace(waiting, ((had + 1.5) / shares[size], size, had + 1))
        else:
            heapq.heappop(waiting)
    return order


def subsets_of_size(n_players: int, size: int, count: int, seed: int) -> Coalitions:
    """Draw distinct subsets, one of each complementary pair; more begin with the fewer.

    Of halves (2·size = n_players) the one that holds player 0 stands for the pair.

    Returns
    -------
    ndarray of bool, shape (count, n_players)
    """
    draw = np.random.default_rng((seed, n_players, size))
    if _pairs_of_size(n_players, size) <= LISTED:
        listed = _listed(n_players, size)
        return listed[draw.permutation(len(listed))[:count]]
    block = max(1, DRAWN // n_players)
    seen: dict[bytes, None] = {}
    while len(seen) < count:
        keys = draw.random((block, n_players))
        on = np.zeros((block, n_players), dtype=bool)
        np.put_along_axis(on, np.argpartition(keys, size - 1, axis=1)[:, :size], True, axis=1)
        if 2 * size == n_players:
            on = on == on[:, :1]
        seen |= dict.fromkeys(line.tobytes() for line in on)
    some = b"".join(list(seen)[:count])
    return np.frombuffer(some, dtype=bool).reshape(count, n_players)


def _listed(n_players: int, size: int) -> Coalitions:
    if 2 * size == n_players:
        chosen = [(0, *rest) for rest in combinations(range(1, n_players), size - 1)]
    else:
        chosen = list(combinations(range(n_players), size))
    on = np.zeros((len(chosen), n_players), dtype=bool)
    np.put_along_axis(on, np.array(chosen), True, axis=1)
    return on
