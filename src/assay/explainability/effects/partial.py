"""Partial dependence and individual curves: the mean score with one column set to each value."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.axis import Axis
from assay.explainability.effects.curves import ask_grid
from assay.explainability.effects.table import EffectTable
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
ROUNDING = 1e-12
"""Differences of scores smaller than this share of the largest score are none."""
KEPT = 1000
"""Curves kept at most, of which heterogeneity is measured and some are drawn."""


@dataclass(frozen=True, eq=False)
class PartialMeans:
    """A partial dependence with the curves that it is the mean of.

    Parameters
    ----------
    values : ndarray, shape (n_grid, n_outputs)
    standard_errors : ndarray or None, shape (n_grid, n_outputs)
        Of the shape of the curve over rows; None with one row.
    curves : ndarray, shape (n_kept, n_grid, n_outputs)
        Of up to 1,000 rows, spread evenly over those that were asked about.
    rows : ndarray of int, shape (n_kept,)
        Their places in the table.
    """

    values: Floats
    standard_errors: Floats | None
    curves: Floats
    rows: Index


def partial_means(
    scores: Scores,
    table: EffectTable,
    place: int,
    axis: Axis,
    index: Index,
    weights: Floats,
    *,
    centre: bool = False,
    progress: Callable[[int], None] | None = None,
) -> PartialMeans:
    """Set one column to each value of its grid and average over rows.

    The standard error is that of centred curves: each row's curve less its own mean over the
    grid (less its first value with `centre`), so that it tells how sure the shape is, whatever
    the level of the rows. With one grid value it is that of the mean score. A row counts in it
    with the square of its weight, so that weights may go with the shape of the curves.

    Parameters
    ----------
    scores : Scores
    table : EffectTable
    place : int
        The column.
    axis : Axis
    index : ndarray of int, shape (n,)
    weights : ndarray, shape (n,)
        Of these rows.
    centre : bool
        Give differences to the first grid value.
    progress : callable or None

    References
    ----------
    Friedman 2001, Annals of Statistics 29:1189, doi:10.1214/aos/1013203451; Goldstein et al.
    2015, Journal of Computational and Graphical Statistics 24:44,
    doi:10.1080/10618600.2014.907095, for centred individual curves.
    """
    n_grid, n_outputs = len(axis), len(scores.outputs)
    kept = np.unique(np.linspace(0, len(index) - 1, min(KEPT, len(index))).astype(np.intp))
    curves = np.empty((len(kept), n_grid, n_outputs))
    pivot, total, *sums = (np.zeros((n_grid, n_outputs)) for _ in range(5))
    for part, made in ask_grid(
        scores, table, index, {place: axis.column}, n_grid, progress=progress
    ):
        w = weights[part]
        own = np.flatnonzero((kept >= part.start) & (kept < part.stop))
        curves[own] = made[kept[own] - part.start]
        total += np.einsum("r,rgo->go", w, made)
        shape = centred(made, axis, at_first=centre)
        if part.start == 0:
            pivot = shape.mean(axis=0)
        shape = shape - pivot
        shape[np.abs(shape) <= ROUNDING * np.abs(made).max()] = 0.0
        sums[0] += np.einsum("r,rgo->go", w, shape)
        sums[1] += np.einsum("r,rgo->go", w**2, shape)
        sums[2] += np.einsum("r,rgo->go", w**2, shape**2)
    values = total / weights.sum()
    if centre:
        values, curves = values - values[:1], curves - curves[:, :1]
    return PartialMeans(values, _errors(sums[0], sums[1], sums[2], weights), curves, index[kept])


def centred(curves: Floats, axis: Axis, *, at_first: bool = False) -> Floats:
    """Return curves less their own mean over the grid, or less their first value.

    A missing value has no part in the mean; a curve of one value stays as it is.
    """
    if len(axis) == 1:
        return curves
    n_told = max(len(axis) - axis.has_missing, 1)
    level = curves[:, :1] if at_first else curves[:, :n_told].mean(axis=1, keepdims=True)
    shape = curves - level
    shape[np.abs(shape) <= ROUNDING * np.abs(curves).max(initial=0.0)] = 0.0
    return shape


def effective_rows(weights: Floats) -> float:
    """Return how many rows of equal weight tell as much."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _errors(first: Floats, squared: Floats, second: Floats, weights: Floats) -> Floats | None:
    """Return the standard error of Σwx / Σw from Σwx, Σw²x and Σw²x²; None from one row."""
    n, total = effective_rows(weights), weights.sum()
    if n <= 1 + 1e-9:
        return None
    mean = first / total
    spread = second - 2 * mean * squared + mean**2 * (weights**2).sum()
    return np.sqrt(np.maximum(spread, 0.0) * n / (n - 1)) / total
