"""A forest prepared with its background: rows in, attributions out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.few import FewRows, few_rows
from assay.explainability.trees.forest import Forest, UnreadableForestError
from assay.explainability.trees.leaves import Leaf, leaves_of
from assay.explainability.trees.tables import Off, Scratch, TreeTables, tables_of

Floats = NDArray[np.float64]
PIECE = 8192
"""Rows that go through a tree at once."""
FEW_ROWS = 16
"""Up to so many rows go through all trees at once, one by one."""
MOST_BITS = 11
MOST_PLAYERS = 16
KEPT_CELLS = 2**24
"""Numbers in tables that are kept for the next rows; beyond that they are made again."""


@dataclass(eq=False)
class ForestGame:
    """Exact attributions of the raw scores of a forest.

    Parameters
    ----------
    forest : Forest
    player_of : ndarray of int, shape (n_features,)
        Which player owns each feature.
    n_players : int
    background : ndarray or None, shape (n_background, n_features)
        None for the path-dependent value function.
    weights : ndarray, shape (n_background,)
        Their sum is 1.
    """

    forest: Forest
    player_of: NDArray[np.intp]
    n_players: int
    background: Floats | None
    weights: Floats

    def __post_init__(self) -> None:
        self._kept: tuple[int, list[TreeTables]] = (0, [])
        self._end_to_end: FewRows | None = None

    @cached_property
    def leaves(self) -> list[list[Leaf]]:
        """The leaves of each tree."""
        return [leaves_of(tree, self.player_of) for tree in self.forest.trees]

    @cached_property
    def off(self) -> Off:
        """What fills in for those who are off."""
        if self.background is None:
            return Off(None, self.weights)
        return Off(self.forest.columns(self.background), self.weights)

    @property
    def is_kept(self) -> bool:
        """Whether the tables are there already, for the next rows."""
        return self._kept[0] > 0

    def seconds(self, n_rows: int) -> float:
        """Guess how long rows take, from how long such steps took where this was written."""
        per_leaf, per_row = self._costs
        return per_leaf + per_row * n_rows

    @cached_property
    def _costs(self) -> tuple[float, float]:
        """Seconds of the tables, and of a row through them."""
        depths = [_depth(leaf) for tree in self.leaves for leaf in tree]
        per_leaf = sum(1.5e-9 * (d * d + 4 * d) * 2**d + 1.5e-4 for d in depths)
        return per_leaf, 1.2e-9 * sum(depths) / 3

    def pair_seconds(self, n_rows: int) -> float:
        """Guess how long the interactions of rows take, as `seconds` does."""
        depths = [_depth(leaf) for tree in self.leaves for leaf in tree]
        per_leaf = sum(1e-9 * (d * d + 4 * d) * max(d - 1, 1) * 2**d + 1.5e-4 for d in depths)
        return per_leaf + 1.2e-9 * sum(d * (d - 1) / 2 for d in depths) / 3 * n_rows

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
        return self._run(rows, self.n_players, None, progress)

    def interactions(self, rows: Floats) -> Floats:
        """Return the Shapley interaction index of each pair of players.

        Returns
        -------
        ndarray, shape (n_rows, n_players, n_players, n_outputs)
            Symmetric, with 0 on the diagonal.
        """
        n = self.n_players
        first, second = np.triu_indices(n, 1)
        place = np.zeros((n, n), dtype=np.intp)
        place[first, second] = place[second, first] = np.arange(len(first))

        def pair(a: int, b: int) -> int:
            return int(place[a, b])

        flat, _ = self._run(rows, len(first), pair, None)
        out = np.zeros((len(rows), n, n, self.forest.n_outputs))
        out[:, first, second] = out[:, second, first] = flat
        return out

    def _run(
        self,
        rows: Floats,
        width: int,
        pairs: Callable[[int, int], int] | None,
        progress: Callable[[int, int], None] | None,
    ) -> tuple[Floats, Floats]:
        columns = self.forest.columns(rows)
        if pairs is None and len(rows) <= FEW_ROWS:
            few = self._few()
            if few is not None:
                flat = few.attribute(columns, width * self.forest.n_outputs)
                return flat.reshape(len(rows), width, self.forest.n_outputs), few.base.copy()
        into = np.zeros((width, self.forest.n_outputs, len(rows)))
        base = self.forest.offset.copy()
        scratch = Scratch(min(PIECE, max(len(rows), 1)))
        for done, tables in enumerate(self._tables(len(rows), pairs)):
            base[list(tables.outputs)] += tables.base
            for start in range(0, len(rows), PIECE):
                part = slice(start, start + PIECE)
                tables.add(columns[:, part], into[:, :, part], scratch)
            if progress is not None:
                progress(done + 1, len(self.forest.trees))
        return np.ascontiguousarray(into.transpose(2, 0, 1)), base

    def _few(self) -> FewRows | None:
        """Return the tables end to end, once they are kept: from the second call on."""
        if self._kept[0] and self._end_to_end is None:
            self._end_to_end = few_rows(self.forest, self._kept[1])
        return self._end_to_end

    def _tables(self, n_rows: int, pairs: Callable[[int, int], int] | None) -> Any:  # noqa: ANN401
        """Give the tables of each tree: those that were kept, or new ones."""
        bits = max(7, min(MOST_BITS, int(n_rows).bit_length() - 1))
        if pairs is None and self._kept[0] >= bits:
            yield from self._kept[1]
            return
        kept: list[TreeTables] | None = [] if pairs is None else None
        cells = 0
        for tree, leaves in zip(self.forest.trees, self.leaves, strict=True):
            made = tables_of(tree, leaves, self.off, most_bits=bits, pairs=pairs)
            cells += made.cells
            kept = None if kept is None or cells > KEPT_CELLS else [*kept, made]
            yield made
        if kept is not None:
            self._kept, self._end_to_end = (bits, kept), None


def _depth(leaf: Leaf) -> int:
    return len(leaf.players)


def players_of(players: Sequence[tuple[int, ...]], n_features: int) -> NDArray[np.intp]:
    """Return which player owns each feature.

    Raises
    ------
    UnreadableForestError
        If a feature has no player, or several.
    """
    out = np.full(n_features, -1, dtype=np.intp)
    for place, columns in enumerate(players):
        if (out[list(columns)] >= 0).any():
            msg = "a column belongs to several players"
            raise UnreadableForestError(msg)
        out[list(columns)] = place
    if (out < 0).any():
        msg = "some columns belong to no player"
        raise UnreadableForestError(msg)
    return out
