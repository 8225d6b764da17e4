"""A game that is given by a function of coalitions."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.games import Coalitions

Floats = NDArray[np.float64]


class FunctionGames:
    """One game without a table behind it; see `Games`.

    Parameters
    ----------
    value : callable
        Coalitions, shape (m, n_players) → values, shape (m,) or (m, n_outputs).
    n_players : int
    noise : ndarray, shape (n_outputs,), optional
        Variance of a value between two calls; 0 where left out.

    Examples
    --------
    >>> games = FunctionGames(lambda on: on @ [1.0, 2.0], n_players=2)
    >>> games.values(np.array([0]), np.array([[True, True]])).tolist()
    [[[3.0]]]
    """

    n_rows = 1

    def __init__(
        self,
        value: Callable[[Coalitions], NDArray[np.float64]],
        n_players: int,
        noise: Floats | None = None,
    ) -> None:
        self._value = value
        self.n_players = n_players
        self.n_outputs = self._asked(np.zeros((1, n_players), dtype=bool)).shape[1]
        self.noise = np.zeros(self.n_outputs) if noise is None else noise

    def varying(self) -> NDArray[np.bool_]:
        """Tell that every player can matter."""
        return np.ones((1, self.n_players), dtype=bool)

    def values(self, rows: NDArray[np.intp], coalitions: Coalitions) -> Floats:
        """Return the value of every coalition."""
        return np.repeat(self._asked(coalitions)[None], len(rows), axis=0)

    def _asked(self, coalitions: Coalitions) -> Floats:
        answer = np.asarray(self._value(coalitions), dtype=np.float64)
        return answer[:, None] if answer.ndim == 1 else answer
