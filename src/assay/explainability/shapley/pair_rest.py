"""What of the even half no order explains: what it says of the pairs of players.

The rest of a game that gives the same answer twice is no noise: it is a part of the game that is
independent from coalition to coalition, and what was seen of it counts with the weight that the
Shapley interaction index gives those coalitions. With every coalition seen this makes the
regression exact; what was not seen of it stays unknown and belongs to the standard error.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

Floats = NDArray[np.float64]
Index = NDArray[np.intp]


def rest_of_pairs(signs: Floats, i: Index, j: Index) -> Floats:
    """Return what each coalition's even half says of the index of some pairs, by its rest.

    Parameters
    ----------
    signs : ndarray, shape (n_coalitions, n_players)
        +1 on, -1 off; a line stands for a coalition and its complement.
    i, j : ndarray of int, shape (n,)
        Two different players of each pair.

    Returns
    -------
    ndarray, shape (n_coalitions, n)
        Covariances for a rest of variance 1: the index is their sum, times the even halves, over
        all pairs of complements.

    Examples
    --------
    Two players: the index is v(N) - v(1) - v(2) + v(∅), twice the difference of two even halves.

    >>> signs = np.array([[1.0, -1.0], [1.0, 1.0]])
    >>> rest_of_pairs(signs, np.array([0]), np.array([1])).ravel().tolist()
    [-2.0, 2.0]
    """
    both, one, none = _weights(signs)
    on = signs > 0
    n_on = on[:, i].astype(np.int8) + on[:, j]
    weights = np.stack([none, one, both], axis=1)
    return np.take_along_axis(weights, n_on, axis=1)


def rest_indices(signs: Floats, alpha: Floats) -> Floats:
    """Return Σ over coalitions of `alpha` times `rest_of_pairs`, for every pair of players.

    Returns
    -------
    ndarray, shape (n_players, n_players)
        Symmetric; its diagonal is of no use.
    """
    both, one, none = (alpha * each for each in _weights(signs))
    on = (signs > 0).astype(np.float64)
    single = (one - none) @ on
    return none.sum() + np.add.outer(single, single) + (on.T * (both - 2 * one + none)) @ on


def variance_of_rest(n_players: int) -> float:
    """Return the variance of the index of a pair of a rest of variance 1.

    The sum of the squares of `rest_of_pairs` over all pairs of complements.
    """
    return 2 * noise_of_interactions(n_players)


def noise_of_interactions(n_players: int) -> float:
    """Return the variance of an index where each coalition's value has variance 1.

    All coalitions are seen; 0 with fewer than two players.

    Examples
    --------
    >>> noise_of_interactions(2)  # four values, each with weight 1 or -1
    4.0
    """
    if n_players < 2:
        return 0.0
    sizes = np.arange(n_players - 1)
    return float(4 * np.sum(1 / special.binom(n_players - 2, sizes)) / (n_players - 1) ** 2)


def _weights(signs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return with what weight an even half counts where both players are on, one, and none.

    Twice that of a single coalition S of the index Σ_S (n-|S|-2)! |S|! / (n-1)! · [v(S∪ij) -
    v(S∪i) - v(S∪j) + v(S)]: its complement has the same.
    """
    n = signs.shape[1]
    size = (signs > 0).sum(axis=1).astype(np.float64)
    most = float(n - 2)

    def of(others: Floats) -> Floats:
        return 2 / ((n - 1) * special.binom(most, np.clip(others, 0.0, most)))

    return of(size - 2), -of(size - 1), of(size)
