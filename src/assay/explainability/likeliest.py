"""An explanation and a player in; the player that most likely interacts with it out."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.explainability.player_values import numbers_of

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Floats = NDArray[np.float64]
STRETCHES = 10
FEWEST_ROWS = 40
LEAST = 0.1
"""Share of the spread at nearly equal values that the other column must account for."""


def likeliest_partner(explanation: "Explanation", player: int, place: int = 0) -> int | None:
    """Find the player whose values best tell why equal values of another get other attributions.

    With interactions the player of the largest mean |Shapley interaction|. Without: rows are cut
    into stretches of nearly equal values of the player, and within them the attributions' ranks
    are told from those of each other column; the column that tells the most is taken, if that is
    a tenth of the spread or more.

    Parameters
    ----------
    explanation : Explanation
    player : int
        Its place.
    place : int
        Of the output.

    Returns
    -------
    int or None
        Place of the other player; None where none stands out.
    """
    if explanation.interactions is not None:
        size = np.abs(explanation.interactions[:, player, :, place]).mean(axis=0)
        size[player] = 0.0
        return int(np.argmax(size)) if size.max() > 0 else None
    if len(explanation) < FEWEST_ROWS:
        return None
    phi = explanation.values[:, player, place]
    stretch = _stretches(_coded(explanation, player))
    told = [
        _told(phi, _coded(explanation, other), stretch) if other != player else 0.0
        for other in range(len(explanation.players))
    ]
    best = int(np.argmax(told))
    return best if told[best] >= LEAST else None


def _coded(explanation: "Explanation", player: int) -> Floats:
    """Return the player's values as numbers; categories ordered by themselves."""
    numbers = numbers_of(explanation, player)
    if numbers is not None:
        return np.where(np.isfinite(numbers), numbers, -np.inf)
    told = pl.Series([str(explanation.value_of(i, player)) for i in range(len(explanation))])
    return told.rank("dense").to_numpy().astype(np.float64)


def _stretches(values: Floats) -> NDArray[np.int64]:
    """Return the tenth of the values that each value lies in; equal values lie together."""
    known = np.sort(values)
    ends = known[[len(known) * tenth // STRETCHES for tenth in range(1, STRETCHES)]]
    return np.searchsorted(np.unique(ends), values, side="right")


def _told(phi: Floats, other: Floats, stretch: NDArray[np.int64]) -> float:
    """Return the share of the spread within stretches that a line in the other's ranks tells."""
    about = left = 0.0
    for which in np.unique(stretch):
        rows = stretch == which
        y = phi[rows] - phi[rows].mean()
        x = pl.Series(other[rows]).rank().to_numpy() - (rows.sum() + 1) / 2
        squares = float(x @ x)
        about += float(y @ y)
        left += float(x @ y) ** 2 / squares if squares > 0 else 0.0
    return left / about if about > 0 else 0.0
