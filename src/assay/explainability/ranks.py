"""Importances in; the places in their order that each may have, and how orders agree, out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import two_sided_quantile
from assay.stats.multiple import bonferroni_level

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ranks:
    """Places in the order of importance; 1 is the most important.

    Parameters
    ----------
    rank, low, high : ndarray of int, shape (n_players,)
        Equal players have the same, smallest rank.
    """

    rank: Ints
    low: Ints
    high: Ints


def rank_of(sizes: Floats) -> Ints:
    """Return the rank of each size, 1 for the largest; equal sizes share the smallest rank.

    Examples
    --------
    >>> rank_of(np.array([0.2, 0.5, 0.2])).tolist()
    [2, 1, 2]
    """
    ordered = np.sort(-sizes)
    return (np.searchsorted(ordered, -sizes, side="left") + 1).astype(np.int64)


def ranks_by_rows(
    sizes: Floats, terms: Floats, weights: Floats, noise: Floats, *, level: float = 0.95
) -> Ranks:
    """Rank weighted means, with the range of ranks that paired differences leave open.

    A player is surely above another where the mean difference of their terms over the same rows
    is beyond its own bound. The bounds hold for all comparisons of one player together
    (Bonferroni).

    Parameters
    ----------
    sizes : ndarray, shape (n_players,)
        What is ranked.
    terms : ndarray, shape (n_rows, n_players)
        What was averaged.
    weights : ndarray, shape (n_rows,)
    noise : ndarray, shape (n_players,)
        Standard error that the rows share.
    level : float

    Returns
    -------
    Ranks
        With fewer than two rows any rank is possible.

    References
    ----------
    Klein, Wright and Wieczorek 2020, JRSS A 183:589, doi:10.1111/rssa.12528, with differences
    in place of single intervals.
    """
    n_players = len(sizes)
    if np.count_nonzero(weights) < 2:
        return Ranks(rank_of(sizes), np.ones(n_players, np.int64), np.full(n_players, n_players))
    share = weights / weights.sum()
    n = 1 / float(share @ share)
    influence = share[:, None] * (terms - share @ terms)
    products = influence.T @ influence * (n / max(n - 1, 1e-9))
    own = np.diag(products)
    variance = np.maximum(own[:, None] + own - 2 * products, 0.0)
    rounding = 1e-12 * (own[:, None] + own)
    variance = np.where(variance <= rounding, 0.0, variance)
    bound = np.sqrt(variance + noise[:, None] ** 2 + noise**2)
    sure = two_sided_quantile(bonferroni_level(level, n_players - 1), freedom=max(n - 1, 1.0))
    return _ranks(sizes, sure * bound)


def ranks_by_intervals(sizes: Floats, lows: Floats | None, highs: Floats | None) -> Ranks:
    """Rank sizes, with the range of ranks that intervals leave open where they overlap.

    Examples
    --------
    >>> ends = np.array([2.5, 1.5]), np.array([4.0, 2.4])
    >>> found = ranks_by_intervals(np.array([3.0, 2.0]), *ends)
    >>> found.low.tolist(), found.high.tolist()
    ([1, 2], [1, 2])
    """
    n_players = len(sizes)
    if lows is None or highs is None:
        return Ranks(rank_of(sizes), np.ones(n_players, np.int64), np.full(n_players, n_players))
    above = (lows[None, :] > highs[:, None]).sum(axis=1)
    below = (highs[None, :] < lows[:, None]).sum(axis=1)
    return Ranks(rank_of(sizes), above + 1, n_players - below)


def _ranks(sizes: Floats, bound: Floats) -> Ranks:
    ahead = sizes[None, :] - sizes[:, None]  # by how much the column's player is above the row's
    above = (ahead > bound).sum(axis=1)
    below = (-ahead > bound).sum(axis=1)
    return Ranks(rank_of(sizes), above + 1, len(sizes) - below)


def attribution_ndcg(reference: Floats, live: Floats) -> float | None:
    """Say how well the order of other attributions keeps the important players of a reference.

    Parameters
    ----------
    reference : ndarray, shape (n_players,)
        Global attributions; their absolute values are the gains.
    live : ndarray, shape (n_players,)
        Their absolute values give the order. Of players that are equal each place gets the mean
        gain.

    Returns
    -------
    float or None
        Σ a(f'_i)/log₂(i+1) over the same sum in the reference's own order, in [0, 1]; None where
        all gains are 0.

    References
    ----------
    Järvelin and Kekäläinen 2002, ACM TOIS 20:422; McSherry and Najork 2008 for ties.

    Examples
    --------
    >>> round(attribution_ndcg(np.array([0.7, 0.5, 0.05]), np.array([0.1, 0.2, 0.7])), 4)
    0.6876
    """
    gains = np.abs(np.asarray(reference, dtype=np.float64))
    order_by = np.abs(np.asarray(live, dtype=np.float64))
    if not gains.sum() > 0:
        return None
    discount = 1 / np.log2(np.arange(len(gains)) + 2)
    _, level, counts = np.unique(-order_by, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    through = np.concatenate([[0.0], np.cumsum(discount)])
    per_level = (through[ends] - through[ends - counts]) / counts
    found = float(gains @ per_level[level.reshape(-1)])
    return min(1.0, found / float(np.sort(gains)[::-1] @ discount))


def ndcg_rows(references: Floats, lives: Floats) -> Floats:
    """Return `attribution_ndcg` of each row, NaN where it is None.

    Parameters
    ----------
    references, lives : ndarray, shape (n, n_players)

    Returns
    -------
    ndarray, shape (n,)
    """
    gains, order_by = np.abs(references), np.abs(lives)
    discount = 1 / np.log2(np.arange(gains.shape[1]) + 2)
    order = np.argsort(-order_by, axis=1, kind="stable")
    best = np.sort(gains, axis=1)[:, ::-1] @ discount
    found = np.take_along_axis(gains, order, axis=1) @ discount
    out = np.where(best > 0, np.minimum(found / np.where(best > 0, best, 1.0), 1.0), np.nan)
    ties = (np.diff(np.sort(order_by, axis=1), axis=1) == 0).any(axis=1) & (best > 0)
    for place in np.flatnonzero(ties):
        out[place] = attribution_ndcg(references[place], lives[place])
    return out


def kendall_tau(first: Floats, second: Floats) -> float | None:
    """Return Kendall's τ_b of two orders; None where one of them has a single value.

    Examples
    --------
    >>> round(kendall_tau(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])), 4)
    0.3333
    """
    above = np.triu_indices(len(first), 1)
    a = np.sign(first[:, None] - first)[above]
    b = np.sign(second[:, None] - second)[above]
    size = np.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / float(size) if size > 0 else None


def top_overlap(first: Floats, second: Floats, top: int) -> float:
    """Return which share of the largest `top` of one are among those of the other.

    Among equals the earlier player counts as the larger.

    Examples
    --------
    >>> top_overlap(np.array([3.0, 2.0, 1.0]), np.array([3.0, 1.0, 2.0]), 2)
    0.5
    """
    k = min(top, len(first))
    chosen = [set(np.argsort(-each, kind="stable")[:k].tolist()) for each in (first, second)]
    return len(chosen[0] & chosen[1]) / k if k else 1.0
