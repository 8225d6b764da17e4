"""The game of one leaf: who must be on and who off for a row to reach it, and what each adds.

A row reaches a leaf when all conditions on its path hold. With D players on the path, a row x has
a pattern of D bits (do the conditions on player i hold for x?), and so has a background row b. A
coalition takes the bits of x for those in it and those of b for the others, and reaches the leaf
when all are 1. The value of the leaf's game for x is a multilinear function of which players are
on, so that (Owen 1972)

    φ_i = ∫₀¹ ∂/∂z_i F(t, …, t) dt,    F(z) = Σ_b ω_b Π_j [z_j x_j + (1 - z_j) b_j].

The integrand is a polynomial of degree D - 1 in t, so that Gauss-Legendre quadrature with D / 2
points is exact. φ is found for all 2^D patterns of x at once, from the weights f of the 2^D
patterns of the background, one bit after the other. For the path-dependent value function the
background's bits are independent, with the shares of the training rows as probabilities.

References
----------
Owen 1972, Management Science, doi:10.1287/mnsc.18.5.64. That one table by pattern serves all rows:
Nadel and Wettenstein 2026, "WOODELF", AAAI, arXiv:2511.09376.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Tree

Floats = NDArray[np.float64]
Step = tuple[int, bool]
"""A split and whether the path goes left there."""


@dataclass(frozen=True)
class Leaf:
    """A leaf and the players on its path.

    Parameters
    ----------
    node : int
    players : tuple of int
        In the order of their first split.
    steps : tuple of tuple of (int, bool)
        For each of these players the splits on its columns, and whether the path goes left.
    shares : tuple of float
        For each player the share of training rows that go on towards the leaf at its splits.
    """

    node: int
    players: tuple[int, ...]
    steps: tuple[tuple[Step, ...], ...]
    shares: tuple[float, ...]


def leaves_of(tree: Tree, player_of: NDArray[np.intp]) -> list[Leaf]:
    """Return the leaves of a tree with their paths, from left to right.

    Parameters
    ----------
    tree : Tree
    player_of : ndarray of int, shape (n_features,)
        Which player owns each feature.
    """
    found: list[Leaf] = []
    todo: list[tuple[int, dict[int, tuple[tuple[Step, ...], float]]]] = [(0, {})]
    while todo:
        node, path = todo.pop()
        if tree.left[node] < 0:
            steps = tuple(steps for steps, _ in path.values())
            shares = tuple(share for _, share in path.values())
            found.append(Leaf(node, tuple(path), steps, shares))
            continue
        player = int(player_of[tree.feature[node]])
        for child, left in ((int(tree.right[node]), False), (int(tree.left[node]), True)):
            steps, share = path.get(player, ((), 1.0))
            part = float(tree.cover[child] / tree.cover[node]) if tree.cover[node] > 0 else 0.5
            todo.append((child, {**path, player: ((*steps, (node, left)), share * part)}))
    return found


def independent_weights(shares: Floats) -> Floats:
    """Return the weight of each pattern when its bits are independent, shape (n_leaves, 2^D).

    Parameters
    ----------
    shares : ndarray, shape (n_leaves, D)
        Probability that each bit is 1; bit i counts 2^i.

    Examples
    --------
    >>> independent_weights(np.array([[0.5, 0.25]])).tolist()
    [[0.375, 0.375, 0.125, 0.125]]
    """
    out = np.ones((len(shares), 1))
    for share in shares.T:
        out = np.hstack([out * (1 - share[:, None]), out * share[:, None]])
    return out


def leaf_tables(weights: Floats) -> Floats:
    """Return what each player adds at each pattern of a row, shape (n_leaves, D, 2^D).

    Parameters
    ----------
    weights : ndarray, shape (n_leaves, 2^D)
        Of the background's patterns; bit i counts 2^i.

    Examples
    --------
    >>> leaf_tables(np.array([[0.25, 0.75]])).tolist()
    [[[-0.75, 0.25]]]
    """
    n, size = weights.shape
    depth = size.bit_length() - 1
    out = np.zeros((n, depth, size))
    for t, share in zip(*_quadrature(depth), strict=True):
        filled = _filled(weights, depth, t)
        for bit in range(depth):
            out[:, bit] += share * _derivative(filled, bit, t)
    return out


def pair_tables(weights: Floats) -> Floats:
    """Return the Shapley interaction index of each pair at each pattern of a row.

    Shape (n_leaves, D(D-1)/2, 2^D); pairs (0, 1), (0, 2), …, (1, 2), …. The index is the integral
    of the second derivative (Grabisch and Roubens 1999, doi:10.1007/s001820050125).

    Parameters
    ----------
    weights : ndarray, shape (n_leaves, 2^D)
    """
    n, size = weights.shape
    depth = size.bit_length() - 1
    pairs = [(i, j) for i in range(depth) for j in range(i + 1, depth)]
    out = np.zeros((n, len(pairs), size))
    for t, share in zip(*_quadrature(depth), strict=True):
        filled = _filled(weights, depth, t)
        for place, (i, j) in enumerate(pairs):
            out[:, place] += share * _derivative(_derivative(filled, i, t), j, t)
    return out


def _quadrature(depth: int) -> tuple[Floats, Floats]:
    """Return points in (0, 1) and weights that integrate polynomials of degree depth - 1."""
    points, shares = np.polynomial.legendre.leggauss(max(1, (depth + 1) // 2))
    return (points + 1) / 2, shares / 2


def _filled(weights: Floats, depth: int, t: float) -> Floats:
    """Return F(t, …, t) for every pattern of a row."""
    made = weights.copy()
    for bit in range(depth):
        view = made.reshape(len(made), -1, 2, 2**bit)
        view[:, :, 1] += t * view[:, :, 0]
        view[:, :, 0] = (view[:, :, 1] - t * view[:, :, 0]) * (1 - t)
    return made


def _derivative(filled: Floats, bit: int, t: float) -> Floats:
    """Return ∂F/∂z of one bit: x - b in place of its factor z x + (1 - z) b."""
    out = np.empty_like(filled)
    view = filled.reshape(len(filled), -1, 2, 2**bit)
    into = out.reshape(view.shape)
    held = view[:, :, 0] / (1 - t)  # weight of the background rows whose bit is 1
    np.negative(held, out=into[:, :, 0])
    into[:, :, 1] = (view[:, :, 1] - held) / t
    return out
