"""Interactions of the rows of a design, with hyper-parameters that can be kept."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.design import Design
from assay.explainability.shapley.interactions import (
    PairPrior,
    PairRegression,
    even_kernels,
    fit_interactions,
)
from assay.explainability.shapley.kernel import FLAT
from assay.explainability.shapley.run import Memory
from assay.explainability.shapley.tuning import factored
from assay.result import Json

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
        return _prepared(signs, _read(kept)).indices(even)
    tried = () if relevances is None else (relevances,)
    fitted = fit_interactions(signs > 0, even, tried, noisy=noisy)
    memory.put(key, _written(fitted.prior))
    return fitted.indices(even)


def _written(prior: PairPrior) -> dict[str, Json]:
    return {
        "relevances": prior.relevances.tolist(),
        "own": None if prior.own is None else prior.own.tolist(),
        "fourth": prior.fourth,
        "noise": prior.noise,
    }


def _read(kept: dict[str, Json]) -> PairPrior:
    own = kept["own"]
    return PairPrior(
        relevances=np.array(cast("list[float]", kept["relevances"])),
        own=None if own is None else np.array(cast("list[list[float]]", own)),
        fourth=float(cast("float", kept["fourth"])),
        noise=float(cast("float", kept["noise"])),
    )


def _prepared(signs: Floats, prior: PairPrior) -> PairRegression:
    second, fourth = even_kernels(signs, prior)
    factor = factored(FLAT + second + prior.fourth * fourth, prior.noise)
    if factor is None:
        msg = "the kernel of the even half has no Cholesky factor"
        raise np.linalg.LinAlgError(msg)
    return PairRegression(signs=signs, prior=prior, factor=factor)
