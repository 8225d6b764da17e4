"""A forest of any depth against a background: each row and background row at each leaf.

A row meets the conditions of some players on the path to a leaf and fails those of others, and so
does a background row. A coalition reaches the leaf when every player whose condition the row fails
is off and every player whose condition the background row fails is on. So a leaf of value v counts
for a row that fails those of N and a background row that fails those of S where N and S have
nobody in common, and then adds, with s players in S and n in N,

    v (s-1)! n! / (s+n)!  to each player of S,    -v s! (n-1)! / (s+n)!  to each player of N.

Failures are bits of one number for each leaf and row, so that "nobody in common" is one operation
for many of them at once. Leaves beside each other share most of their paths: what all leaves of a
block fail is looked at first, and most blocks end there. Tables by pattern (`game`) are quicker
for many rows, but grow as 2^D with the players on a path; this grows with leaves × rows ×
background rows only.

References
----------
Lundberg et al. 2020, "From local explanations to global understanding with explainable AI for
trees", Nature Machine Intelligence, algorithm 3, doi:10.1038/s42256-019-0138-9.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Forest, Tree
from assay.models.threads import usable_processors

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
MOST_ON_PATH = 64
BLOCK = 16
"""Leaves beside each other that are looked at together."""
CHECKED_AT_ONCE = 2**18
"""Blocks × rows × background rows that are held together."""
BACKGROUND_AT_ONCE = 256
KEPT_CELLS = 2**23
"""Bits of rows at the nodes of one tree that are held together."""
SPREAD_CELLS = 2**22
"""Bits of the background's patterns that are written out together."""
MAX_THREADS = 8
TREE_SECONDS, LEAF_SECONDS, CHECK_SECONDS = 7e-4, 1e-8, 2e-9
"""Of a tree; a leaf and background row; a leaf, background row and row: where this was written."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The paths to the leaves of a tree.

    Parameters
    ----------
    levels : tuple of (ndarray, ndarray)
        From the root on, the splits of one depth: their nodes, and the bit of each one's player,
        which is the same on all paths through it.
    leaves : ndarray of int, shape (n_leaves,)
        Their nodes, from left to right.
    players : ndarray of int, shape (n_leaves, most_on_path)
        The player of each bit; -1 where the path has fewer.
    """

    levels: tuple[tuple[Places, Places], ...]
    leaves: Places
    players: Places

    def failures(self, tree: Tree, columns: NDArray[Any]) -> NDArray[Any]:
        """Return whose conditions each row fails at each leaf, as bits.

        Parameters
        ----------
        tree : Tree
        columns : ndarray, shape (n_features, n_rows)
            As `Forest.columns` gives them.

        Returns
        -------
        ndarray of bits, shape (n_rows, n_leaves rounded up to whole blocks)
            All bits are set where there is no leaf: nobody comes there.
        """
        n_rows = columns.shape[1]
        kind = _kind_of(self.players.shape[1])
        went_left = tree.lefts(columns)
        place = np.zeros(len(tree.left), dtype=np.intp)
        place[tree.splits] = np.arange(len(tree.splits))
        failed = np.zeros((len(tree.left), n_rows), dtype=kind)
        for nodes, bits in self.levels:
            left = went_left[place[nodes]]
            flag = np.left_shift(np.ones(1, dtype=kind), bits.astype(kind))[:, None]
            above = failed[nodes]
            failed[tree.left[nodes]] = above | np.where(left, kind(0), flag)
            failed[tree.right[nodes]] = above | np.where(left, flag, kind(0))
        n_leaves = len(self.leaves)
        out = np.full((n_rows, -(-n_leaves // BLOCK) * BLOCK), ~kind(0))
        out[:, :n_leaves] = failed[self.leaves].T
        return out


def paths_of(tree: Tree, player_of: Places) -> Paths:
    """Find the paths of a tree.

    Parameters
    ----------
    tree : Tree
    player_of : ndarray of int, shape (n_features,)
        Which player owns each feature.
    """
    n = len(tree.left)
    players = np.full((n, 0), -1, dtype=np.intp)
    count = np.zeros(n, dtype=np.intp)
    levels: list[tuple[Places, Places]] = []
    nodes = np.flatnonzero(tree.left[:1] >= 0)
    while len(nodes):
        asked = player_of[tree.feature[nodes]]
        same = players[nodes] == asked[:, None]
        known = same.any(axis=1)
        bits = np.where(known, same.argmax(axis=1) if same.shape[1] else 0, count[nodes])
        if bits.max(initial=0) >= players.shape[1]:
            players = np.hstack([players, np.full((n, 1), -1, dtype=np.intp)])
        below = np.concatenate([tree.left[nodes], tree.right[nodes]])
        players[below] = np.tile(players[nodes], (2, 1))
        players[below, np.tile(bits, 2)] = np.tile(asked, 2)
        count[below] = np.tile(count[nodes] + ~known, 2)
        levels.append((nodes, bits))
        nodes = below[tree.left[below] >= 0]
    leaves = _from_left_to_right(tree, [nodes for nodes, _ in levels])
    return Paths(tuple(levels), leaves, players[leaves])


def _from_left_to_right(tree: Tree, levels: Sequence[Places]) -> Places:
    """Return the leaves, those of each branch beside each other."""
    below = (tree.left < 0).astype(np.intp)
    for nodes in reversed(levels):
        below[nodes] = below[tree.left[nodes]] + below[tree.right[nodes]]
    first = np.zeros(len(tree.left), dtype=np.intp)
    for nodes in levels:
        first[tree.left[nodes]] = first[nodes]
        first[tree.right[nodes]] = first[nodes] + below[tree.left[nodes]]
    leaves = np.flatnonzero(tree.left < 0)
    return leaves[np.argsort(first[leaves])]


def most_on_path(paths: Sequence[Paths]) -> int:
    """Return how many players the longest path of all trees has."""
    return max((each.players.shape[1] for each in paths), default=0)


@dataclass(frozen=True, eq=False)
class PatternGame:
    """Exact attributions of the raw scores of a forest, whatever its depth.

    Parameters
    ----------
    forest : Forest
    paths : sequence of Paths
        Of its trees; none with more than `MOST_ON_PATH` players, for which a number has no room.
    n_players : int
    background : ndarray, shape (n_background, n_features)
    weights : ndarray, shape (n_background,)
        Their sum is 1.
    """

    forest: Forest
    paths: Sequence[Paths]
    n_players: int
    background: Floats
    weights: Floats

    def seconds(self, n_rows: int) -> float:
        """Guess how long rows take, from how long it took where this was written."""
        pairs = sum(len(each.leaves) for each in self.paths) * len(self.weights)
        return TREE_SECONDS * len(self.paths) + pairs * (LEAF_SECONDS + CHECK_SECONDS * n_rows)

    def attribute(
        self, rows: Floats, *, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Floats, Floats]:
        """Return attributions, shape (n_rows, n_players, n_outputs), and the base, (n_outputs,).

        Parameters
        ----------
        rows : ndarray, shape (n_rows, n_features)
        progress : callable or None
            Told how many trees of how many are done.
        """
        columns, behind = self.forest.columns(rows), self.forest.columns(self.background)
        out = np.zeros((self.forest.n_outputs, len(rows), self.n_players))
        base = self.forest.offset.copy()
        trees = self.forest.trees
        with ThreadPoolExecutor(min(usable_processors(), MAX_THREADS)) as threads:
            made = threads.map(partial(self._tree, columns, behind), trees, self.paths)
            for done, (tree, (values, start)) in enumerate(zip(trees, made, strict=True)):
                out[list(tree.outputs)] += values
                base[list(tree.outputs)] += start
                if progress is not None:
                    progress(done + 1, len(trees))
        return np.ascontiguousarray(out.transpose(1, 2, 0)), base

    def _tree(
        self, columns: NDArray[Any], behind: NDArray[Any], tree: Tree, paths: Paths
    ) -> tuple[Floats, Floats]:
        """Return one tree's part, shape (n_values, n_rows, n_players), and of the base."""
        leaves = _Leaves(paths.players, tree.values[paths.leaves], self.n_players)
        out = np.zeros((tree.values.shape[1], columns.shape[1], self.n_players))
        base = np.zeros(len(out))
        at_once = max(1, KEPT_CELLS // (len(tree.left) + BLOCK))
        for some in _slices(len(self.weights), min(at_once, BACKGROUND_AT_ONCE)):
            other, weights = paths.failures(tree, behind[:, some]), self.weights[some]
            reached = weights @ (other[:, : len(leaves.values)] == 0)
            base += reached @ leaves.values
            for part in _slices(columns.shape[1], at_once):
                failed = paths.failures(tree, columns[:, part])
                _add(failed, other, weights, leaves, out[:, part])
        return out, base


@dataclass(frozen=True, eq=False)
class _Leaves:
    """The leaves of a tree: the player of each bit, what they are worth, and how many play."""

    players: Places
    values: Floats
    n_players: int

    def spread(self, bits: NDArray[Any], leaf: Places) -> list[Any]:
        """Return the leaf's value at each player whose bit is set: a sparse matrix an output.

        Parameters
        ----------
        bits : ndarray, shape (n_patterns,)
        leaf : ndarray of int, shape (n_patterns,)
        """
        from scipy.sparse import csr_array  # noqa: PLC0415

        little = bits.astype(bits.dtype.newbyteorder("<"), copy=False)
        used = -(-self.players.shape[1] // 8)  # bytes
        bytes_used = little.view(np.uint8).reshape(len(bits), -1)[:, :used]
        flags = np.unpackbits(bytes_used.reshape(-1), bitorder="little")
        pattern, bit = np.divmod(np.flatnonzero(flags.view(np.bool_)), 8 * max(used, 1))
        of = leaf[pattern]
        players = self.players[of, bit]
        starts = _starts(np.bitwise_count(bits))
        shape = (len(bits), self.n_players)
        return [csr_array((each[of], players, starts), shape=shape) for each in self.values.T]

    def spread_all(self, failed: NDArray[Any]) -> list[Any]:
        """Return the same of every leaf of some rows, shape (n_rows, width)."""
        bits = failed.copy()
        bits[:, len(self.values) :] = 0
        return self.spread(bits.reshape(-1), np.tile(np.arange(failed.shape[1]), len(failed)))


def _add(
    failed: NDArray[Any],
    other: NDArray[Any],
    weights: Floats,
    leaves: _Leaves,
    into: Floats,
) -> None:
    """Add what each player adds for each row against some background rows.

    Parameters
    ----------
    failed : ndarray of bits, shape (n_rows, width)
        Width: leaves, rounded up to whole blocks.
    other : ndarray of bits, shape (n_background, width)
    weights : ndarray, shape (n_background,)
    leaves : _Leaves
    into : ndarray, shape (n_values, n_rows, n_players)
    """
    width = failed.shape[1]
    on = np.bitwise_count(other).reshape(-1)
    blocks = _in_common(other)
    of_background = None
    for some in _slices(len(failed), max(1, CHECKED_AT_ONCE // blocks.size)):
        rows = failed[some]
        row, behind, leaf = _apart(rows, other, blocks)
        starts = np.searchsorted(row, np.arange(len(rows) + 1))
        at, pair = row * width + leaf, behind * width + leaf
        off = np.bitwise_count(rows).reshape(-1)
        cell = off[at] * np.intp(MOST_ON_PATH + 1) + on[pair]
        share = weights[behind]
        few = len(pair) < other.size or leaves.players.shape[1] * other.size > SPREAD_CELLS
        if few and of_background is None:
            raised, column = leaves.spread(other.reshape(-1)[pair], leaf), np.arange(len(pair))
        else:  # most patterns of the background are met more than once
            if of_background is None:
                of_background = leaves.spread_all(other)
            raised, column = of_background, pair
        lost = np.bincount(at, _LOWERS[cell] * share, rows.size).astype(np.float64, copy=False)
        places = np.flatnonzero(lost)
        lowered = leaves.spread(rows.reshape(-1)[places], places % width)
        ends = np.searchsorted(places, np.arange(len(rows) + 1) * width)
        for part, up, down in zip(into[:, some], raised, lowered, strict=True):
            part += _summed(_RAISES[cell] * share, column, starts, up)
            part -= _summed(lost[places], np.arange(len(places)), ends, down)


def _in_common(failed: NDArray[Any]) -> NDArray[Any]:
    """Return whom a row fails at every leaf of a block, shape (n_rows, n_blocks)."""
    return np.bitwise_and.reduce(failed.reshape(len(failed), -1, BLOCK), axis=2)


def _apart(
    rows: NDArray[Any], other: NDArray[Any], blocks: NDArray[Any]
) -> tuple[Places, Places, Places]:
    """Return the rows, background rows and leaves where no player is failed by both, by rows.

    Parameters
    ----------
    rows : ndarray of bits, shape (n_rows, width)
    other : ndarray of bits, shape (n_background, width)
    blocks : ndarray of bits, shape (n_background, n_blocks)
        Of the background rows.
    """
    open_blocks = np.flatnonzero((_in_common(rows)[:, None, :] & blocks) == 0)
    row, place = np.divmod(open_blocks, blocks.size)
    at = row * blocks.shape[1] + place % blocks.shape[1]
    theirs = other.reshape(-1, BLOCK)[place]
    found = np.flatnonzero((rows.reshape(-1, BLOCK)[at] & theirs) == 0)
    which, lane = np.divmod(found, BLOCK)
    behind, block = np.divmod(place[which], blocks.shape[1])
    return row[which], behind, block * BLOCK + lane


def _summed(shares: Floats, patterns: Places, starts: Places, spread: Any) -> Floats:  # noqa: ANN401
    """Return for each row the sum of its patterns' values by their shares, (n_rows, n_players)."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    shape = (len(starts) - 1, spread.shape[0])
    return (csr_array((shares, patterns, starts), shape=shape) @ spread).toarray()


def _slices(n: int, step: int) -> list[slice]:
    return [slice(start, start + step) for start in range(0, n, step)]


def _starts(counts: NDArray[Any]) -> Places:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.intp)])


def _kind_of(most: int) -> type[np.unsignedinteger[Any]]:
    for kind in (np.uint8, np.uint16, np.uint32):
        if most <= np.iinfo(kind).bits:
            return kind
    return np.uint64


def _shares() -> tuple[Floats, Floats]:
    """Return what one of S gains and one of N loses, by n and s, flat."""
    size = MOST_ON_PATH + 1
    raises, lowers = np.zeros((size, size)), np.zeros((size, size))
    for n in range(size):
        for s in range(size):
            raises[n, s] = 1 / (s * comb(s + n, s)) if s else 0.0
            lowers[n, s] = 1 / (n * comb(s + n, n)) if n else 0.0
    return raises.reshape(-1), lowers.reshape(-1)


_RAISES, _LOWERS = _shares()
