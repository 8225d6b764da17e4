"""What the model said about pairs of coalitions."""

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.design import Design
from assay.explainability.shapley.run import Run

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
DUST = 1e-13
"""Odd halves below this share of the values are rounding."""


class Asked:
    """Values of the pairs of a design for some rows; a larger design adds to them.

    Parameters
    ----------
    run : Run
    rows : ndarray of int
    players : ndarray of int
        Which are switched.
    first : Design
        Asked at once, with the empty and the full coalition, which every design needs.
    """

    def __init__(self, run: Run, rows: Index, players: Index, first: Design) -> None:
        self._run, self._rows, self._players = run, rows, players
        ends = np.array([[False], [True]]).repeat(len(players), axis=1)
        found = run.values(rows, players, np.concatenate([ends, first.on, ~first.on]))
        self.base, self.predictions = found[:, 0], found[:, 1]
        middle = 2 + len(first.on)
        self._on, self._off = found[:, 2:middle], found[:, middle:]

    def extend(self, design: Design, places: Index) -> None:
        """Ask for the pairs of a design that were not asked before.

        Parameters
        ----------
        design : Design
        places : ndarray of int
            Rows that go on; the others are not asked again.
        """
        on = design.on[self._on.shape[1] :]
        if not len(on):
            return
        both = np.concatenate([on, ~on])
        found = self._run.values(self._rows[places], self._players, both)
        self._on = self._grown(self._on, places, found[:, : len(on)])
        self._off = self._grown(self._off, places, found[:, len(on) :])

    @staticmethod
    def _grown(had: Floats, places: Index, more: Floats) -> Floats:
        grown = np.zeros((had.shape[0], had.shape[1] + more.shape[1], had.shape[2]))
        grown[:, : had.shape[1]] = had
        grown[places, had.shape[1] :] = more
        return grown

    def odd(self, places: Index) -> Floats:
        """Return [v(S) − v(Sᶜ)]/2 of each pair, the last that of the full coalition.

        Shape (n_pairs + 1, n_places × n_outputs); columns of nothing but rounding are 0.
        """
        return self._columns(places, -1.0)

    def even(self, places: Index) -> Floats:
        """Return [v(S) + v(Sᶜ)]/2, as `odd` does."""
        return self._columns(places, 1.0)

    def _columns(self, places: Index, sign: float) -> Floats:
        pairs = self._on[places] + sign * self._off[places]
        ends = (self.predictions + sign * self.base)[places, None]
        columns = np.concatenate([pairs, ends], axis=1).transpose(1, 0, 2) / 2
        size = np.abs(self._on[places]).max(axis=1, initial=0.0)
        size = np.maximum(size, np.abs(self.predictions[places]))
        columns[:, np.abs(columns).max(axis=0) <= DUST * size] = 0.0
        return columns.reshape(len(columns), -1)
