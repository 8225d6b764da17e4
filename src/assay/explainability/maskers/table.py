"""Games of table rows: columns, or groups of columns, are switched to the background's values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.errors import ModelError
from assay.explainability.players import Player
from assay.explainability.pool import RowPool
from assay.explainability.repeats import Repeats
from assay.explainability.scores import Scores
from assay.explainability.shapley.games import Coalitions

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
BATCH_ROWS = 20_000
BATCH_BYTES = 64 * 2**20
SLOW_SECONDS, QUICK_SECONDS = 0.5, 0.05
"""A call of the model that takes longer makes the next ones smaller; a quicker one lets them grow
again, up to the usual size: larger batches gain nothing."""
FEW_ROWS = 64


@dataclass(eq=False)
class TableGames:
    """The games of rows of one table; see `Games`.

    Values do not depend on how the rows are put into batches, nor on whether equal masked rows
    are asked once, as far as the model answers a row alike in any batch.

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
        Rows handed to the model at once; None: 20,000, fewer for very wide tables and for models
        that take more than half a second for them. Fewer where memory runs out.
    progress : callable or None
        Told how many predictions were made, batch by batch.
    merge : bool or None
        Whether equal masked rows are asked once; None finds out whether it is worth the search.
    """

    pool: RowPool
    n_rows: int
    weights: Floats
    scores: Scores
    players: Sequence[Player]
    batch_rows: int | None = None
    progress: Callable[[int], None] | None = None
    noise: Floats = field(default_factory=lambda: np.zeros(1))
    merge: bool | None = None

    def __post_init__(self) -> None:
        if self.noise.shape != (self.n_outputs,):
            self.noise = np.zeros(self.n_outputs)
        width = max(1, len(self.pool.columns))
        self._most = self.batch_rows or max(1, min(BATCH_ROWS, BATCH_BYTES // (8 * width)))
        self._limit = self._most

    @property
    def n_players(self) -> int:
        """How many players there are."""
        return len(self.players)

    @property
    def n_outputs(self) -> int:
        """How many scores a row has."""
        return len(self.scores.outputs)

    @cached_property
    def membership(self) -> Mask:
        """Which player owns which column, shape (n_players, n_columns)."""
        owned = np.zeros((self.n_players, len(self.pool.columns)), dtype=bool)
        for place, player in enumerate(self.players):
            owned[place, list(player.columns)] = True
        return owned

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """A number for each cell of the pool, equal where the values are."""
        return self.pool.codes()

    @property
    def merges(self) -> bool:
        """Whether equal masked rows were many enough to ask about each once."""
        return self._repeats.pays

    @cached_property
    def _repeats(self) -> Repeats:
        return Repeats(self.codes, self.merge)

    @cached_property
    def _background(self) -> Index:
        """Places of the background rows that count."""
        return self.n_rows + np.flatnonzero(self.weights > 0)

    def varying(self) -> Mask:
        """Tell which players differ from at least one background row."""
        background = self.codes[self._background]
        differs = (background != background[:1]).any(axis=0) | (
            self.codes[: self.n_rows] != background[:1]
        )
        return differs.astype(np.float32) @ self.membership.T.astype(np.float32) > 0

    def values(self, rows: Index, coalitions: Coalitions) -> Floats:
        """Return the value of each coalition in the game of each row."""
        fixed = ~self.membership.any(axis=0)
        on = (coalitions.astype(np.float32) @ self.membership.astype(np.float32) > 0) | fixed
        rows = np.asarray(rows, dtype=np.intp)
        out = np.zeros((len(rows), len(on), self.n_outputs))
        n_background = len(self._background)
        at_once = max(1, self._limit // max(1, len(on) * n_background))
        for start in range(0, len(rows), at_once):
            self._add(out[start : start + at_once], rows[start : start + at_once], on, slice(None))
        return self.scores.of_mean(out)

    def _add(self, out: Floats, rows: Index, on: Mask, part: slice) -> None:
        """Add what a part of the background gives; blocks that are too large are halved."""
        background = self._background[part]
        sizes = len(rows), len(on), len(background)
        n = sizes[0] * sizes[1] * sizes[2]
        if not n:
            return
        if n <= self._limit or n == 1:
            try:
                out += self._means(rows, on, background)
            except MemoryError as error:
                self._give_way(n, error)
            else:
                return
        if sizes[0] > 1:
            half = sizes[0] // 2
            self._add(out[:half], rows[:half], on, part)
            self._add(out[half:], rows[half:], on, part)
        elif sizes[1] > 1:
            half = min(sizes[1] // 2, max(1, self._limit // sizes[2]))
            self._add(out[:, :half], rows, on[:half], part)
            self._add(out[:, half:], rows, on[half:], part)
        else:
            start = part.start or 0
            half = start + min(sizes[2] // 2, self._limit)
            self._add(out, rows, on, slice(start, half))
            self._add(out, rows, on, slice(half, start + sizes[2]))

    def _give_way(self, n: int, error: MemoryError) -> None:
        """Make batches smaller for good."""
        if n == 1:
            msg = "the model runs out of memory on a single row; run it where there is more"
            raise ModelError(msg) from error
        self._most = self._limit = max(1, n // 2)

    def _means(self, rows: Index, on: Mask, background: Index) -> Floats:
        """Ask the model about rows × coalitions × background, and add up with the weights."""
        answers = self._ask(rows, on, background)
        shaped = answers.reshape(len(rows), len(on), len(background), self.n_outputs)
        weights = self.weights[background - self.n_rows]
        return (shaped * weights[:, None]).sum(axis=2)

    def _ask(self, rows: Index, on: Mask, background: Index) -> Floats:
        n = len(rows) * len(on) * len(background)
        self.scores.tally.asked += n
        found = self._repeats.find(rows, on, background)
        before = self.scores.tally.seconds
        if found is None:
            made = n
            answers = self.scores(self.pool.cross(on, rows, background), n)
        else:
            chosen, back = found
            made = len(chosen)
            row, mask, other = np.unravel_index(chosen, (len(rows), len(on), len(background)))
            masked = self.pool.mix(on[mask], rows[row], background[other])
            answers = self.scores(masked, made)[back]
        self._adapt(made, self.scores.tally.seconds - before)
        if self.progress is not None:
            self.progress(n)
        return answers

    def _adapt(self, made: int, seconds: float) -> None:
        """Keep calls of the model between a twentieth and half of a second, as far as it can."""
        if self.batch_rows is not None:
            return
        if seconds > SLOW_SECONDS and made > FEW_ROWS:
            self._limit = max(FEW_ROWS, min(self._limit, made) // 2)
        elif seconds < QUICK_SECONDS and made * 2 > self._limit:
            self._limit = min(self._limit * 2, self._most)
