"""A judged ranking in, the points behind its charts out."""

import numpy as np

from assay.evaluation.curves import Curves
from assay.evaluation.ranking.judged import JudgedRanking
from assay.metrics.ranking.named import RankingMetric, ranking_metric
from assay.metrics.ranking.queries import RankedQueries
from assay.tables.curves import FirstRelevant, NdcgByCutoff, QueryDifferences

MAX_CUTOFF = 50
MAX_CUTOFFS = 20
MAX_QUERIES = 300
PLACES = (1, 2, 3, 4, 5, 10, 20, 50)
"""Upper ends of the ranges of places in which first documents are counted."""


def ranking_curves(judged: JudgedRanking, head: RankingMetric) -> Curves:
    """Return NDCG by cut-off, the difference from a random order by query, and first places.

    Parameters
    ----------
    judged : JudgedRanking
    head : RankingMetric
        Whose differences are shown.

    Returns
    -------
    Curves
        Empty where no query has a relevant document.
    """
    if not np.isfinite(judged.values(head)).any():
        return Curves()
    return Curves(
        ndcg_by_cutoff=ndcg_by_cutoff(judged),
        query_differences=query_differences(judged, head),
        first_relevant=first_relevant(judged) if judged.ranked.n_relevant.any() else None,
    )


def ndcg_by_cutoff(judged: JudgedRanking) -> NdcgByCutoff:
    """Return NDCG@k with its interval for about 20 cut-offs up to 50."""
    last = max(1, min(judged.longest, MAX_CUTOFF))
    ks = np.unique(np.geomspace(1, last, MAX_CUTOFFS).round().astype(np.int64))
    rows: list[tuple[float, ...]] = []
    for k in ks.tolist():
        metric = ranking_metric(f"ndcg@{k}")
        found = judged.mean(judged.values(metric))
        random = judged.plain_mean(judged.random_values(metric))
        ends = [np.nan if end is None else end for end in (found.value, found.low, found.high)]
        rows.append((*ends, np.nan if random is None else random))
    value, low, high, at_random = np.array(rows).T
    low, high = np.where(np.isnan(low), value, low), np.where(np.isnan(high), value, high)
    return NdcgByCutoff(ks, value, low, high, at_random)


def query_differences(judged: JudgedRanking, metric: RankingMetric) -> QueryDifferences:
    """Return by how much each query is better ordered than at random, ascending."""
    apart = judged.values(metric) - judged.random_values(metric)
    found = np.sort(apart[np.isfinite(apart)])
    n = len(found)
    keep = np.unique(np.linspace(0, n - 1, min(n, MAX_QUERIES)).round().astype(np.int64))
    worse = float((found < -1e-12).mean())
    return QueryDifferences((keep + 0.5) / n, found[keep], n, worse, metric.title)


def first_relevant(judged: JudgedRanking) -> FirstRelevant:
    """Return how often the first relevant document stands where, and at random."""
    last = next((i for i, end in enumerate(PLACES) if end >= judged.longest), len(PLACES))
    ends = PLACES[: last + 1]
    names = [_range(low + 1, high) for low, high in zip((0, *ends), ends, strict=False)]
    if judged.longest > ends[-1]:
        names.append(f"{ends[-1] + 1}+")
    shares = [_first(each, judged, ends, len(names)) for each in (judged.ranked, judged.at_random)]
    return FirstRelevant(tuple(names), *shares)


def _range(low: int, high: int) -> str:
    return str(high) if low == high else f"{low}-{high}"


def _first(
    ranked: RankedQueries, judged: JudgedRanking, ends: tuple[int, ...], n_places: int
) -> np.ndarray:
    weight = judged.rows.weight
    chance = ranked.first_at if weight is None else ranked.first_at * weight[ranked.query]
    at = np.searchsorted(np.array(ends), ranked.place + 1)
    found = np.bincount(at, weights=chance, minlength=n_places)
    return found / found.sum()
