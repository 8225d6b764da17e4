"""Constrained weighted least squares, for designs too large for a kernel."""

import numpy as np
from numpy.typing import NDArray
from scipy import linalg  # pyright: ignore[reportMissingTypeStubs]

from assay.explainability.shapley.design import Design
from assay.explainability.shapley.regression import Fitted

Floats = NDArray[np.float64]


def apply_least_squares(design: Design, odd: Floats, noise: Floats | None = None) -> Fitted:
    """Return attributions by KernelSHAP's regression over pairs, with sandwich standard errors.

    The pair of S and its complement weighs k(s)/p with Shapley's kernel
    k(s) = 1/(C(n, s) s (n − s)) and p the share of the pairs of that size that are in the
    design; Σφ = v(N) − v(∅) holds exactly.

    Parameters
    ----------
    design : Design
        At least as many pairs as players, less one.
    odd : ndarray, shape (n_pairs + 1, n_columns)
        [v(S) − v(Sᶜ)]/2; the last line is the full coalition.
    noise : ndarray, shape (n_columns,), optional
        Variance of a value between two calls of the model.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the design does not determine the attributions.

    References
    ----------
    Lundberg and Lee 2017, NeurIPS; Covert and Lee 2021, AISTATS (pairs, standard errors).
    """
    x = design.on - 0.5
    n = design.n_players
    weights = _kernel_weights(design)
    gram = x.T @ (x * weights[:, None])
    factor = linalg.cho_factor(gram, lower=True, check_finite=False)
    if np.diag(factor[0]).min() < 1e-7 * np.diag(factor[0]).max():
        msg = "the design does not determine the attributions"
        raise np.linalg.LinAlgError(msg)
    influence = linalg.cho_solve(factor, (x * weights[:, None]).T, check_finite=False)
    ones = linalg.cho_solve(factor, np.ones(n), check_finite=False)
    influence -= ones[:, None] * influence.sum(axis=0) / ones.sum()
    values = influence @ odd[:-1] + ones[:, None] * (2 * odd[-1]) / ones.sum()
    residuals = odd[:-1] - x @ values
    freedom = max(design.n_pairs - n + 1, 1)
    unseen = 1 - design.inclusion
    share = design.n_pairs / freedom
    spread = (influence**2 * unseen) @ residuals**2 * share
    if noise is not None:
        spread = spread + noise * ((influence**2).sum(axis=1)[:, None] / 2 + 2 / n**2)
    size = (odd[:-1] ** 2).sum(axis=0)
    squares = (residuals**2).sum(axis=0) * share
    misfit = np.divide(squares, size, out=np.zeros_like(size), where=size > 0)
    return Fitted(values, np.sqrt(spread), misfit)


def _kernel_weights(design: Design) -> Floats:
    """Return k(s)/p of each pair, the largest as 1; C(n, s) is in both and cancels."""
    n, size = design.n_players, design.on.sum(axis=1)
    size = np.minimum(size, n - size)
    count = np.bincount(size)[size]
    halves = np.where(2 * size == n, 0.5, 1.0)
    empty = size == 0  # where a design is looked at for some of its players
    weights = np.where(empty, 0.0, halves / np.where(empty, 1, count * size * (n - size)))
    return weights / weights.max()
