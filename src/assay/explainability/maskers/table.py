"""Games of table rows: columns, or groups of columns, are switched to the background's values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.explainability.players import Player
from assay.explainability.pool import RowPool
from assay.explainability.scores import Scores
from assay.explainability.shapley.games import Coalitions

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
BATCH_ROWS = 20_000
BATCH_BYTES = 64 * 2**20
WORTH_MERGING = 0.2
"""Share of repeated rows from which on asking each of them once is worth the search."""
PROBE = 4096


@dataclass(eq=False)
class TableGames:
    """The games of rows of one table; see `Games`.

    Parameters
    ----------
    pool : RowPool
        First the explained rows, then the background.
    n_rows : int
        How many of the pool's rows are explained.
    weights : ndarray, shape (n_background,)
        Of the background rows; their sum is 1.
    scores : Scores
    players : sequence of Player
        Columns in none of them keep the row's own values.
    batch_rows : int or None
        Rows handed to the model at once; None: 20,000, fewer for very wide tables.
    progress : callable or None
        Told how many predictions were made, batch by batch.
    """

    pool: RowPool
    n_rows: int
    weights: Floats
    scores: Scores
    players: Sequence[Player]
    batch_rows: int | None = None
    progress: Callable[[int], None] | None = None
    noise: Floats = field(default_factory=lambda: np.zeros(1))

    def __post_init__(self) -> None:
        self._merge: bool | None = None
        if self.noise.shape != (self.n_outputs,):
            self.noise = np.zeros(self.n_outputs)

    @property
    def n_players(self) -> int:
        """How many players there are."""
        return len(self.players)

    @property
    def n_outputs(self) -> int:
        """How many scores a row has."""
        return len(self.scores.outputs)

    @cached_property
    def membership(self) -> NDArray[np.bool_]:
        """Which player owns which column, shape (n_players, n_columns)."""
        owned = np.zeros((self.n_players, len(self.pool.columns)), dtype=bool)
        for place, player in enumerate(self.players):
            owned[place, list(player.columns)] = True
        return owned

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """A number for each cell of the pool, equal where the values are."""
        return self.pool.codes()

    def varying(self) -> NDArray[np.bool_]:
        """Tell which players differ from at least one background row."""
        rows, background = self.codes[: self.n_rows], self.codes[self.n_rows :]
        differs = np.zeros(rows.shape, dtype=bool)
        for place in range(rows.shape[1]):
            values = np.unique(background[:, place])
            alone = values[0] if len(values) == 1 else None
            differs[:, place] = True if alone is None else rows[:, place] != alone
        return differs.astype(np.float32) @ self.membership.T.astype(np.float32) > 0

    def values(self, rows: Index, coalitions: Coalitions) -> Floats:
        """Return the value of each coalition in the game of each row."""
        fixed = ~self.membership.any(axis=0)
        on = (coalitions.astype(np.float32) @ self.membership.astype(np.float32) > 0) | fixed
        n_background = len(self.weights)
        out = np.empty((len(rows), len(coalitions), self.n_outputs))
        step = max(1, self._limit(on.shape[1]) // n_background)
        flat = [(place, row) for place, row in enumerate(rows)]
        per_call = max(1, step // len(coalitions))
        for start in range(0, len(flat), per_call):
            some = flat[start : start + per_call]
            for first in range(0, len(coalitions), step):
                part = on[first : first + step]
                made = self._means(np.array([row for _, row in some]), part)
                out[[place for place, _ in some], first : first + step] = made
        return self.scores.of_mean(out)

    def _limit(self, n_columns: int) -> int:
        if self.batch_rows is not None:
            return self.batch_rows
        return max(1, min(BATCH_ROWS, BATCH_BYTES // (8 * max(n_columns, 1))))

    def _means(self, rows: Index, on: NDArray[np.bool_]) -> Floats:
        """Ask the model about some rows × coalitions × background, and average."""
        n_background, m = len(self.weights), len(on)
        here = np.repeat(rows, m * n_background)
        there = np.tile(np.arange(n_background) + self.n_rows, len(rows) * m)
        mask = np.repeat(np.tile(np.arange(m), len(rows)), n_background)
        answers = self._ask(on[mask], here.astype(np.intp), there.astype(np.intp))
        shaped = answers.reshape(len(rows), m, n_background, self.n_outputs)
        return np.einsum("rmbo,b->rmo", shaped, self.weights)

    def _ask(self, on: NDArray[np.bool_], here: Index, there: Index) -> Floats:
        self.scores.tally.asked += len(here)
        chosen, back = self._distinct(on, here, there)
        if chosen is not None:
            on, here, there = on[chosen], here[chosen], there[chosen]
        answers = self.scores(self.pool.mix(on, here, there), len(here))
        if self.progress is not None:
            self.progress(len(here))
        return answers if back is None else answers[back]

    def _distinct(
        self, on: NDArray[np.bool_], here: Index, there: Index
    ) -> tuple[Index | None, Index | None]:
        """Return one place of each distinct masked row, and where each row's answer is."""
        if self._merge is None and len(here) >= PROBE:
            keys = self._keys(on[:PROBE], here[:PROBE], there[:PROBE])
            self._merge = len(np.unique(keys)) < (1 - WORTH_MERGING) * PROBE
        if self._merge is False:
            return None, None
        keys = self._keys(on, here, there)
        _, chosen, back = np.unique(keys, return_index=True, return_inverse=True)
        return chosen.astype(np.intp), back.reshape(-1).astype(np.intp)

    @cached_property
    def _hashes(self) -> NDArray[np.uint64]:
        """A random number for each value of each column, shape (len(pool), n_columns)."""
        draw = np.random.default_rng(0)
        out = np.empty(self.codes.shape, dtype=np.uint64)
        for place, column in enumerate(self.codes.T):
            values, back = np.unique(column, return_inverse=True)
            out[:, place] = draw.integers(2**64, size=len(values), dtype=np.uint64)[back]
        return out

    def _keys(self, on: NDArray[np.bool_], here: Index, there: Index) -> NDArray[np.uint64]:
        """Return a 64-bit key of each masked row, equal where all its cells are."""
        mixed = np.where(on, self._hashes[here], self._hashes[there])
        return mixed.sum(axis=1, dtype=np.uint64)
