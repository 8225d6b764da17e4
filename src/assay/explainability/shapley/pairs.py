"""Interactions of the rows of a design, with hyper-parameters that can be kept."""

import json
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.design import Design
from assay.explainability.shapley.interactions import (
    PairRegression,
    fit_interactions,
    prepare_interactions,
)
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
    noise: Floats,
) -> tuple[Floats, Floats]:
    """Return the Shapley interaction index of each pair of players, with standard errors.

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
    noise : ndarray, shape (n_columns,)
        Variance of a value between two calls.

    Returns
    -------
    tuple of two ndarrays, shape (n_columns, n_players, n_players)
    """
    rows = _rows(len(even))
    even = even[rows]
    if memory.find(key) is None:
        tried = () if relevances is None else (relevances,)
        fitted = fit_interactions(design.signs[rows] > 0, even, tried, noise=noise)
        memory.put(key, fitted.prior.to_dict())
    fitted = _prepared(design, json.dumps(memory.find(key)))
    return fitted.indices(even), fitted.standard_errors(even)


def _rows(n_rows: int) -> NDArray[np.intp]:
    """Return the places that are used, with that of the full coalition."""
    if n_rows <= MOST_PAIRS:
        return np.arange(n_rows)
    return np.append(np.arange(MOST_PAIRS - 1), n_rows - 1)


@lru_cache(maxsize=4)
def _prepared(design: Design, prior: str) -> PairRegression:
    """Solve a design once for all rows that share it, also those that come by much later."""
    signs = design.signs
    return prepare_interactions(
        signs[_rows(len(signs))] > 0, PairPrior.from_dict(json.loads(prior))
    )
