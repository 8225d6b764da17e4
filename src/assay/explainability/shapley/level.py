"""One design with its hyper-parameters, for the rows that have got so far."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.design import Design, most_pairs, paired_design
from assay.explainability.shapley.groups import Group
from assay.explainability.shapley.least_squares import apply_least_squares
from assay.explainability.shapley.pairs import pair_indices
from assay.explainability.shapley.regression import Fitted, Regression, prepare_regression
from assay.explainability.shapley.run import Memory, Run
from assay.explainability.shapley.tuning import Tuning, tune

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
MOST_PAIRS = 3000
"""A kernel of more pairs costs more than it gains."""
MOST_PLAYERS = 500
PAIRS_A_PLAYER = 2
"""Least squares needs as many; with fewer the kernel says honestly what is not known."""
WORSE = 4.0
"""Rows that fit so many times worse than those of the tuning lead to another."""
FITS_WELL = 1e-6
ENOUGH_ROWS = 4
"""Fewer rows than these say too little for another tuning."""
REGRESSION, LEAST_SQUARES = "paired odd-Walsh regression", "paired least squares"


def useful_calls(n_players: int, calls: int) -> int:
    """Return the calls that can be made use of: no more than a kernel holds, or pairs there are.

    Examples
    --------
    >>> useful_calls(3, 7), useful_calls(30, 10_000), useful_calls(4000, 10_000)
    (6, 10000, 6002)
    """
    pairs = min((calls - 2) // 2, most_pairs(n_players))
    if pairs < PAIRS_A_PLAYER * n_players:
        pairs = min(pairs, MOST_PAIRS)
    return 2 * pairs + 2


def method_of(n_players: int, calls: int) -> str:
    """Return how a design is solved."""
    pairs = (calls - 2) // 2
    large = pairs > MOST_PAIRS or n_players > MOST_PLAYERS
    return LEAST_SQUARES if large and pairs >= PAIRS_A_PLAYER * n_players else REGRESSION


@lru_cache(maxsize=8)
def prepared(n_players: int, calls: int, seed: int, tuning: Tuning) -> Regression:
    """Solve the design of all players once, for every row that comes by, also much later."""
    return prepare_regression(paired_design(n_players, calls, seed).signs, tuning)


@dataclass(frozen=True, eq=False)
class Level:
    """A design for the rows of a group.

    Parameters
    ----------
    run : Run
    group : Group
    design : Design
    calls : int
        That the design was made for.
    memory : Memory
    """

    run: Run
    group: Group
    design: Design
    calls: int
    memory: Memory

    def values(self, odd: Floats, varying: Mask) -> tuple[Floats, Floats]:
        """Return attributions and standard errors, each (n_rows, n_players, n_outputs).

        Parameters
        ----------
        odd : ndarray, shape (n_pairs + 1, n_rows × n_outputs)
        varying : ndarray of bool, shape (n_rows, n_players)
            Players of the group that vary for the row; the others get 0.
        """
        n_rows, n_players = varying.shape
        made = np.zeros((2, n_players, n_rows, self.run.games.n_outputs))
        columns = odd.reshape(len(odd), n_rows, -1)
        sets, member = np.unique(varying, axis=0, return_inverse=True)
        tuning = self._tuning(odd)
        for place, mask in enumerate(sets):
            rows = np.flatnonzero(member.reshape(-1) == place)
            some = columns[:, rows].reshape(len(odd), -1)
            fitted = self._fitted(some, mask, tuning)
            shape = (int(mask.sum()), len(rows), -1)
            made[0][np.ix_(mask, rows)] = fitted.values.reshape(shape)
            made[1][np.ix_(mask, rows)] = fitted.standard_errors.reshape(shape)
        return made[0].transpose(1, 0, 2), made[1].transpose(1, 0, 2)

    def indices(self, even: Floats, varying: Mask) -> tuple[Floats, Floats]:
        """Return interactions and standard errors, (n_rows × n_outputs, n_players, n_players)."""
        tuning = self.memory.find_tuning(self._key)
        relevances = None if tuning is None else np.array(tuning.relevances)
        values, errors = pair_indices(
            self.design,
            even,
            relevances,
            self.memory,
            f"{self._key}:pairs",
            self._noise(even.shape[1]),
        )
        both = np.repeat(varying[:, :, None] & varying[:, None, :], self.run.games.n_outputs, 0)
        return values * both, errors * both

    @property
    def _key(self) -> str:
        mask = np.zeros(self.run.games.n_players, dtype=bool)
        mask[self.group.players] = True
        return f"{self.calls}:{np.packbits(mask).tobytes().hex()}"

    def _noise(self, n_columns: int) -> Floats:
        return np.tile(self.run.games.noise, n_columns // self.run.games.n_outputs)

    def _tuning(self, odd: Floats) -> Tuning | None:
        """Return hyper-parameters: those that are known, unless these rows fit much worse."""
        if method_of(len(self.group.players), self.calls) == LEAST_SQUARES:
            return None
        known = self.memory.find_tuning(self._key)
        if known is not None and not self._is_outgrown(known, odd):
            return known
        try:
            tuning = tune(self.design.signs, odd, self._noise(odd.shape[1]))
            tuning = replace(tuning, misfit=_mean_misfit(self._whole(tuning), odd))
        except np.linalg.LinAlgError:
            return None
        self.memory.put(self._key, tuning.to_dict())
        return tuning

    def _whole(self, tuning: Tuning) -> Regression:
        return prepared(self.design.n_players, self.calls, self.run.seed, tuning)

    def _is_outgrown(self, known: Tuning, odd: Floats) -> bool:
        if not self.run.retune or odd.shape[1] < ENOUGH_ROWS * self.run.games.n_outputs:
            return False
        misfit = _mean_misfit(self._whole(known), odd)
        return misfit > WORSE * max(known.misfit, FITS_WELL)

    def _fitted(self, odd: Floats, mask: Mask, tuning: Tuning | None) -> Fitted:
        noise = self._noise(odd.shape[1])
        if tuning is None:
            return apply_least_squares(self.design.of_players(mask), odd, noise)
        if mask.all():
            return self._whole(tuning).apply(odd, noise)
        relevances = tuple(w for w, kept in zip(tuning.relevances, mask, strict=True) if kept)
        narrow = replace(tuning, relevances=relevances)
        return prepare_regression(self.design.signs[:, mask], narrow).apply(odd, noise)


def _mean_misfit(regression: Regression, odd: Floats) -> float:
    return float(regression.apply(odd).misfit.mean())
