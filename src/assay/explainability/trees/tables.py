"""Look-up tables of one tree, and rows through them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.blocks import Block, blocks_of
from assay.explainability.trees.forest import Tree
from assay.explainability.trees.leaves import (
    Leaf,
    Step,
    independent_weights,
    leaf_tables,
    pair_tables,
)

Floats = NDArray[np.float64]
Bits = NDArray[np.float32]
TABLE_CELLS = 2**21
"""Cells of leaf tables made at once."""


@dataclass(eq=False)
class Literals:
    """Conditions that bits stand for, each found once for all leaves and blocks of a tree."""

    tree: Tree
    joined: dict[tuple[Step, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {split: place for place, split in enumerate(self.tree.splits)}

    def __len__(self) -> int:
        return len(self.places) + len(self.joined)

    def row_of(self, steps: tuple[Step, ...]) -> tuple[int, bool]:
        """Return the row of the bits that stand for some conditions, and whether as they are."""
        if len(steps) == 1:
            return self.places[steps[0][0]], steps[0][1]
        return self.joined.setdefault(steps, len(self)), True

    def bits(self, columns: NDArray[Any], out: Bits) -> Bits:
        """Return all bits of rows as 0 and 1, shape (n_literals, n_rows); `out` is filled."""
        out = out[: len(self), : columns.shape[1]]
        self.tree.went_left(columns, out)
        for steps, row in self.joined.items():
            made = out[row]
            made.fill(1.0)
            for split, left in steps:
                bit = out[self.places[split]]
                np.multiply(made, bit if left else 1 - bit, out=made)
        return out


@dataclass(frozen=True, eq=False)
class Index:
    """Which entry of a table each row has, for several tables.

    Parameters
    ----------
    rows : ndarray of float32, shape (n_tables, n_literals)
        What each literal counts.
    start : ndarray of float32, shape (n_tables, 1)
    """

    rows: Bits
    start: Bits

    def __call__(self, bits: Bits) -> NDArray[np.intp]:
        """Return entries, shape (n_tables, n_rows)."""
        return (self.rows[:, : len(bits)] @ bits + self.start).astype(np.intp)


def index_of(literals: Literals, tables: Sequence[Sequence[tuple[Step, ...]]]) -> Index:
    """Return the index of tables whose bits are these literals, the first counting 1."""
    found = [[literals.row_of(steps) for steps in table] for table in tables]
    rows = np.zeros((len(tables), len(literals)), dtype=np.float32)
    start = np.zeros((len(tables), 1), dtype=np.float32)
    for place, table in enumerate(found):
        for bit, (row, as_is) in enumerate(table):
            rows[place, row] += 2.0**bit if as_is else -(2.0**bit)
            start[place] += 0.0 if as_is else 2.0**bit
    return Index(rows, start)


@dataclass(frozen=True, eq=False)
class TreeTables:
    """One tree, ready for rows.

    Parameters
    ----------
    literals : Literals
    index : Index
        One table a block.
    players : list of tuple of int
        For each block the players, or the pairs of players, that its table has values for.
    tables : list of ndarray, each of shape (len(players[block]), n_values, 2^bits)
    outputs : tuple of int
    base : ndarray, shape (n_values,)
        What the tree gives when everything is off.
    literals_of : list of tuple
        For each table the conditions that its bits stand for.
    """

    literals: Literals
    index: Index
    players: list[tuple[int, ...]]
    tables: list[Floats]
    outputs: tuple[int, ...]
    base: Floats
    literals_of: list[tuple[tuple[Step, ...], ...]]

    @property
    def cells(self) -> int:
        """How many numbers the tables hold."""
        return sum(table.size for table in self.tables)

    def add(self, columns: NDArray[Any], into: Floats, scratch: "Scratch") -> None:
        """Add what the tree says of rows to `into`, shape (n_players, n_outputs, n_rows)."""
        entries = self.index(self.literals.bits(columns, scratch.bits(len(self.literals))))
        taken = scratch.taken[: columns.shape[1]]
        for place, table in enumerate(self.tables):
            chosen = entries[place]
            for player, values in zip(self.players[place], table, strict=True):
                for output, column in zip(self.outputs, values, strict=True):
                    column.take(chosen, out=taken, mode="clip")
                    part = into[player, output]
                    np.add(part, taken, out=part)


class Scratch:
    """Memory that is used again for every tree and piece of rows."""

    def __init__(self, n_rows: int) -> None:
        self.taken = np.empty(n_rows)
        self._bits = np.empty((64, n_rows), dtype=np.float32)

    def bits(self, count: int) -> Bits:
        """Return room for so many literals."""
        if count > len(self._bits):
            self._bits = np.empty((count, len(self.taken)), dtype=np.float32)
        return self._bits


@dataclass(frozen=True, eq=False)
class Off:
    """What fills in for those who are off: rows, or the shares of the training rows.

    Parameters
    ----------
    columns : ndarray or None, shape (n_features, n_rows)
        Of the background rows; None for the path-dependent value function.
    weights : ndarray, shape (n_rows,)
    """

    columns: NDArray[Any] | None
    weights: Floats


def tables_of(
    tree: Tree,
    leaves: Sequence[Leaf],
    off: Off,
    *,
    most_bits: int,
    pairs: Callable[[int, int], int] | None = None,
) -> TreeTables:
    """Make the tables of a tree.

    Parameters
    ----------
    tree : Tree
    leaves : sequence of Leaf
    off : Off
    most_bits : int
        Of a block that joins several leaves.
    pairs : callable or None
        Make tables of the interactions: the place of the pair of two players. None: of the
        attributions.
    """
    literals = Literals(tree)
    blocks = blocks_of(tree, leaves, most_bits)
    index = index_of(literals, [block.literals for block in blocks])
    made: list[Floats] = [np.empty(0)] * len(leaves)
    base = np.zeros(len(tree.outputs))
    for places, weights in _weights(tree, leaves, off):
        each = leaf_tables(weights) if pairs is None else pair_tables(weights)
        for place, table, full in zip(places, each, weights[:, -1], strict=True):
            made[place] = table
            base += tree.values[leaves[place].node] * full
    players: list[tuple[int, ...]] = []
    tables: list[Floats] = []
    for block in blocks:
        owners, table = _joined(tree, leaves, block, made, pairs)
        players.append(owners)
        tables.append(table)
    conditions = [block.literals for block in blocks]
    return TreeTables(literals, index, players, tables, tree.outputs, base, conditions)


def _weights(tree: Tree, leaves: Sequence[Leaf], off: Off) -> Iterator[tuple[list[int], Floats]]:
    """Give leaves with as many players, and the weights of the background's patterns at each."""
    by_depth: dict[int, list[int]] = {}
    for place, leaf in enumerate(leaves):
        by_depth.setdefault(len(leaf.players), []).append(place)
    bits, literals = None, Literals(tree)
    groups = [
        part
        for depth, places in by_depth.items()
        for part in _pieces(places, TABLE_CELLS // ((depth + 1) << depth))
    ]
    if off.columns is None:
        for places in groups:
            shares = np.array([leaves[place].shares for place in places])
            yield places, independent_weights(shares.reshape(len(places), -1))
        return
    indices = [index_of(literals, [leaves[place].steps for place in places]) for places in groups]
    room = np.empty((len(literals), off.columns.shape[1]), dtype=np.float32)
    bits = literals.bits(off.columns, room)
    for places, index in zip(groups, indices, strict=True):
        size = 1 << len(leaves[places[0]].players)
        shift = np.arange(len(places))[:, None] * size
        entries = _whole(index, bits) + shift
        weights = np.broadcast_to(off.weights, entries.shape).ravel()
        counted = np.bincount(entries.ravel(), weights, size * len(places)).astype(np.float64)
        yield places, counted.reshape(len(places), size)


def _whole(index: Index, bits: Bits) -> NDArray[np.intp]:
    """Return entries where the literals grew after the index was made."""
    return (index.rows @ bits[: index.rows.shape[1]] + index.start).astype(np.intp)


def _pieces(places: list[int], size: int) -> list[list[int]]:
    step = max(1, size)
    return [places[start : start + step] for start in range(0, len(places), step)]


def _joined(
    tree: Tree,
    leaves: Sequence[Leaf],
    block: Block,
    made: Sequence[Floats],
    pairs: Callable[[int, int], int] | None,
) -> tuple[tuple[int, ...], Floats]:
    """Return the owners and the table of a block: its leaves' tables by its own entries."""
    owners: dict[int, int] = {}
    of_leaf: list[list[int]] = []
    for place in block.leaves:
        known = leaves[place].players
        whose = known if pairs is None else _pairs_of(known, pairs)
        of_leaf.append([owners.setdefault(owner, len(owners)) for owner in whose])
    table = np.zeros((len(owners), len(tree.outputs), 1 << len(block.literals)))
    for which, place in enumerate(block.leaves):
        if not of_leaf[which]:
            continue
        found = made[place][:, block.patterns(which)]
        table[of_leaf[which]] += found[:, None, :] * tree.values[leaves[place].node][:, None]
    return tuple(owners), table


def _pairs_of(players: Sequence[int], pairs: Callable[[int, int], int]) -> list[int]:
    return [pairs(a, b) for i, a in enumerate(players) for b in players[i + 1 :]]
