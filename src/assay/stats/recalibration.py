"""Logistic recalibration: outcomes regressed on the logit of their probability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.stats.special import logistic

Floats = NDArray[np.float64]
_MAX_STEPS = 50
_CONVERGED = 1e-10
_COARSE = 2_000


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """Coefficients and what one unit of weight at each level adds to them.

    Parameters
    ----------
    coefficients : ndarray of float, shape (n_terms,)
    influence_positive, influence_negative : ndarray of float, shape (n_levels, n_terms)
        Per unit of weight; weighted by the rows, both together sum to 0.
    """

    coefficients: Floats
    influence_positive: Floats
    influence_negative: Floats


def fit_logistic(
    positive: Floats, negative: Floats, design: Floats, offset: Floats
) -> LogisticFit | None:
    """Fit logit P(y = 1) = offset + design · coefficients by Newton's method.

    Parameters
    ----------
    positive, negative : ndarray of float, shape (n_levels,)
        Weight of positives and negatives at each level.
    design : ndarray of float, shape (n_levels, n_terms)
    offset : ndarray of float, shape (n_levels,)

    Returns
    -------
    LogisticFit or None
        None when the classes are separable, or the terms are not independent: no finite optimum.

    Examples
    --------
    >>> fit = fit_logistic(np.array([3.0]), np.array([1.0]), np.ones((1, 1)), np.zeros(1))
    >>> round(float(fit.coefficients[0]), 4)
    1.0986
    """
    start = np.zeros(design.shape[1])
    if len(offset) > 2 * _COARSE:
        coarse = _gathered(positive, negative, design, offset)
        fit = _newton(*coarse, start)
        start = start if fit is None else fit.coefficients
    return _newton(positive, negative, design, offset, start)


def _gathered(
    positive: Floats, negative: Floats, design: Floats, offset: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return every so many levels in one, at their mean: where to start from."""
    edges = np.linspace(0, len(offset), _COARSE, endpoint=False).astype(np.int64)
    counts = np.diff(np.append(edges, len(offset)))
    sums = [np.add.reduceat(part, edges) for part in (positive, negative)]
    middle = np.add.reduceat(design, edges) / counts[:, None]
    return sums[0], sums[1], middle, np.add.reduceat(offset, edges) / counts


def _newton(
    positive: Floats, negative: Floats, design: Floats, offset: Floats, start: Floats
) -> LogisticFit | None:
    total = positive + negative
    beta = start
    best = _log_likelihood(positive, negative, offset + design @ beta)
    for _ in range(_MAX_STEPS):
        p = logistic(offset + design @ beta)
        gradient = design.T @ (positive - total * p)
        information = (design * (total * p * (1 - p))[:, None]).T @ design
        if np.linalg.cond(information) > 1e14:
            return None
        step: Floats = np.linalg.solve(information, gradient).astype(np.float64)
        beta, best, moved = _damped(positive, negative, design, offset, beta, step, best)
        if moved < _CONVERGED * (1 + float(np.abs(beta).max())):
            p = logistic(offset + design @ beta)
            information = (design * (total * p * (1 - p))[:, None]).T @ design
            inverse = np.linalg.inv(information)
            scaled = design @ inverse
            return LogisticFit(beta, scaled * (1 - p)[:, None], scaled * (-p)[:, None])
    return None


def _damped(
    positive: Floats,
    negative: Floats,
    design: Floats,
    offset: Floats,
    beta: Floats,
    step: Floats,
    best: float,
) -> tuple[Floats, float, float]:
    """Return the coefficients after a step that was halved until the likelihood grew."""
    for _ in range(30):
        tried = beta + step
        found = _log_likelihood(positive, negative, offset + design @ tried)
        if found >= best - 1e-12 * abs(best):
            return tried, found, float(np.abs(step).max())
        step = step / 2
    return beta, best, 0.0


def _log_likelihood(positive: Floats, negative: Floats, eta: Floats) -> float:
    both = positive + negative
    return float(np.dot(positive, eta) - np.dot(both, np.logaddexp(0.0, eta)))
