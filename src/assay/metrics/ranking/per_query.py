"""Ranked queries in, one number for each query out; NaN where it has nothing relevant."""

import numpy as np
from numpy.typing import NDArray

from assay.metrics.ranking.queries import RankedQueries

Floats = NDArray[np.float64]


def ndcg(ranked: RankedQueries, k: int | None = None) -> Floats:
    """Discounted gain of the first k places over that of the best order.

    Parameters
    ----------
    ranked : RankedQueries
    k : int or None
        None takes all documents.

    Returns
    -------
    ndarray of float, shape (n_queries,)
        In [0, 1]; NaN where no document has a gain.

    References
    ----------
    Järvelin and Kekäläinen 2002, ACM TOIS 20:422, doi:10.1145/582415.582418; ties: McSherry and
    Najork 2008, ECIR, doi:10.1007/978-3-540-78646-7_38.
    """
    gained = ranked.total(ranked.gain_at * ranked.discounts, k)
    ideal = ranked.total(ranked.ideal_gains * ranked.discounts, k)
    # Rounding of the sums must not lift a perfect order above 1.
    return np.minimum(_over(gained, ideal), 1.0)


def average_precision(ranked: RankedQueries, k: int | None = None) -> Floats:
    """Mean of the precision at each relevant document among the first k.

    It is divided by the number of relevant documents, or by k where that is less, so that a
    perfect order scores 1.
    """
    reachable = ranked.n_relevant if k is None else np.minimum(ranked.n_relevant, k)
    return _over(ranked.total(ranked.precision_at, k), reachable)


def reciprocal_rank(ranked: RankedQueries, k: int | None = None) -> Floats:
    """One over the place of the first relevant document; 0 where it is not among the first k."""
    first = ranked.total(ranked.first_at / (ranked.place + 1), k)
    return np.where(ranked.n_relevant > 0, first, np.nan)


def precision(ranked: RankedQueries, k: int | None = None) -> Floats:
    """Share of the first k places that hold a relevant document; empty places count as not."""
    found = ranked.total(ranked.relevant_at, k)
    places = ranked.sizes if k is None else k
    return np.where(ranked.n_relevant > 0, found / places, np.nan)


def recall(ranked: RankedQueries, k: int | None = None) -> Floats:
    """Share of the relevant documents that stand in the first k places."""
    return _over(ranked.total(ranked.relevant_at, k), ranked.n_relevant)


def hit(ranked: RankedQueries, k: int | None = None) -> Floats:
    """Whether the first k places hold a relevant document; a chance where ties are averaged."""
    found = np.minimum(ranked.total(ranked.first_at, k), 1.0)
    return np.where(ranked.n_relevant > 0, found, np.nan)


def _over(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
