"""Rates of many small groups in, rates that lend each other strength out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
METHOD = "partial pooling towards the main effects, hierarchical logit"
_SPREADS = np.array([0.0, 0.1, 0.2, 0.35, 0.55, 0.8, 1.2, 1.8, 2.7])
_COEFFICIENT_SPREADS = np.array([0.1, 0.3, 0.7, 1.4, 2.5])
_INTERCEPT_SPREAD = 5.0
_SCALE = 2.5
_STEPS = 40
_CLOSE = 1e-7
_LARGEST_STEP = 2.0
_BISECTIONS = 45
_FARTHEST = 30.0
_LEAST_WEIGHT = 1e-9
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)


@dataclass(frozen=True, eq=False)
class PooledRates:
    """The rates of groups after partial pooling; all arrays of shape (n_groups,).

    Parameters
    ----------
    value : ndarray of float
        Posterior mean of each group's rate.
    low, high : ndarray of float
        Ends of the interval with equal posterior tails.
    expected : ndarray of float
        What the design alone predicts, the group's own rows given no weight of their own.
    shrinkage : ndarray of float
        Share of `expected` in `value`, from 0 (the group's own rate) to 1 (no rows).
    level : float
    """

    value: Floats
    low: Floats
    high: Floats
    expected: Floats
    shrinkage: Floats
    level: float


def pool_rates(
    successes: Floats, trials: Floats, design: Floats | None = None, *, level: float = 0.95
) -> PooledRates:
    """Pool the rates of groups partially: the fewer rows, the more of what the design predicts.

    On the logit scale each rate is what the design predicts (for intersections the main effects
    of their parts, without a design the mean of all) and a normal deviation of its own. How large
    deviations and main effects are is learnt from the groups: the posterior is averaged over a
    grid of both spreads, by how well each explains the groups and half-Cauchy priors of scale 2.5.
    Intervals therefore allow for what plain empirical Bayes takes as known. Within the grid the
    posterior is Laplace's normal approximation.

    Parameters
    ----------
    successes, trials : ndarray of float, shape (n_groups,)
        Successes among trials; of weighted rows or units, effective ones. A group may have none.
    design : ndarray of float or None, shape (n_groups, n_columns)
        Columns beside the intercept, which is added; None for the grand mean.
    level : float
        Coverage, in (0, 1): on average over groups.

    Returns
    -------
    PooledRates

    References
    ----------
    Kass and Steffey 1989, JASA 84:717, doi:10.1080/01621459.1989.10478825 (hierarchical models);
    Gelman 2006, Bayesian Analysis 1:515, doi:10.1214/06-BA117A (priors of spreads); Breslow and
    Clayton 1993, JASA 88:9, doi:10.1080/01621459.1993.10594284 (the fit).

    Examples
    --------
    >>> pooled = pool_rates(np.array([0.0, 30.0, 50.0]), np.array([2.0, 100.0, 100.0]))
    >>> bool(0.1 < pooled.value[0] < 0.5), bool(0.28 < pooled.value[1] < 0.34)
    (True, True)
    """
    n_groups = len(trials)
    matrix = np.column_stack([np.ones(n_groups), *([] if design is None else [design])])
    grid = _grid(matrix.shape[1])
    fit = _fit(successes, trials, matrix, grid)
    log_chance = fit.evidence + np.log(grid.prior)
    chance = np.exp(log_chance - log_chance.max())
    chance /= chance.sum()
    value = chance @ _mean_rate(fit.logit, fit.error)
    tail = (1 - level) / 2
    low, high = (
        special.expit(_mixture_quantile(fit.logit, fit.error, chance, share))
        for share in (tail, 1 - tail)
    )
    return PooledRates(
        value=value,
        low=np.minimum(low, value),
        high=np.maximum(high, value),
        expected=chance @ special.expit(fit.expected),
        shrinkage=chance @ fit.shrinkage,
        level=level,
    )


@dataclass(frozen=True, eq=False)
class _Grid:
    """Spreads of deviations and of coefficients, with their prior chances; (n_points,)."""

    deviation: Floats
    coefficient: Floats
    prior: Floats


def _grid(n_columns: int) -> _Grid:
    coefficients = _COEFFICIENT_SPREADS if n_columns > 1 else np.ones(1)
    deviation, coefficient = np.meshgrid(_SPREADS, coefficients, indexing="ij")
    prior = np.outer(_half_cauchy(_SPREADS), _half_cauchy(coefficients))
    return _Grid(deviation.ravel(), coefficient.ravel(), prior.ravel())


def _half_cauchy(at: Floats) -> Floats:
    """Return the prior mass around each point: density times the stretch that it stands for."""
    edges = np.concatenate([[0.0], (at[1:] + at[:-1]) / 2, [2 * at[-1] - at[-2:].mean()]])
    return np.diff(edges) / (1 + (at / _SCALE) ** 2) if len(at) > 1 else np.ones(1)


@dataclass(frozen=True, eq=False)
class _Fit:
    """For each point of the grid the posterior of the logits, shape (n_points, n_groups)."""

    logit: Floats
    error: Floats
    expected: Floats
    shrinkage: Floats
    evidence: Floats


def _fit(s: Floats, n: Floats, matrix: Floats, grid: _Grid) -> _Fit:
    """Find the mode of deviations and coefficients at all points of the grid at once."""
    n_points, n_columns = len(grid.prior), matrix.shape[1]
    precision = np.repeat(grid.coefficient[:, None] ** -2.0, n_columns, axis=1)
    precision[:, 0] = _INTERCEPT_SPREAD**-2.0
    tau2 = grid.deviation[:, None] ** 2
    start = (s.sum() + 0.5) / (n.sum() + 1)
    logit = np.full((n_points, len(n)), np.log(start / (1 - start)))
    expected, beta = logit, np.zeros((n_points, n_columns))
    for _ in range(_STEPS):
        w = _weights(n, logit)
        pull = w / (1 + w * tau2)
        work = logit + (s - n * special.expit(logit)) / w
        inverse = np.linalg.inv(_information(matrix, pull, precision))
        beta = np.einsum("gab,ga->gb", inverse, (pull * work) @ matrix)
        expected = beta @ matrix.T
        own = w * tau2 / (1 + w * tau2)
        step = own * work + (1 - own) * expected - logit
        logit = logit + np.clip(step, -_LARGEST_STEP, _LARGEST_STEP)
        if np.abs(step).max() < _CLOSE:
            break
    w = _weights(n, logit)
    pull, own = w / (1 + w * tau2), w * tau2 / (1 + w * tau2)
    information = _information(matrix, pull, precision)
    inverse = np.linalg.inv(information)
    open_ = np.einsum("ka,gab,kb->gk", matrix, inverse, matrix)
    error = np.sqrt(own / w + (1 - own) ** 2 * open_)
    deviation = np.where(tau2 > 0, (logit - expected) ** 2 / np.where(tau2 > 0, tau2, 1.0), 0.0)
    evidence = (
        (s * logit - n * np.logaddexp(0.0, logit)).sum(axis=1)
        - 0.5 * (deviation + np.log1p(w * tau2)).sum(axis=1)
        - 0.5 * (precision * beta**2 - np.log(precision)).sum(axis=1)
        - 0.5 * np.linalg.slogdet(information)[1]
    )
    return _Fit(logit, error, expected, 1 - own, evidence)


def _weights(n: Floats, logit: Floats) -> Floats:
    """Return the information of each group's rows about its logit."""
    mean = special.expit(logit)
    return np.maximum(n * mean * (1 - mean), _LEAST_WEIGHT)


def _information(matrix: Floats, pull: Floats, precision: Floats) -> Floats:
    """Return that of the coefficients, shape (n_points, n_columns, n_columns)."""
    weighed = matrix.T[None] * pull[:, None, :]
    return weighed @ matrix + precision[:, :, None] * np.eye(matrix.shape[1])


def _mean_rate(logit: Floats, error: Floats) -> Floats:
    """Return the mean of the rate whose logit is normal, by Gauss and Hermite."""
    rates = special.expit(logit[..., None] + error[..., None] * _NODES)
    return rates @ (_NODE_WEIGHTS / _NODE_WEIGHTS.sum())


def _mixture_quantile(mean: Floats, error: Floats, chance: Floats, share: float) -> Floats:
    """Return where mixtures of normal laws have a share of their mass below, (n_groups,)."""
    low, high = np.full(mean.shape[1], -_FARTHEST), np.full(mean.shape[1], _FARTHEST)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = chance @ special.ndtr((middle - mean) / error) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
