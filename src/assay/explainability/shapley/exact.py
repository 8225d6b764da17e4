"""Exact Shapley values from the value of every coalition."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

Floats = NDArray[np.float64]
MOST_PLAYERS = 20
"""More players are never enumerated: a table has a value for each of 2^n coalitions."""


@lru_cache(maxsize=8)
def every_coalition(n_players: int) -> NDArray[np.bool_]:
    """Return all coalitions in the order of their bit masks (player i is bit i).

    Returns
    -------
    ndarray of bool, shape (2^n_players, n_players)

    Examples
    --------
    >>> every_coalition(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    masks = np.arange(2**n_players)
    on = (masks[:, None] >> np.arange(n_players)) & 1 > 0
    on.setflags(write=False)
    return on


@lru_cache(maxsize=8)
def _weights(n_players: int) -> tuple[Floats, Floats]:
    """Return the weight with which a coalition counts for its members, and for the others."""
    size = every_coalition(n_players).sum(axis=1).astype(np.float64)
    n = float(n_players)
    for_others = np.zeros(len(size))
    for_members = np.zeros(len(size))
    some, most = size > 0, size < n
    for_members[some] = 1 / (n * special.binom(n - 1, size[some] - 1))
    for_others[most] = 1 / (n * special.binom(n - 1, size[most]))
    return for_members, for_others


def shapley_values(table: Floats) -> Floats:
    """Return the Shapley value of every player from a table of all coalitions.

    φ_i = Σ_{S∌i} |S|! (n−|S|−1)! / n! · [v(S∪i) − v(S)] (Shapley 1953), found as one matrix
    product after the value of the empty coalition is taken off, so that a large constant in v
    costs no digits.

    Parameters
    ----------
    table : ndarray, shape (2^n_players, n_columns)
        Values in the order of `every_coalition`; a column is a game.

    Returns
    -------
    ndarray, shape (n_players, n_columns)

    Examples
    --------
    >>> shapley_values(np.array([[0.0], [1.0], [2.0], [5.0]])).tolist()
    [[2.0], [3.0]]
    """
    n_players = len(table).bit_length() - 1
    for_members, for_others = _weights(n_players)
    gain = table - table[0]
    on = every_coalition(n_players).astype(np.float64)
    return on.T @ (gain * (for_members + for_others)[:, None]) - for_others @ gain


def noise_of_values(n_players: int) -> float:
    """Return the variance of a Shapley value where each coalition's value has variance 1."""
    for_members, for_others = _weights(n_players)
    holds = every_coalition(n_players)[:, 0]
    return float(
        np.where(holds, for_members, for_others) @ np.where(holds, for_members, for_others)
    )
