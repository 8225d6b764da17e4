"""Gradients of torch modules: integrated from background rows to the explained ones.

These are Aumann-Shapley values, not Shapley values: the path from a background row to the
explained one is the straight line, on which all inputs move together, instead of the corners where
each is switched. Both add up to the difference of the scores; they agree where the score is a sum
over the inputs (or over products of pairs of them).

References
----------
Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks", ICML, arXiv:1703.01365.
Over many background rows: Erion et al. 2021, "expected gradients", doi:10.1038/s42256-021-00343-w.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.computed import Computed, membership
from assay.explainability.deeplift import deeplift
from assay.explainability.differentiable import (
    BATCH,
    Network,
    NoGradientError,
    by_column,
    read_network,
    scores_of,
)
from assay.explainability.scores import Scores
from assay.models.native import Native
from assay.models.torch_module import evaluating

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float64]
POINTS = 32
MOST_POINTS = 512
GAP = 0.01
"""Largest incompleteness, as a share of the difference of the scores, that is called complete."""
FLOOR = 1e-3
"""Differences of scores below this share of their spread over the background count as it."""
MOST_BACKGROUND = 50


def gradient_values(
    native: Native | None,
    rows: Any,  # noqa: ANN401  any container
    background: Any,  # noqa: ANN401
    weights: Floats,
    players: Sequence[tuple[int, ...]],
    scores: Scores,
    *,
    embedding: "torch.nn.Module | None" = None,
    way: str = "integrated gradients",
    seed: int = 0,
) -> Computed | str:
    """Return gradients integrated from the background to each row, or why there are none.

    Gauss-Legendre with 32 points, doubled for rows that do not add up to within 1 %, at most 512;
    what is left is spread over the players in proportion to their absolute values, and told as
    `Computed.errors`.

    Parameters
    ----------
    native : Native or None
        What is inside the Predictor; it must be a torch module that takes one tensor.
    rows, background : tables in the model's container
    weights : ndarray, shape (n_background,)
        Their sum is 1. Of more than 50 background rows 50 are drawn by them.
    players : sequence of tuple of int
        Places of the columns of each player, whose values are summed.
    scores : Scores
    embedding : torch.nn.Module or None
        A part of the module, asked once with codes of categories, shape (n, n_columns): its
        output is moved, and the values are summed over its last axis.
    way : {"integrated gradients", "DeepLIFT"}
        DeepLIFT needs captum.
    seed : int
        Of the draw of background rows.
    """
    try:
        network = read_network(native, rows, scores, embedding)
        kept, shares = _drawn(weights, seed)
        with evaluating(network.module):
            here = network.inputs(rows)
            there = network.inputs(background)[kept]
            found, gaps = _attributions(network, here, there, shares, way)
            predictions, base = scores_of(network, here), scores_of(network, there)
    except NoGradientError as error:
        return str(error)
    owned = membership(list(players), found.shape[1])
    missing = np.flatnonzero(owned.sum(axis=1) != 1)
    if len(missing):
        return f"{len(missing)} of its columns do not belong to exactly one player"
    values = np.einsum("rco,cp->rpo", found, owned)
    start = shares @ base
    left = predictions - start - values.sum(axis=1)
    values = spread(values, left)
    wide = gaps > GAP
    notes = [f"{int(wide.sum())} rows add up only to {gaps.max():.1%}"] if wide.any() else []
    if len(kept) < len(weights):
        notes.append(f"{len(kept)} of {len(weights):,} background rows were drawn")
    return Computed(
        values=values,
        base=np.tile(start, (len(values), 1)),
        predictions=predictions,
        method=f"{way} (Aumann-Shapley values, not Shapley values)"
        if way == "integrated gradients"
        else f"{way} (rules for the parts of the network, not Shapley values)",
        value_function="gradients",
        reason=f"{way} were asked for",
        exact=False,
        left=np.zeros(len(values), dtype=bool),
        errors=np.abs(left).max(axis=1, initial=0.0),
        notes=tuple(notes),
    )


def _drawn(weights: Floats, seed: int) -> tuple[NDArray[np.intp], Floats]:
    """Return which background rows are used, and their weights."""
    if len(weights) <= MOST_BACKGROUND:
        return np.arange(len(weights)), weights
    draw = np.random.default_rng(seed)
    kept = np.sort(draw.choice(len(weights), MOST_BACKGROUND, p=weights))
    return kept, np.full(MOST_BACKGROUND, 1 / MOST_BACKGROUND)


def _attributions(
    network: Network, here: "torch.Tensor", there: "torch.Tensor", shares: Floats, way: str
) -> tuple[Floats, Floats]:
    """Return values by column, shape (n_rows, n_columns, n_outputs), and the gap of each row."""
    if way == "DeepLIFT":
        found = deeplift(network, here, there, shares)
        gaps = _gaps(network, here, there, shares, found)
        if (gaps > GAP).any():
            msg = (
                f"DeepLIFT adds up only to {gaps.max():.0%}: it sees activations that are modules "
                "of their own, each used once"
            )
            raise NoGradientError(msg)
        return found, gaps
    points = POINTS
    found = integrated(network, here, there, shares, points)
    gaps = _gaps(network, here, there, shares, found)
    while points < MOST_POINTS and (gaps > GAP).any():
        points *= 2
        again = np.flatnonzero(gaps > GAP)
        found[again] = integrated(network, here[again], there, shares, points)
        gaps[again] = _gaps(network, here[again], there, shares, found[again])
    return found, gaps


def integrated(
    network: Network, here: "torch.Tensor", there: "torch.Tensor", shares: Floats, points: int
) -> Floats:
    """Return the integral of the gradient along the lines from the background, by column.

    Parameters
    ----------
    network : Network
    here, there : tensors
        Inputs of the explained rows and of the background.
    shares : ndarray, shape (n_background,)
    points : int
        Of Gauss-Legendre quadrature.

    Returns
    -------
    ndarray, shape (n_rows, n_columns, n_outputs)
    """
    at, how_much = np.polynomial.legendre.leggauss(points)
    parts: list[Floats] = []
    for some in here.split(max(1, BATCH // len(there))):
        x, b = network.start(some), network.start(there)
        pairs = some.repeat_interleave(len(b), dim=0)
        step = x.repeat_interleave(len(b), dim=0) - b.repeat(len(x), *[1] * (b.ndim - 1))
        begin = b.repeat(len(x), *[1] * (b.ndim - 1))
        total: Floats | int = 0
        for t, share in zip((at + 1) / 2, how_much / 2, strict=True):
            total = total + share * _slopes(network, begin + float(t) * step, pairs, step)
        shaped = np.reshape(total, (len(x), len(b), *np.shape(total)[1:]))
        parts.append(np.einsum("rbco,b->rco", shaped, shares))
    return np.concatenate(parts)


def _slopes(
    network: Network, point: "torch.Tensor", tensor: "torch.Tensor", step: "torch.Tensor"
) -> Floats:
    """Return gradient × step at points, shape (n, n_columns, n_outputs)."""
    import torch

    point = point.detach().requires_grad_(True)
    with torch.enable_grad():
        scores = network.scores(point, tensor)
        each: list[Floats] = []
        for output in range(scores.shape[1]):
            more = output + 1 < scores.shape[1]
            (slope,) = torch.autograd.grad(scores[:, output].sum(), point, retain_graph=more)
            each.append(by_column(network, slope * step, tensor))
    return np.stack(each, axis=2)


def _gaps(
    network: Network, here: "torch.Tensor", there: "torch.Tensor", shares: Floats, found: Floats
) -> Floats:
    """Return how much of the difference of scores is not attributed, the most of all outputs."""
    base = scores_of(network, there)
    mean = shares @ base
    sd = np.sqrt(shares @ (base - mean) ** 2)
    wanted = scores_of(network, here) - mean
    floor = np.maximum(FLOOR * sd, np.finfo(np.float32).eps * (1 + np.abs(mean)))
    gaps = np.abs(found.sum(axis=1) - wanted) / np.maximum(np.abs(wanted), floor)
    return gaps.max(axis=1, initial=0.0)


def spread(values: Floats, left: Floats) -> Floats:
    """Return values that add up: what is left goes to the players by their absolute values.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_players, n_outputs)
    left : ndarray, shape (n_rows, n_outputs)

    Examples
    --------
    >>> spread(np.array([[[3.0], [-1.0]]]), np.array([[0.4]])).ravel().round(6).tolist()
    [3.3, -0.9]
    """
    size = np.abs(values)
    total = size.sum(axis=1, keepdims=True)
    even = np.full_like(values, 1 / max(values.shape[1], 1))
    share = np.where(total > 0, size / np.where(total > 0, total, 1.0), even)
    return values + share * left[:, None, :]
