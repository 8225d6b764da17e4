"""Attributions of many rows in; one number for each player, with its standard error, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.mean import mean_interval
from assay.stats.quantile import quantile_interval, weighted_median
from assay.stats.special import error_function

Floats = NDArray[np.float64]
Aggregation = Literal["mean_abs", "median", "mean_sq", "mean", "median_abs"]
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)
SIGNED: tuple[Aggregation, ...] = ("median", "mean")
NOISY = 0.3
"""Standard error over |attribution| from which on the mean of |attribution| is too large."""


@dataclass(frozen=True, eq=False)
class Aggregated:
    """One number for each player.

    Parameters
    ----------
    values : ndarray, shape (n_players,)
    errors : ndarray or None, shape (n_players,)
        Standard errors over rows and the choice of coalitions; None of medians, whose intervals
        are made from order statistics.
    lows, highs : ndarray or None, shape (n_players,)
        Ends of the intervals; None with a single row.
    corrected : ndarray, shape (n_players,)
        What was taken off because noise makes squares and absolute values larger.
    terms : ndarray, shape (n_rows, n_players)
        What was averaged.
    noise : ndarray, shape (n_players,)
        Part of the standard error that comes from the choice of coalitions, at its largest.
    """

    values: Floats
    errors: Floats | None
    lows: Floats | None
    highs: Floats | None
    corrected: Floats
    terms: Floats
    noise: Floats


def check_aggregation(name: str) -> Aggregation:
    """Return the name of an aggregation.

    Raises
    ------
    InputError
        If there is no such aggregation.
    """
    for known in AGGREGATIONS:
        if name == known:
            return known
    msg = f"unknown aggregation {name!r}; choose one of: {', '.join(AGGREGATIONS)}"
    raise InputError(msg)


def check_weights(weights: Sequence[float] | Floats | None, n_rows: int) -> Floats:
    """Return row weights as an array; ones where none are given.

    Raises
    ------
    InputError
        If their number is another, one is negative or not finite, or all are 0.
    """
    if weights is None:
        return np.ones(n_rows)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (n_rows,) or not np.isfinite(given).all() or (given < 0).any():
        msg = f"row weights must be {n_rows} finite numbers of 0 or more, one a row"
        raise InputError(msg)
    if n_rows and given.sum() <= 0:
        msg = "all row weights are 0; give at least one row some weight"
        raise InputError(msg)
    return given


def aggregate(
    values: Floats, how: Aggregation = "mean_abs", weights: Floats | None = None
) -> Floats:
    """Aggregate attributions over rows, as they are.

    Parameters
    ----------
    values : ndarray, shape (n_rows, ...)
        At least one row.
    how : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
        `median` keeps the sign, as SageMaker Clarify's does.
    weights : ndarray or None, shape (n_rows,)

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> phi = np.array([[1.0, -2.0], [-3.0, -4.0]])
    >>> [aggregate(phi, how).tolist() for how in ("mean_abs", "median", "mean_sq")]
    [[2.0, 3.0], [-1.0, -3.0], [5.0, 10.0]]
    """
    weight = np.ones(len(values)) if weights is None else weights
    terms = _terms(values, how)
    if how.startswith("mean"):
        return np.asarray(np.tensordot(weight / weight.sum(), terms, axes=1), dtype=np.float64)
    flat = terms.reshape(len(terms), -1)
    medians = [_median(column, weight) for column in flat.T]
    return np.array(medians).reshape(terms.shape[1:])


def aggregate_with_errors(
    values: Floats,
    errors: Floats | None,
    how: Aggregation,
    weights: Floats,
    *,
    level: float = 0.95,
) -> Aggregated:
    """Aggregate attributions over rows and say how sure the result is.

    The variance of a mean is that of its terms over the number of rows, which holds the noise
    of each row's own coalitions, plus the square of the mean standard error: rows share one
    design of coalitions, so that their errors may all lie on the same side. From mean |φ| the
    estimated excess mean(E|φ+ε| - |φ|) of the rows with a standard error above 0.3 |φ| is taken
    off, from mean φ² the mean squared standard error.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_players)
    errors : ndarray or None, shape (n_rows, n_players)
        Standard errors from the choice of coalitions; None where the method has none.
    how : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}
    weights : ndarray, shape (n_rows,)
    level : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    Aggregated
    """
    share = weights / weights.sum()
    own = np.zeros_like(values) if errors is None else errors
    terms = corrected_terms(values, own, how)
    raw = aggregate(values, how, weights)
    noise = share @ (own * (2 * np.abs(values) if how == "mean_sq" else 1.0))
    if how in ("median", "median_abs"):
        lows, highs = _median_intervals(terms, weights, raw, noise, level)
        return Aggregated(raw, None, lows, highs, np.zeros(len(raw)), terms, noise)
    means = share @ terms
    if how != "mean":
        means = np.maximum(means, 0.0)
    taken = np.zeros_like(raw) if how == "mean" else raw - means
    if np.count_nonzero(weights) < 2:
        return Aggregated(means, None, None, None, taken, terms, noise)
    influence = share[:, None] * (terms - share @ terms)
    n = 1 / float(share @ share)
    squares = np.einsum("ij,ij->j", influence, influence) * n / max(n - 1, 1e-9)
    spread = np.sqrt(squares + noise**2)
    intervals = _mean_intervals(means, spread, influence, n, level)
    lows = np.array([each.low for each in intervals])
    highs = np.array([each.high for each in intervals])
    if how != "mean":
        lows = np.maximum(lows, 0.0)
    return Aggregated(means, spread, lows, highs, taken, terms, noise)


def corrected_terms(values: Floats, errors: Floats | None, how: Aggregation) -> Floats:
    """Return what is averaged, less what noise is expected to add to absolute values and squares.

    Parameters
    ----------
    values : ndarray
    errors : ndarray of the same shape, or None
        Standard errors; None where they are not known.
    how : {"mean_abs", "median", "mean_sq", "mean", "median_abs"}

    Returns
    -------
    ndarray of the same shape
    """
    terms = _terms(values, how)
    return terms if errors is None else terms - _excess(values, errors, how)


def _terms(values: Floats, how: Aggregation) -> Floats:
    if how in ("mean_abs", "median_abs"):
        return np.abs(values)
    return values**2 if how == "mean_sq" else values


def _excess(values: Floats, errors: Floats, how: Aggregation) -> Floats:
    """Return by how much noise is expected to enlarge each term."""
    if how == "mean_sq":
        return errors**2
    size = np.abs(values)
    noisy = errors > NOISY * size
    if how != "mean_abs" or not noisy.any():
        return np.zeros_like(values)
    scale = np.where(noisy, errors, 1.0)
    z = size / scale
    folded = scale * np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2)
    folded += size * error_function(z / np.sqrt(2))
    return np.where(noisy, np.maximum(folded - size, 0.0), 0.0)


def _mean_intervals(
    means: Floats, spread: Floats, influence: Floats, n: float, level: float
) -> list[Interval]:
    cubes = (influence**3).sum(axis=0)
    length = np.einsum("ij,ij->j", influence, influence)
    skew = np.where(length > 0, cubes / np.where(length > 0, length, 1.0) ** 1.5, 0.0)
    return [
        mean_interval(mean, error, skew=lean, freedom=max(n - 1, 1.0), level=level)
        for mean, error, lean in zip(means.tolist(), spread.tolist(), skew.tolist(), strict=True)
    ]


def _median(column: Floats, weight: Floats) -> float:
    order = np.argsort(column, kind="stable")
    kept = order[weight[order] > 0]
    return weighted_median(column[kept], weight[kept])


def _median_intervals(
    terms: Floats, weights: Floats, medians: Floats, noise: Floats, level: float
) -> tuple[Floats | None, Floats | None]:
    """Order statistics of the rows, widened for the noise that their errors may share."""
    if np.count_nonzero(weights) < 2:
        return None, None
    n = float(weights.sum() ** 2 / (weights @ weights))
    sure = two_sided_quantile(level)
    ends: list[Interval] = []
    for column, median, own in zip(terms.T, medians.tolist(), noise.tolist(), strict=True):
        order = np.argsort(column, kind="stable")
        order = order[weights[order] > 0]
        rows = quantile_interval(column[order], weights[order], 0.5, n_effective=n, level=level)
        down = sqrt((median - rows.low) ** 2 + (sure * own) ** 2)
        up = sqrt((rows.high - median) ** 2 + (sure * own) ** 2)
        ends.append(Interval(median - down, median + up))
    return np.array([each.low for each in ends]), np.array([each.high for each in ends])
