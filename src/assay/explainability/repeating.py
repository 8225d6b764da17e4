"""Whether a model gives one answer to one question."""

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.games import Games
from assay.result import Finding

SAME = 1e-6


def repeated_noise(games: Games, *, row: int = 0) -> NDArray[np.float64]:
    """Ask about a row twice and return the variance between the answers, shape (n_outputs,).

    0 where they differ by no more than 1e-6 of their size, as rounding does.

    Raises
    ------
    ModelError
        If the model fails.
    """
    on = np.ones((1, games.n_players), dtype=bool)
    rows = np.array([row])
    first, second = (games.values(rows, on)[0, 0] for _ in range(2))
    differ = np.abs(first - second)
    return np.where(differ > SAME * (1 + np.abs(first)), differ**2 / 2, 0.0)


def not_repeatable(noise: NDArray[np.float64]) -> Finding:
    """Say that the model answered the same question in two ways."""
    spread = float(np.sqrt(noise.max()))
    return Finding(
        rule="model_not_deterministic",
        severity="warning",
        message="The model gave two answers to the same question; attributions carry that noise.",
        evidence={"standard_deviation": spread},
        cause="Dropout or sampling is left on, or a random number is drawn in the model.",
        advice="Put the model in evaluation mode and fix its seed; until then read attributions "
        "below the noise as 0.",
    )
