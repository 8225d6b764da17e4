"""The Games protocol: what the estimators know of a model."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Coalitions = NDArray[np.bool_]
"""Shape (n_coalitions, n_players): which players are on."""


class Games(Protocol):
    """One game a row: what the model says when some of the row's players are switched off.

    All games have the same players and outputs. The value of a coalition S is the weighted mean
    over the background of the model's score where the players in S have the row's values and the
    others have the background's. Every masker (table, text, image, series) is one of these, so
    that one estimator serves all.
    """

    @property
    def n_rows(self) -> int:
        """How many rows are explained."""
        ...

    @property
    def n_players(self) -> int:
        """How many players each game has."""
        ...

    @property
    def n_outputs(self) -> int:
        """How many scores the model gives a row."""
        ...

    @property
    def noise(self) -> NDArray[np.float64]:
        """Variance of a coalition's value between two identical calls, shape (n_outputs,).

        All 0 for a model that answers the same question in the same way.
        """
        ...

    def varying(self) -> NDArray[np.bool_]:
        """Tell the players that can matter, shape (n_rows, n_players).

        A player whose values equal those of every background row gets exactly 0 and is not
        switched (missing equals missing).
        """
        ...

    def values(self, rows: NDArray[np.intp], coalitions: Coalitions) -> NDArray[np.float64]:
        """Return the value of every coalition in the game of every row.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
        coalitions : ndarray of bool, shape (m, n_players)

        Returns
        -------
        ndarray, shape (n, m, n_outputs)

        Raises
        ------
        ModelError
            If the model fails, or gives something that is no number.
        """
        ...
