"""Games of one text: its units, and the columns beside it, are switched off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.explainability.pool import RowPool
from assay.explainability.scores import Scores
from assay.explainability.shapley.games import Coalitions
from assay.models.containers import container_of

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
Spans = Sequence[tuple[int, int]]
BATCH_TEXTS = 2048
BATCH_CHARACTERS = 16 * 2**20


class Beside(Protocol):
    """What the model reads beside the text, and the container that both come in."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are players."""
        ...

    @property
    def weights(self) -> Floats:
        """Of the background rows; their sum is 1."""
        ...

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell of the columns, equal where values are.

        Shape (1 + n_background, n_columns); the explained row is the first.
        """
        ...

    def rows(self, texts: list[str], on: Mask, there: Index) -> Any:  # noqa: ANN401
        """Return what the model is given.

        Parameters
        ----------
        texts : list of str
        on : ndarray of bool, shape (len(texts), n_columns)
            Columns that have the explained row's values; the others have the background's.
        there : ndarray of int, shape (len(texts),)
            Which background row.
        """
        ...


class TextsAlone:
    """Nothing beside the text: the model is given a list of texts.

    Parameters
    ----------
    wrap : callable or None
        Turns the list into what the model reads.
    """

    columns: tuple[str, ...] = ()

    def __init__(self, wrap: Callable[[list[str]], Any] | None = None) -> None:
        self.weights = np.ones(1)
        self._wrap = wrap

    def codes(self) -> NDArray[np.int64]:
        """Return an empty table."""
        return np.zeros((2, 0), dtype=np.int64)

    def rows(self, texts: list[str], on: Mask, there: Index) -> Any:  # noqa: ANN401
        """Return the texts, in the model's container."""
        del on, there
        return texts if self._wrap is None else self._wrap(texts)


class ColumnsBeside:
    """A row of a table: its other columns are players, with background rows of their own.

    Parameters
    ----------
    pool : RowPool
        The row first, then the background; all columns that the model is given.
    weights : ndarray, shape (n_background,)
    column : str
        The column of text.
    players : sequence of str
        Columns that are switched; all others keep the row's values.
    """

    def __init__(
        self, pool: RowPool, weights: Floats, column: str, players: Sequence[str]
    ) -> None:
        self.weights = weights
        self.columns = tuple(players)
        self._pool = pool
        self._column = column
        self._places = [pool.columns.index(name) for name in players]

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell of the players' columns."""
        return self._pool.codes()[:, self._places]

    def rows(self, texts: list[str], on: Mask, there: Index) -> Any:  # noqa: ANN401
        """Return rows of the table with these texts."""
        kept = np.ones((len(texts), len(self._pool.columns)), dtype=bool)
        kept[:, self._places] = on
        here = np.zeros(len(texts), dtype=np.intp)
        frame = self._pool.mix(kept, here, there + 1)
        if container_of(frame) == "polars":
            return frame.with_columns(pl.Series(self._column, texts, dtype=pl.String))
        frame[self._column] = np.array(texts, dtype=object)
        return frame


@dataclass(eq=False)
class TextGames:
    """The game of one text; see `Games`.

    A player is one or more stretches of the text; off, each is replaced by the background's
    string, and all between them stays byte for byte. The columns beside it are the last players.

    Parameters
    ----------
    text : str
    players : sequence of sequences of (start, end)
        The stretches of each player; none lie over each other.
    scores : Scores
    background : str
        What stands where a stretch is off.
    beside : Beside
    fixed : ndarray of bool or None, shape (n_columns,)
        Makes the columns no players: these keep the row's values, the others the background's.
    batch_rows : int or None
        Texts handed to the model at once.
    progress : callable or None
        Told how many predictions were made, batch by batch.
    noise : ndarray, shape (n_outputs,)
    """

    text: str
    players: Sequence[Spans]
    scores: Scores
    background: str = ""
    beside: Beside = field(default_factory=TextsAlone)
    fixed: Mask | None = None
    batch_rows: int | None = None
    progress: Callable[[int], None] | None = None
    noise: Floats = field(default_factory=lambda: np.zeros(1))
    n_rows: int = 1

    def __post_init__(self) -> None:
        if self.noise.shape != (self.n_outputs,):
            self.noise = np.zeros(self.n_outputs)
        owned = [
            (start, end, place) for place, spans in enumerate(self.players) for start, end in spans
        ]
        owned.sort()
        ends = [0, *(end for _, end, _ in owned)]
        starts = [*(start for start, _, _ in owned), len(self.text)]
        self._gaps = [self.text[a:b] for a, b in zip(ends, starts, strict=True)]
        self._units = [self.text[start:end] for start, end, _ in owned]
        self._owner = np.array([place for _, _, place in owned], dtype=np.intp)
        self._codes = self.beside.codes()

    @property
    def n_players(self) -> int:
        """How many players there are: units first, then columns."""
        return len(self.players) + (0 if self.fixed is not None else len(self.beside.columns))

    @property
    def n_outputs(self) -> int:
        """How many scores a text has."""
        return len(self.scores.outputs)

    def varying(self) -> Mask:
        """Tell the units that are not the background's string, and columns that differ."""
        out = np.zeros((1, self.n_players), dtype=bool)
        for unit, owner in zip(self._units, self._owner, strict=True):
            out[0, owner] |= unit != self.background
        if self.fixed is None:
            out[0, len(self.players) :] = (self._codes[1:] != self._codes[0]).any(axis=0)
        return out

    def masked(self, on: Mask) -> str:
        """Return the text with the units that are off replaced, shape of `on` (n_units,)."""
        return "".join(self._pieces(on[self._owner]))

    def _pieces(self, on: Mask) -> list[str]:
        pieces = [self._gaps[0]]
        for unit, keep, gap in zip(self._units, on.tolist(), self._gaps[1:], strict=True):
            pieces.append(unit if keep else self.background)
            pieces.append(gap)
        return pieces

    def values(self, rows: Index, coalitions: Coalitions) -> Floats:
        """Return the value of each coalition, shape (len(rows), n_coalitions, n_outputs)."""
        n_units, weights = len(self.players), self.beside.weights
        texts: dict[str, int] = {}
        which = np.array(
            [texts.setdefault(self.masked(each[:n_units]), len(texts)) for each in coalitions],
            dtype=np.intp,
        )
        on = coalitions[:, n_units:]
        if self.fixed is not None:
            on = np.tile(self.fixed, (len(coalitions), 1))
        chosen, back = self._distinct(which, on)
        coalition, background = np.divmod(chosen, len(weights))
        self.scores.tally.asked += len(coalitions) * len(weights)
        answers = self._ask([*texts], which[coalition], on[coalition], background)
        shaped = answers[back].reshape(len(coalitions), len(weights), self.n_outputs)
        made = self.scores.of_mean(np.einsum("mbo,b->mo", shaped, weights))
        return np.repeat(made[None], len(rows), axis=0)

    def _distinct(self, which: Index, on: Mask) -> tuple[Index, Index]:
        """Return one place of each distinct question among coalition × background."""
        n_background = len(self.beside.weights)
        mixed = np.where(on[:, None, :], self._codes[0], self._codes[1:][None])
        keys = np.concatenate(
            [
                np.repeat(which, n_background)[:, None],
                mixed.reshape(len(which) * n_background, on.shape[1]),
            ],
            axis=1,
        )
        _, chosen, back = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return chosen.astype(np.intp), back.reshape(-1).astype(np.intp)

    def _ask(self, texts: list[str], which: Index, on: Mask, background: Index) -> Floats:
        longest = max((len(text) for text in texts), default=1)
        room = max(1, min(BATCH_TEXTS, BATCH_CHARACTERS // max(longest, 1)))
        step = self.batch_rows or room
        out = np.empty((len(which), self.n_outputs))
        for start in range(0, len(which), step):
            part = slice(start, start + step)
            some = [texts[place] for place in which[part]]
            asked = self.beside.rows(some, on[part], background[part])
            out[part] = self.scores(asked, len(some))
            if self.progress is not None:
                self.progress(len(some))
        return out
