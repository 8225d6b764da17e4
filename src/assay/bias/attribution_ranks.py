"""How far two groups rank the features alike: 1 − NDCG, with a test and an interval."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.bias.attribution_sums import Side
from assay.bias.measurement import Measurement
from assay.stats.interval import Interval
from assay.stats.percentile import bca_interval

Floats = NDArray[np.float64]
N_DRAWS = 2_000
_ALIKE = 1e-12


def one_minus_ndcg(ranked_by: Floats, gains: Floats) -> Floats:
    """Return how much worse one ranking of features serves than the best one.

    Parameters
    ----------
    ranked_by : ndarray of float, shape (..., n_features)
        Importances whose order is scored; of equal ones the mean over their orders is taken.
    gains : ndarray of float, shape (..., n_features)
        Importances that it is scored on, not negative.

    Returns
    -------
    ndarray of float, shape (...)
        In [0, 1); 0 where all gains are zero.

    References
    ----------
    Järvelin and Kekäläinen 2002, ACM TOIS 20:422, doi:10.1145/582415.582418.

    Examples
    --------
    >>> float(one_minus_ndcg(np.array([3.0, 2.0, 1.0]), np.array([0.9, 0.5, 0.1])))
    0.0
    """
    k = gains.shape[-1]
    discount = 1 / np.log2(np.arange(2, k + 2))
    upto = np.r_[0.0, np.cumsum(discount)]
    above = np.sum(ranked_by[..., None, :] > ranked_by[..., :, None], axis=-1)
    alike = np.sum(ranked_by[..., None, :] == ranked_by[..., :, None], axis=-1)
    weight = (upto[above + alike] - upto[above]) / alike
    got = np.sum(gains * weight, axis=-1)
    best = np.sum(-np.sort(-gains, axis=-1) * discount, axis=-1)
    ratio = np.divide(got, best, out=np.ones_like(best), where=best > 0)
    return np.where(1 - ratio < _ALIKE, 0.0, 1 - ratio)


def rank_disagreement(
    a: Side, d: Side, *, seed: int = 0, warnings: tuple[str, ...] = ()
) -> Measurement:
    """Score facet a's ranking of the features on facet d's importances.

    Parameters
    ----------
    a, d : Side
        With at least one row each.
    seed : int
    warnings : tuple of str

    Returns
    -------
    Measurement
        1 − NDCG. Its p-value is of the test that both groups have the same importances; where
        that does not reject, the interval reaches down to 0.
    """
    value = float(one_minus_ndcg(a.mean, d.mean))
    told = {"n": a.n + d.n, "n_group": d.n, "n_rest": a.n, "seed": seed, "warnings": warnings}
    if min(a.n, d.n) < 2:
        return Measurement(value=value, reason="one row has no spread to draw from", **told)
    rng = np.random.default_rng(seed)
    spread_a, spread_d = _draws(a, rng), _draws(d, rng)
    drawn = one_minus_ndcg(_not_below(a.mean + spread_a), _not_below(d.mean + spread_d))
    pooled = (a.n_effective * a.mean + d.n_effective * d.mean) / (a.n_effective + d.n_effective)
    null = one_minus_ndcg(_not_below(pooled + spread_a), _not_below(pooled + spread_d))
    p_value = float((1 + np.sum(null >= value - _ALIKE)) / (1 + len(null)))
    return Measurement(
        value=value,
        interval=partial(_interval, value, drawn, p_value),
        method="means drawn from their normal law; 0 where the test does not reject",
        p_value=p_value,
        **told,
    )


def _draws(side: Side, rng: np.random.Generator) -> Floats:
    """Return how far the means are off in other samples, shape (n_draws, n_features)."""
    values, vectors = np.linalg.eigh(side.covariance)
    scale = vectors * np.sqrt(np.maximum(values, 0.0))
    return rng.standard_normal((N_DRAWS, len(side.mean))) @ scale.T


def _not_below(means: Floats) -> Floats:
    return np.maximum(means, 0.0)


def _interval(value: float, drawn: Floats, p_value: float, level: float) -> Interval:
    # Near ties in a ranking make jumps, at which neither kind of percentiles holds by itself.
    moved = bca_interval(value, drawn, level=level)
    plain = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    low = min(moved.low, float(plain[0])) if p_value <= 1 - level else 0.0
    return Interval(low, max(moved.high, float(plain[1]))).around(value).clipped(0.0, 1.0)
