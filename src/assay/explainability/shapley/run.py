"""What the ways of attributing share: the question, the memory, the form of the answer."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.attributed import Attributed, Budget
from assay.explainability.shapley.games import Coalitions, Games
from assay.explainability.shapley.tuning import Tuning
from assay.result import Json

Floats = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Run:
    """What was asked.

    Parameters
    ----------
    games : Games
    varying : ndarray of bool, shape (n_rows, n_players)
    budget : Budget
    seed : int
    interactions : bool
    retune : bool
    stop : callable or None
    """

    games: Games
    varying: NDArray[np.bool_]
    budget: Budget
    seed: int = 0
    interactions: bool = False
    retune: bool = True
    stop: Callable[[], bool] | None = None

    @property
    def stopped(self) -> bool:
        """Whether the caller wants no more calls."""
        return self.stop is not None and self.stop()

    def values(self, rows: Index, players: Index, on: Coalitions) -> Floats:
        """Return the values of coalitions of some players, the others off.

        Shape (n_rows, n_coalitions, n_outputs).
        """
        coalitions = np.zeros((len(on), self.games.n_players), dtype=bool)
        coalitions[:, players] = on
        return np.asarray(self.games.values(rows, coalitions), dtype=np.float64)


@dataclass(eq=False)
class Memory:
    """Hyper-parameters by players and calls; what is new is kept only when rows are given out.

    Parameters
    ----------
    kept : mutable mapping
        Of JSON.
    """

    kept: MutableMapping[str, Json]
    new: dict[str, Json] = field(default_factory=dict[str, Json])

    def find(self, key: str) -> dict[str, Json] | None:
        """Return what was put under a key."""
        found = self.new.get(key, self.kept.get(key))
        return cast("dict[str, Json]", found) if isinstance(found, dict) else None

    def find_tuning(self, key: str) -> Tuning | None:
        """Return the hyper-parameters that were put under a key."""
        found = self.find(key)
        return None if found is None else Tuning.from_dict(found)

    def put(self, key: str, value: dict[str, Json]) -> None:
        """Remember."""
        self.new[key] = value

    def keep(self) -> None:
        """Hand over what is new to the mapping of the caller."""
        self.kept.update(self.new)


@dataclass(eq=False)
class Answers:
    """Attributions of a chunk of rows, filled as rows are finished.

    Parameters
    ----------
    run : Run
    rows : ndarray of int
    players : ndarray of int
        Whose attributions are filled in; those of others stay 0.
    """

    run: Run
    rows: Index
    players: Index

    def __post_init__(self) -> None:
        games, n = self.run.games, len(self.rows)
        shape = (n, games.n_players, games.n_outputs)
        pairs = (n, games.n_players, games.n_players, games.n_outputs)
        self.values = np.zeros(shape)
        self.errors = np.zeros(shape)
        self.base = np.zeros((n, games.n_outputs))
        self.predictions = np.zeros((n, games.n_outputs))
        self.exact = np.zeros(n, dtype=bool)
        self.converged = np.zeros(n, dtype=bool)
        self.calls = np.zeros(n, dtype=np.int64)
        self.pairs = np.zeros(pairs) if self.run.interactions else None
        self.pair_errors = np.zeros(pairs) if self.run.interactions else None

    def fill(self, places: Index, values: Floats, errors: Floats) -> None:
        """Set attributions, shape (n_places, n of `players`, n_outputs)."""
        self.values[np.ix_(places, self.players)] = values
        self.errors[np.ix_(places, self.players)] = errors

    def fill_pairs(self, places: Index, indices: Floats, errors: Floats) -> None:
        """Set interactions, shape (n_places × n_outputs, n of `players`, n of `players`)."""
        n, at = len(self.players), np.ix_(places, self.players, self.players)
        for kept, found in ((self.pairs, indices), (self.pair_errors, errors)):
            if kept is not None:
                kept[at] = found.reshape(len(places), -1, n, n).transpose(0, 2, 3, 1)

    def told(self, method: str) -> Attributed:
        """Return the result."""
        return Attributed(
            rows=self.rows,
            values=self.values,
            standard_errors=self.errors,
            base=self.base,
            predictions=self.predictions,
            exact=self.exact,
            converged=self.converged,
            calls=self.calls,
            method=method,
            interactions=self.pairs,
            interaction_errors=self.pair_errors,
        )
