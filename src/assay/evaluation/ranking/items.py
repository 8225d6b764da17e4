"""Which items stand at the top of all queries together: coverage, popularity, novelty."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.ranking.judged import JudgedRanking
from assay.evaluation.result import MetricResult
from assay.result import Estimate

Floats = NDArray[np.float64]
POPULAR_SHARE = 0.1
NO_INTERVAL = "describes these queries: it grows or falls with their number"
ITEM_METRICS = ("item_coverage", "item_gini", "popular_share", "novelty")


@dataclass(frozen=True, eq=False)
class _Shown:
    """How often each item is shown and relevant; shape (n_items,), `novelty` (n_queries,)."""

    shown: Floats
    relevant: Floats
    novelty: Floats


def are_items(judged: JudgedRanking) -> bool:
    """Whether the column of ids names items that several queries share, and not single rows."""
    item = judged.rows.item
    return item is not None and int(item.max()) + 1 < len(item)


def item_metrics(judged: JudgedRanking, k: int) -> tuple[MetricResult, ...]:
    """Return what the first k places of all queries show of the items.

    Parameters
    ----------
    judged : JudgedRanking
        With items.
    k : int

    Returns
    -------
    tuple of MetricResult
        "item_coverage": share of the table's items that are shown at all; "item_gini": how
        unequally the places are given to the items, 0 for evenly, near 1 for all to a few;
        "popular_share": share of the places held by the tenth of the items that are relevant in
        most queries; "novelty": mean of -log2 of the share of queries in which a shown item is
        relevant (one query is added to both, so that it is finite).
    """
    found = _count(judged, k)
    n_items, places = len(found.shown), float(found.shown.sum())
    popular = np.argsort(-found.relevant, kind="stable")[: max(1, round(POPULAR_SHARE * n_items))]
    n = judged.rows.n_queries
    told = {
        "item_coverage": (
            "Item coverage",
            _described(float((found.shown > 0).mean()), n),
            "The share of all items that some query shows among its first places.",
        ),
        "item_gini": (
            "Item Gini",
            _described(gini(found.shown), n),
            "How unequally the first places are given to items: 0 evenly, near 1 to a few.",
        ),
        "popular_share": (
            "Popularity share",
            _described(float(found.shown[popular].sum() / places), n),
            "The share of the first places held by the tenth of items relevant most often.",
        ),
        "novelty": (
            "Novelty in bits",
            judged.mean(found.novelty, bounds=(0.0, float(np.log2(n + 1)))),
            "How seldom the shown items are relevant elsewhere: -log2 of that share, averaged.",
        ),
    }
    return tuple(
        MetricResult(
            name=name,
            title=f"{title}@{k}",
            estimate=estimate,
            params={"k": k, "items": n_items},
            greater_is_better=None,
            help=f"{said} It says nothing of quality. Read it beside recall.",
        )
        for name, (title, estimate, said) in told.items()
    )


def gini(amounts: Floats) -> float:
    """Return the Gini coefficient of non-negative amounts.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 0.0, 0.0, 4.0]))
    (0.0, 0.75)
    """
    ascending = np.sort(amounts)
    n, total = len(ascending), float(ascending.sum())
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ ascending / (n * total))


def _count(judged: JudgedRanking, k: int) -> _Shown:
    ranked, item = judged.ranked, judged.rows.item
    assert item is not None
    of_row = item[ranked.row]
    n_items, n = int(item.max()) + 1, judged.rows.n_queries
    top = ranked.place < k
    shown = np.bincount(of_row[top], minlength=n_items).astype(np.float64)
    relevant = np.bincount(of_row[ranked.relevant], minlength=n_items).astype(np.float64)
    bits = -np.log2(np.minimum((relevant + 1) / (n + 1), 1.0))
    in_query = ranked.total(bits[of_row], k) / np.minimum(ranked.sizes, k)
    return _Shown(shown, relevant, in_query)


def _described(value: float, n: int) -> Estimate:
    return Estimate(value=value, n=n, unit="query", method="", reason=NO_INTERVAL)
