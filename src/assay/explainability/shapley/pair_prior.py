"""What is expected of the interactions of a game before it is played.

With χ_i = +1 where player i is on and -1 where off, the mean of a coalition's value and its
complement's holds the even orders of v = Σ_T c_T Π_{i∈T} χ_i. The prior has the orders 0, 2 and
4; within order 4 a coefficient's variance is in proportion to the product of the relevances of
its players, within order 2 too, or each pair has its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay.result import Json

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
LEAST_NOISE = 1e-7


@dataclass(frozen=True, kw_only=True, eq=False)
class PairPrior:
    """How much of the even half is expected where.

    Parameters
    ----------
    relevances : ndarray, shape (n_players,)
        In (0, 1]; a coefficient of order 4 weighs as the product of its players'.
    own : ndarray or None, shape (n_players, n_players)
        Weights of the coefficients of order 2, symmetric; None: products of the relevances.
    fourth : float
        Weight of order 4; that of order 2 is 1.
    noise : float
        Weight of the rest: the orders above 4.
    random : float
        Share of `noise` that changes from call to call; the rest belongs to the game.
    """

    relevances: Floats
    own: Floats | None = None
    fourth: float = 0.0
    noise: float = LEAST_NOISE
    random: float = 0.0

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only; `from_dict` gives the same numbers back."""
        return {
            "relevances": self.relevances.tolist(),
            "own": None if self.own is None else self.own.tolist(),
            "fourth": self.fourth,
            "noise": self.noise,
            "random": self.random,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Json]) -> "PairPrior":
        """Read what `to_dict` wrote."""
        own = kept["own"]
        return cls(
            relevances=np.array(kept["relevances"], dtype=np.float64),
            own=None if own is None else np.array(own, dtype=np.float64),
            fourth=float(cast("float", kept["fourth"])),
            noise=float(cast("float", kept["noise"])),
            random=float(cast("float", kept.get("random", 0.0))),
        )

    @property
    def rest(self) -> float:
        """Weight of what is above order 4 and belongs to the game."""
        return self.noise * (1 - self.random)

    @cached_property
    def second(self) -> Floats:
        """Variances of the coefficients of order 2; diagonal 0, those above it sum to 1."""
        w = self.relevances
        found = np.outer(w, w) if self.own is None else self.own.copy()
        np.fill_diagonal(found, 0.0)
        return found / (found.sum() / 2)

    @cached_property
    def scale4(self) -> float:
        """What makes the kernel of order 4 one on its diagonal; 0 with fewer than 4 players."""
        e = np.zeros(5)
        e[0] = 1.0
        for each in self.relevances:
            e[1:] += each * e[:-1]
        return 1 / float(e[4]) if e[4] > 0 else 0.0


def even_kernels(signs: Floats, prior: PairPrior) -> tuple[Floats, Floats]:
    """Return the covariance of the even halves of the coalitions in order 2 and in order 4.

    Elementary symmetric polynomials of w∘χ∘χ', by power sums; those of even power are the same
    for all coalitions.

    Returns
    -------
    tuple of two ndarrays, shape (n_coalitions, n_coalitions)
        With 1 on the diagonal; order 4 is 0 with fewer than four players.
    """
    w = prior.relevances
    p2, p4 = float((w**2).sum()), float((w**4).sum())
    p1, p3 = ((signs * w**k) @ signs.T for k in (1, 3))
    squared = p1**2
    if prior.own is None:
        second = (squared - p2) / 2
    else:
        i, j = np.triu_indices(len(w), k=1)
        both = signs[:, i] * signs[:, j]
        second = (both * prior.second[i, j]) @ both.T
    fourth = (squared * (squared - 6 * p2) + 8 * p1 * p3 + 3 * p2**2 - 6 * p4) / 24
    return second / second[0, 0], fourth * prior.scale4


def first_two(u: Floats) -> tuple[Floats, Floats]:
    """Return the elementary symmetric polynomials 1 and 2 of each line."""
    e1 = u.sum(axis=1)
    return e1, (e1**2 - (u**2).sum(axis=1)) / 2


def with_two_others(u: Floats, i: Index, j: Index) -> Floats:
    """Return u_i u_j e₂(u without i and j) of each line, for some pairs."""
    e1, e2 = first_two(u)
    one, other = u[:, i], u[:, j]
    others = e2[:, None] - (one + other) * e1[:, None] + one**2 + other**2 + one * other
    return one * other * others
