"""Interactions of the rows of a design, with hyper-parameters that can be kept."""

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.design import Design
from assay.explainability.shapley.interactions import fit_interactions, prepare_interactions
from assay.explainability.shapley.pair_prior import PairPrior
from assay.explainability.shapley.run import Memory

Floats = NDArray[np.float64]
MOST_PAIRS = 2000
"""Of larger designs the beginning is used."""


def pair_indices(
    design: Design,
    even: Floats,
    relevances: Floats | None,
    memory: Memory,
    key: str,
    *,
    noisy: bool = False,
) -> Floats:
    """Return the Shapley interaction index of each pair of players.

    Parameters
    ----------
    design : Design
    even : ndarray, shape (n_pairs + 1, n_columns)
        [v(S) + v(Sᶜ)]/2; the last line is the full coalition.
    relevances : ndarray, shape (n_players,), or None
        What the attributions found of the players.
    memory : Memory
    key : str
        Under which the prior is found again.
    noisy : bool
        Whether the model gives different answers to the same question.

    Returns
    -------
    ndarray, shape (n_columns, n_players, n_players)
    """
    signs = design.signs
    if len(signs) > MOST_PAIRS:
        rows = np.append(np.arange(MOST_PAIRS - 1), len(signs) - 1)
        signs, even = signs[rows], even[rows]
    kept = memory.find(key)
    if kept is not None:
        return prepare_interactions(signs > 0, PairPrior.from_dict(kept)).indices(even)
    tried = () if relevances is None else (relevances,)
    fitted = fit_interactions(signs > 0, even, tried, noisy=noisy)
    memory.put(key, fitted.prior.to_dict())
    return fitted.indices(even)
