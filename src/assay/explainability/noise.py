"""How much a model's answer to one question changes from call to call."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.repeating import SAME, not_repeatable
from assay.explainability.shapley.games import Games
from assay.result import Finding

Floats = NDArray[np.float64]
ROWS = 2
FIRST, MORE = 4, 32
"""Coalitions that are asked about twice: to see whether answers differ, and then how much."""


@dataclass(frozen=True, eq=False)
class Noise:
    """The part of a coalition's value that is not repeated.

    Parameters
    ----------
    variance : ndarray, shape (n_outputs,)
        Of one value; 0 for a model that gives one answer to one question.
    finding : Finding or None
        None where all variances are 0.
    """

    variance: Floats
    finding: Finding | None = None


def measure_noise(games: Games, *, seed: int = 0) -> Noise:
    """Ask about a few coalitions of the first two rows twice.

    Answers that differ by no more than 1e-6 of their size differ by rounding. Where they differ
    by more, 32 coalitions a row are asked about twice, so that the variance is known to a fifth
    or so of its size.

    Parameters
    ----------
    games : Games
        Whose `noise` the result's variance is meant for.
    seed : int
        Of the coalitions.

    Raises
    ------
    ModelError
        If the model fails.
    """
    draw = np.random.default_rng(seed)
    rows = np.arange(min(ROWS, games.n_rows))
    if not len(rows) or not games.n_players:
        return Noise(np.zeros(games.n_outputs))
    differ, size = _differences(games, rows, FIRST, draw)
    if (np.abs(differ) <= SAME * size).all():
        return Noise(np.zeros(games.n_outputs))
    differ, size = _differences(games, rows, MORE, draw)
    variance = (differ**2).mean(axis=0) / 2
    variance[(np.abs(differ) <= SAME * size).all(axis=0)] = 0.0
    return Noise(variance, not_repeatable(variance) if variance.any() else None)


def _differences(
    games: Games, rows: NDArray[np.intp], n: int, draw: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return what two calls differ by, one line a value, and the size of each output's values."""
    on = draw.random((n, games.n_players)) < 0.5
    on[0], on[1] = True, False
    one, other = (games.values(rows, on).reshape(-1, games.n_outputs) for _ in range(2))
    size = np.maximum(np.abs(one).max(axis=0), np.abs(other).max(axis=0))
    return one - other, size
