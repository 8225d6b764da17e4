"""Rows of several queries in; each query's documents in the order of their scores out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.metrics.ranking.options import Gain, RankingOptions
from assay.stats.special import log_binomial
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
MOST_EXPONENT = 500
"""Greatest relevance of the exponential gain: squares of 2^g are then still floats."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RankedQueries:
    """Documents sorted by query, then by place; all arrays of shape (n_rows,) unless told.

    Make one with `rank_documents`. Documents of equal score form a block; each place of a block
    holds what it holds on average over the orders of the block. Where ties are broken every
    document is a block of its own.

    Parameters
    ----------
    n_queries : int
    row : ndarray of int
        Place in the caller's arrays.
    query : ndarray of int
        Code of the query, ascending.
    place : ndarray of int
        0 for the first of its query.
    relevance : ndarray of float
    block : ndarray of int
        Code of the block, ascending.
    gain : {"linear", "exponential"}
    relevant_above : float
    """

    n_queries: int
    row: NDArray[np.intp]
    query: Codes
    place: Codes
    relevance: Floats
    block: Codes
    gain: Gain = "linear"
    relevant_above: float = 0.0

    @cached_property
    def sizes(self) -> Codes:
        """Documents of each query, shape (n_queries,)."""
        return np.bincount(self.query, minlength=self.n_queries)

    @cached_property
    def relevant(self) -> Flags:
        """Whether the document is relevant, where only yes or no counts."""
        return self.relevance > self.relevant_above

    @cached_property
    def n_relevant(self) -> Floats:
        """Relevant documents of each query, shape (n_queries,)."""
        return self.total(self.relevant.astype(np.float64))

    @cached_property
    def gains(self) -> Floats:
        """What each document adds, by `gain`."""
        return gain_of(self.relevance, self.gain)

    @cached_property
    def discounts(self) -> Floats:
        """1 / log2(1 + place counted from 1)."""
        return 1 / np.log2(self.place + 2.0)

    @cached_property
    def ideal_gains(self) -> Floats:
        """Gains in the best order, at the same places."""
        return self.gains[np.lexsort((-self.relevance, self.query))]

    @cached_property
    def gain_at(self) -> Floats:
        """Expected gain at each place."""
        return self._mean(self.gains)

    @cached_property
    def relevant_at(self) -> Floats:
        """Chance that a place holds a relevant document."""
        return self._mean(self.relevant.astype(np.float64))

    @cached_property
    def precision_at(self) -> Floats:
        """Expected precision down to a place, where it holds a relevant document, else 0."""
        blocks = self._blocks
        others = blocks.within * (blocks.found - 1) / np.maximum(blocks.size - 1, 1)
        return self.relevant_at * (blocks.before + 1 + others) / (self.place + 1)

    @cached_property
    def first_at(self) -> Floats:
        """Chance that a place holds the first relevant document of its query."""
        blocks = self._blocks
        left = blocks.size - blocks.within - 1
        may = (blocks.before == 0) & (blocks.found > 0) & (blocks.found - 1 <= left)
        out = np.zeros(len(self.row))
        out[may] = np.exp(
            log_binomial(left[may], blocks.found[may] - 1)
            - log_binomial(blocks.size[may], blocks.found[may])
        )
        return out

    def total(self, values: Floats, k: int | None = None) -> Floats:
        """Add values up by query, over the first `k` places alone where that is given."""
        if k is None:
            return sums_by(self.query, values, self.n_queries)
        top = self.place < k
        return sums_by(self.query[top], values[top], self.n_queries)

    @cached_property
    def _all_alone(self) -> bool:
        return int(self.block[-1]) + 1 == len(self.block)

    @cached_property
    def _blocks(self) -> "_Blocks":
        """Each row's block: its size, its relevant ones, and what stands before it."""
        relevant = self.relevant.astype(np.float64)
        starts = np.flatnonzero(np.diff(self.block, prepend=-1))
        size = np.bincount(self.block).astype(np.float64)
        found = sums_by(self.block, relevant, len(size))
        before_all = np.concatenate([[0.0], np.cumsum(relevant)])[:-1]
        of_query = before_all[np.flatnonzero(np.diff(self.query, prepend=-1))]
        codes = np.cumsum(np.diff(self.query, prepend=-1) != 0) - 1
        before = before_all[starts] - of_query[codes[starts]]
        return _Blocks(
            size=size[self.block],
            found=found[self.block],
            before=before[self.block],
            within=(self.place - self.place[starts][self.block]).astype(np.float64),
        )

    def _mean(self, values: Floats) -> Floats:
        """Spread each block's mean over its places."""
        if self._all_alone:
            return values
        size = np.bincount(self.block)
        return (np.bincount(self.block, weights=values) / size)[self.block]


@dataclass(frozen=True, eq=False, kw_only=True)
class _Blocks:
    size: Floats
    found: Floats
    before: Floats
    within: Floats


def rank_documents(
    query: Codes, relevance: Floats, scores: Floats, *, options: RankingOptions
) -> RankedQueries:
    """Sort the documents of each query by their scores, the greatest first.

    Parameters
    ----------
    query : ndarray of int, shape (n_rows,)
        Codes 0, 1, …; the rows of a query need not be neighbours.
    relevance : ndarray of float, shape (n_rows,)
        Zero or more.
    scores : ndarray of float, shape (n_rows,)
    options : RankingOptions

    Returns
    -------
    RankedQueries

    Examples
    --------
    >>> ranked = rank_documents(np.array([0, 1, 0]), np.array([1.0, 2.0, 0.0]),
    ...                         np.array([0.2, 0.5, 0.9]), options=RankingOptions())
    >>> ranked.row.tolist(), ranked.place.tolist()
    ([2, 0, 1], [0, 1, 0])
    """
    keys = (-scores, query) if options.ties != "pessimistic" else (relevance, -scores, query)
    row = np.lexsort(keys)
    codes = query[row].astype(np.int64)
    first = np.diff(codes, prepend=-1) != 0
    starts = np.flatnonzero(first)
    at = np.arange(len(row))
    place = at - starts[np.cumsum(first) - 1]
    block = at
    if options.ties == "expected":
        apart = np.diff(scores[row], prepend=np.nan) != 0
        block = np.cumsum(first | apart) - 1
    return RankedQueries(
        n_queries=int(codes[-1]) + 1 if len(codes) else 0,
        row=row,
        query=codes,
        place=place.astype(np.int64),
        relevance=relevance[row],
        block=block.astype(np.int64),
        gain=options.gain,
        relevant_above=options.relevant_above,
    )


def gain_of(relevance: Floats, gain: Gain) -> Floats:
    """Return what relevance adds to NDCG: itself, or 2^g - 1.

    Examples
    --------
    >>> gain_of(np.array([0.0, 1.0, 3.0]), "exponential").tolist()
    [0.0, 1.0, 7.0]
    """
    if gain == "linear":
        return relevance
    if relevance.size and relevance.max() > MOST_EXPONENT:
        msg = (
            f"the gain 2^g - 1 of a relevance of {relevance.max():g} is beyond any use; grades "
            f"go up to {MOST_EXPONENT} at most: use the linear gain, or give grades"
        )
        raise InputError(msg)
    return np.exp2(relevance) - 1
