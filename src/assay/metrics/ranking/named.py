"""The name of a ranking metric in, what it is and how it is computed out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.metrics.metric import Metric
from assay.metrics.ranking import per_query
from assay.metrics.ranking.estimate import query_mean
from assay.metrics.ranking.options import RankingOptions
from assay.metrics.ranking.queries import RankedQueries

Floats = NDArray[np.float64]
Function = Callable[[RankedQueries, int | None], Floats]
NAME = re.compile(r"(?P<base>[a-z_]+?)(?:@(?P<k>[1-9]\d*))?")


@dataclass(frozen=True, kw_only=True)
class RankingMetric:
    """A number of each query, and its mean over queries.

    Parameters
    ----------
    name : str
        "ndcg@10"; without a cut-off "ndcg".
    title : str
    k : int or None
        How many places count; None for all.
    function : callable
        Takes ranked queries and k; returns one number for each query.
    help : tuple of str, length 3
        What it says, when it misleads, what to look at instead.
    """

    name: str
    title: str
    k: int | None
    function: Function
    help: tuple[str, str, str]
    greater_is_better: bool = True

    def of_queries(self, ranked: RankedQueries, options: RankingOptions) -> Floats:
        """Return one number for each query, shape (n_queries,).

        A query without anything relevant has NaN, or 0 where `options` say so.
        """
        values = self.function(ranked, self.k)
        return np.nan_to_num(values, nan=0.0) if options.empty == "zero" else values

    def as_metric(self) -> Metric:
        """Return the entry of the catalogue; its function takes one number for each query."""
        return Metric(
            name=self.name,
            title=self.title,
            tasks=("ranking",),
            needs="queries",
            function=query_mean,
            greater_is_better=self.greater_is_better,
            help=self.help,
        )


@dataclass(frozen=True)
class _Kind:
    title: str
    function: Function
    needs_k: bool
    help: tuple[str, str, str]


KINDS: Mapping[str, _Kind] = {
    "ndcg": _Kind(
        "NDCG",
        per_query.ndcg,
        False,
        (
            "What the documents shown are worth, the upper places more, over what the best order "
            "would give.",
            "Peers differ in the gain (g or 2^g - 1); queries that any order solves lift it.",
            "The same number for a random order, beside it; MRR where one document is enough.",
        ),
    ),
    "map": _Kind(
        "MAP",
        per_query.average_precision,
        False,
        (
            "The precision at each relevant document, averaged by query, then over queries.",
            "It knows only relevant or not; with a cut-off it is divided by min(relevant, k).",
            "NDCG where relevance has grades.",
        ),
    ),
    "mrr": _Kind(
        "MRR",
        per_query.reciprocal_rank,
        False,
        (
            "One over the place of the first relevant document, averaged over queries.",
            "It says nothing of further relevant documents, and place 1 to 2 costs one half.",
            "The chart of first places; MAP where all relevant documents count.",
        ),
    ),
    "precision": _Kind(
        "Precision",
        per_query.precision,
        True,
        (
            "The share of the first k places that hold a relevant document.",
            "A query with fewer than k relevant documents cannot reach 1.",
            "Recall beside it; NDCG, which is 1 for the best possible order.",
        ),
    ),
    "recall": _Kind(
        "Recall",
        per_query.recall,
        True,
        (
            "The share of a query's relevant documents among the first k places.",
            "A query with more than k relevant documents cannot reach 1.",
            "Precision beside it; only judged documents count as relevant.",
        ),
    ),
    "hit_rate": _Kind(
        "Hit rate",
        per_query.hit,
        True,
        (
            "The share of queries with a relevant document among the first k places.",
            "One of many relevant documents is as good as all of them.",
            "Recall, and MRR for how high the first one stands.",
        ),
    ),
}


def ranking_metric(name: str) -> RankingMetric:
    """Return a ranking metric by its name.

    Parameters
    ----------
    name : str
        "ndcg", "map" or "mrr", each also with a cut-off as "ndcg@10"; "precision@k",
        "recall@k" and "hit_rate@k" for any k. Case does not matter.

    Raises
    ------
    InputError
        If there is no such metric.

    Examples
    --------
    >>> ranking_metric("NDCG@5").k, ranking_metric("mrr").title
    (5, 'MRR')
    """
    found = NAME.fullmatch(name.lower())
    kind = None if found is None else KINDS.get(found["base"])
    if found is None or kind is None:
        known = ", ".join(f"{each}@10" if kind.needs_k else each for each, kind in KINDS.items())
        msg = f"there is no metric {name!r} for a ranking; there are: {known}, for any cut-off"
        raise InputError(msg)
    if found["k"] is None and kind.needs_k:
        msg = f"{name!r} of a ranking needs a cut-off; write {found['base']}@10"
        raise InputError(msg)
    k = None if found["k"] is None else int(found["k"])
    at = "" if k is None else f"@{k}"
    return RankingMetric(
        name=f"{found['base']}{at}",
        title=f"{kind.title}{at}",
        k=k,
        function=kind.function,
        help=kind.help,
    )
