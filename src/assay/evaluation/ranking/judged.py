"""Rows of a ranking in; their order and a random one, and the mean of any metric of both, out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.ranking.rows import RankingRows
from assay.metrics.ranking.estimate import query_mean
from assay.metrics.ranking.named import RankingMetric
from assay.metrics.ranking.options import RankingOptions
from assay.metrics.ranking.queries import RankedQueries, rank_documents
from assay.result import Estimate

Floats = NDArray[np.float64]
Values = Callable[[RankedQueries], Floats]


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedRanking:
    """Queries under the given scores and under a random order.

    Parameters
    ----------
    rows : RankingRows
    options : RankingOptions
    level : float
    """

    rows: RankingRows
    options: RankingOptions
    level: float = 0.95

    @cached_property
    def ranked(self) -> RankedQueries:
        """The documents as the scores order them."""
        rows = self.rows
        return rank_documents(rows.query, rows.relevance, rows.scores, options=self.options)

    @cached_property
    def at_random(self) -> RankedQueries:
        """The documents in random order: each place holds what it holds on average."""
        rows, options = self.rows, replace(self.options, ties="expected")
        same = np.zeros(len(rows.query))
        return rank_documents(rows.query, rows.relevance, same, options=options)

    @property
    def longest(self) -> int:
        """Documents of the query that has most."""
        return int(self.ranked.sizes.max())

    def values(self, metric: RankingMetric) -> Floats:
        """Return the metric of each query, NaN where it does not count."""
        return metric.of_queries(self.ranked, self.options)

    def random_values(self, metric: RankingMetric) -> Floats:
        """Return what a random order scores on average in each query."""
        return metric.of_queries(self.at_random, self.options)

    def mean(self, values: Floats, bounds: tuple[float, float] = (0.0, 1.0)) -> Estimate:
        """Return the mean over queries with its interval."""
        return query_mean(
            values,
            weight=self.rows.weight,
            group=self.rows.group,
            level=self.level,
            bounds=bounds,
        )

    def plain_mean(self, values: Floats) -> float | None:
        """Return the mean over queries alone; None where no query counts."""
        counts = np.isfinite(values)
        weight = self.rows.weight
        if weight is not None:
            counts &= weight > 0
        if not counts.any():
            return None
        return float(
            np.average(values[counts], weights=None if weight is None else weight[counts])
        )
