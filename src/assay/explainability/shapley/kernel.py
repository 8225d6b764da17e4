"""The prior over games: how alike two coalitions are in their odd Walsh orders.

With χ_i = +1 where player i is on and −1 where off, every game is v = Σ_T c_T Π_{i∈T} χ_i, and
the Shapley value is φ_i = Σ_{T∋i, |T| odd} (2/|T|) c_T: even orders do not count. The prior has
orders 1 (flat), 3 and 5; within orders 3 and 5 a coefficient's variance is in proportion to the
product of the relevances of its players. All sums over subsets are elementary symmetric
polynomials, found from power sums in O(n) instead of O(n^5).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

Floats = NDArray[np.float64]
FLAT = 100.0
"""Variance of order 1, in units of the variance of the others: it is hardly shrunk."""
PINNED = 1e-9
"""Variance of the error of the pair of the full and the empty coalition: it is known."""


@dataclass(frozen=True, eq=False)
class Orders:
    """Three things of a prior: one for each of the orders 1, 3 and 5.

    Parameters
    ----------
    first, third, fifth : ndarray
        All of one shape.
    """

    first: Floats
    third: Floats
    fifth: Floats

    def mixed(self, third: float, fifth: float) -> Floats:
        """Return the sum over orders under the weights of a prior."""
        return FLAT * self.first + third * self.third + third * fifth * self.fifth


def similarity(signs: Floats, relevances: Floats) -> Orders:
    """Return the prior's covariance of the odd halves of the coalitions, order by order.

    Parameters
    ----------
    signs : ndarray, shape (n_coalitions, n_players)
        +1 on, −1 off.
    relevances : ndarray, shape (n_players,)
        In (0, 1].

    Returns
    -------
    Orders
        Each of shape (n_coalitions, n_coalitions) with 1 on the diagonal; 0 where there are
        fewer players than the order.
    """
    w = relevances
    p1, p3, p5 = ((signs * w**k) @ signs.T for k in (1, 3, 5))
    p2, p4 = float(np.sum(w**2)), float(np.sum(w**4))
    scale3, scale5 = _scales(w)
    third = (p1**3 - 3 * p1 * p2 + 2 * p3) / 6
    squared = p1 * p1
    fifth = (
        p1 * squared**2
        - 10 * p1 * squared * p2
        + 20 * squared * p3
        + (15 * p2**2 - 30 * p4) * p1
        - 20 * p2 * p3
        + 24 * p5
    ) / 120
    return Orders(signs @ signs.T / len(w), third * scale3, fifth * scale5)


def attribution_rows(signs: Floats, relevances: Floats) -> Orders:
    """Return the prior's covariance of each coalition's odd half with each Shapley value.

    Returns
    -------
    Orders
        Each of shape (n_coalitions, n_players).
    """
    u = signs * relevances
    e2, e4 = _without_one(u)
    scale3, scale5 = _scales(relevances)
    first = 2 * signs / len(relevances)
    return Orders(first, (2 / 3) * u * e2 * scale3, (2 / 5) * u * e4 * scale5)


def prior_variances(relevances: Floats) -> Orders:
    """Return the prior's variance of each Shapley value, order by order, shape (n_players,)."""
    w = relevances
    e2, e4 = (each[0] for each in _without_one(w[None, :]))
    scale3, scale5 = _scales(w)
    first = np.full(len(w), 4 / len(w))
    return Orders(first, (4 / 9) * w * e2 * scale3, (4 / 25) * w * e4 * scale5)


def _without_one(u: Floats) -> tuple[Floats, Floats]:
    """Return the elementary symmetric polynomials 2 and 4 of each line, leaving out each place."""
    p1, p2, p3, p4 = (np.sum(u**k, axis=1, keepdims=True) for k in (1, 2, 3, 4))
    e1 = p1
    e2 = (e1 * p1 - p2) / 2
    e3 = (e2 * p1 - e1 * p2 + p3) / 3
    e4 = (e3 * p1 - e2 * p2 + e1 * p3 - p4) / 4
    left1 = e1 - u
    left2 = e2 - u * left1
    left3 = e3 - u * left2
    return left2, e4 - u * left3


def _scales(w: Floats) -> tuple[float, float]:
    """Return what makes the diagonals of orders 3 and 5 one; 0 where the order is empty."""
    e = np.zeros(6)
    e[0] = 1.0
    for relevance in w:
        e[1:] += relevance * e[:-1]
    return (1 / float(e[3]) if e[3] > 0 else 0.0), (1 / float(e[5]) if e[5] > 0 else 0.0)


def add_noise(kernel: Floats, noise: float) -> Floats:
    """Return a kernel with noise on its diagonal; the last coalition's pair has next to none."""
    noisy = kernel.copy()
    noisy[np.diag_indices_from(noisy)] += noise
    noisy[-1, -1] += PINNED - noise
    return noisy


def rows_of_rest(signs: Floats) -> Floats:
    """Return what each coalition's odd half says of each Shapley value where no order explains it.

    The rest of a game that gives the same answer twice is no noise: it is a part of the game that
    is independent from pair to pair, and what was seen of it counts with the weight of its
    coalitions. With every pair seen this makes the regression exact.

    Returns
    -------
    ndarray, shape (n_coalitions, n_players)
        Covariances for a rest of variance 1; 0 for the last line, of which nothing is unknown.
    """
    n = signs.shape[1]
    on = signs > 0
    size = on.sum(axis=1, keepdims=True).astype(np.float64)
    member = 1 / (n * special.binom(n - 1, np.maximum(size - 1, 0)))
    other = 1 / (n * special.binom(n - 1, np.minimum(size, n - 1)))
    rows = 2 * np.where(on, member, -other)
    rows[-1] = 0.0
    return rows


def variance_of_rest(n_players: int) -> float:
    """Return the variance of a Shapley value of a rest of variance 1.

    The sum of the squares of `rows_of_rest` over all pairs.
    """
    sizes = np.arange(n_players - 1)
    return float(4 * np.sum(1 / special.binom(n_players - 1, sizes)) / n_players**2)
