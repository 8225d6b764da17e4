"""A tree ensemble ready to be explained: rows in, attributions that add up out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.columnwise import Encoding
from assay.explainability.computed import INTERRUPTED, Computed, join_computed
from assay.explainability.scores import Scores
from assay.explainability.trees.game import ForestGame
from assay.explainability.trees.ways import OwnTables, Way

Floats = NDArray[np.float64]
TOLERANCE = 1e-5
"""Largest |base + sum of attributions - score|, as a share of 1 + |score|."""
QUICK_SECONDS = 1.0
"""Tables that are made in this time are not weighed against other ways."""
PIECE_SECONDS = 2.0
"""Rows that take longer are explained in pieces, each of about this time."""
PIECE_ROWS = 10_000
"""A piece where no time is known."""


@dataclass(eq=False)
class PreparedTrees:
    """A tree ensemble with its background, ready for rows.

    Parameters
    ----------
    scores : Scores
    encoding : Encoding
    ways : list of Way
        In the order in which they are tried.
    outputs : ndarray, shape (n_raw, n_outputs)
        What the explained scores are of the raw ones.
    background : table or None
    n_players : int
    reason : str
    own : ForestGame or None
    """

    scores: Scores
    encoding: Encoding
    ways: list[Way]
    outputs: Floats
    background: Any
    n_players: int
    reason: str
    own: ForestGame | None
    refusals: list[str] = field(default_factory=list[str])

    @property
    def value_function(self) -> str:
        """Which game is played."""
        return "path_dependent" if self.background is None else "interventional"

    def values(
        self,
        rows: Any,  # noqa: ANN401  any container
        *,
        stop: Callable[[], str | None] | None = None,
        finished: Callable[[int, int], None] | None = None,
    ) -> Computed:
        """Return the attributions of rows, checked on each of them.

        Rows whose base and attributions do not add up to the model's own score by one way are
        given to the next; those for which none does are marked as left.

        Parameters
        ----------
        rows : table in the model's container
        stop : callable or None
            Why to stop, for people; None to go on. Asked after each piece of rows.
        finished : callable or None
            Told how many rows of how many are done, where there are several pieces.

        Returns
        -------
        Computed
            Of the first rows only where it was stopped, or no row of the first piece adds up.

        Raises
        ------
        KeyboardInterrupt
            Where it is pressed before the first piece is finished.
        """
        ways = self._in_order(len(rows))
        step = rows_at_once(ways[0], len(rows))
        if step >= len(rows):
            return self._piece(rows, ways)
        parts: list[Computed] = []
        try:
            for start in range(0, len(rows), step):
                if finished is not None:
                    finished(start, len(rows))
                parts.append(self._piece(rows[start : start + step], ways))
                if parts[0].left.all():
                    return parts[0]
                told = stop() if stop is not None and start + step < len(rows) else None
                if told is not None:
                    return replace(join_computed(parts), stopped=told)
        except KeyboardInterrupt as interrupt:
            if not parts:
                raise
            return replace(join_computed(parts), stopped=INTERRUPTED, interrupt=interrupt)
        if finished is not None:
            finished(len(rows), len(rows))
        return join_computed(parts)

    def _piece(self, rows: Any, ways: Sequence[Way]) -> Computed:  # noqa: ANN401
        predictions = self.scores(rows, len(rows))
        left = np.ones(len(rows), dtype=bool)
        used: list[str] = []
        values = np.zeros((len(rows), self.n_players, predictions.shape[1]))
        base, errors = np.zeros_like(predictions), np.full(len(rows), np.inf)
        tried = 0
        encoded = self.encoding(rows)
        for way in ways:
            places = np.flatnonzero(left)
            if not len(places):
                break
            try:
                found, start = way(_taken(encoded, places, len(rows)))
            except ValueError as error:
                self.refusals.append(f"{way.name}: {error}")
                continue
            found, start = found @ self.outputs, start @ self.outputs
            error = np.abs(start + found.sum(axis=1) - predictions[places])
            good = (error <= TOLERANCE * (1 + np.abs(predictions[places]))).all(axis=1)
            kept = places[good]
            values[kept], base[kept] = found[good], start
            errors[places] = np.minimum(errors[places], error.max(axis=1, initial=0.0))
            left[kept] = False
            if good.any():
                used.append(way.name)
            tried += int(good.sum()) if len(used) > 1 else 0
        return Computed(
            values=values,
            base=base,
            predictions=predictions,
            method="trees",
            value_function=self.value_function,
            reason=f"{self.reason}, by {' and '.join(used) or 'no way that adds up'}",
            exact=True,
            left=left,
            errors=np.where(np.isfinite(errors), errors, 0.0),
            recomputed=tried,
            notes=tuple(dict.fromkeys(self.refusals)),
        )

    def interactions(
        self,
        rows: Any,  # noqa: ANN401  any container
        predictions: Floats | None = None,
    ) -> Floats | None:
        """Return the Shapley interaction index of each pair, by own tables.

        Parameters
        ----------
        rows : table in the model's container
        predictions : ndarray, shape (n_rows, n_outputs), optional
            What the model itself says of them, where it is known.

        Returns
        -------
        ndarray or None, shape (n_rows, n_players, n_players, n_outputs)
            Symmetric, diagonal 0. None where trees are too deep for tables, or the attributions
            of a row by the same tables do not add up to its score.
        """
        if self.own is None:
            return None
        own = next(way for way in self.ways if isinstance(way, OwnTables))
        encoded = self.encoding(rows)
        predictions = self.scores(rows, len(rows)) if predictions is None else predictions
        found, start = own(encoded)
        gaps = np.abs(start @ self.outputs + found.sum(axis=1) @ self.outputs - predictions)
        if (gaps > TOLERANCE * (1 + np.abs(predictions))).any():
            return None
        return own.game.interactions(own.matrix(encoded)) @ self.outputs

    def pair_seconds(self, n_rows: int) -> float | None:
        """Guess how long `interactions` takes; None where trees are too deep for tables."""
        return None if self.own is None else self.own.pair_seconds(n_rows)

    def _in_order(self, n_rows: int) -> list[Way]:
        """Return the ways, tables first unless another is quicker for so many rows."""
        if self.own is None or self.own.is_kept or self.own.seconds(n_rows) <= QUICK_SECONDS:
            return self.ways
        return sorted(self.ways, key=lambda way: way.seconds(n_rows))


def rows_at_once(way: Way, n_rows: int) -> int:
    """Return how many rows a piece has: what tables cost once must not be paid too often.

    Parameters
    ----------
    way : Way
    n_rows : int
        Rows in all.
    """
    whole = way.seconds(n_rows)
    if whole <= PIECE_SECONDS or not n_rows:
        return n_rows
    if not isfinite(whole):
        return PIECE_ROWS
    once = way.seconds(0)
    return ceil(n_rows * max(PIECE_SECONDS, 3 * once) / (whole - once))


def _taken(encoded: Any, places: NDArray[np.intp], n_rows: int) -> Any:  # noqa: ANN401
    if len(places) == n_rows:
        return encoded
    return encoded.iloc[places] if hasattr(encoded, "iloc") else encoded[places]
