"""Columns that say nearly the same, so that credit is shared between them by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.pool import RowPool, pool_rows
from assay.stats.cramers_v import bias_corrected_v, mean_square_contingency
from assay.stats.rank_correlation import spearman_of

Floats = NDArray[np.float64]
STRONG = 0.9
LOOKED_AT = 2000
MIN_ROWS = 30
MAX_LEVELS = 50
MAX_CATEGORICAL = 100
SCREEN = 0.9
"""A pair is looked at closely from this share of `STRONG` on, in ranks where the middle stands for
what is missing."""


@dataclass(frozen=True)
class CorrelatedGroup:
    """Columns of which each is strongly correlated with another one of the group.

    Parameters
    ----------
    columns : tuple of str
        In the order of the table.
    strongest : float
        The largest |Spearman| or Cramér's V in the group.
    """

    columns: tuple[str, ...]
    strongest: float


def correlated_groups(
    rows: Any,  # noqa: ANN401  the model's container
    *,
    least: float = STRONG,
    seed: int = 0,
) -> tuple[CorrelatedGroup, ...]:
    """Find groups of columns that are strongly correlated.

    Numbers and times are compared by |Spearman|; categories by Cramér's V freed of chance, where
    they have at most 50 values. A group is all that hangs together by such pairs. At most 2,000
    rows are looked at; a pair needs 30 rows in which neither is missing.

    Parameters
    ----------
    rows : pandas or Polars frame, or ndarray
    least : float
        In (0, 1].
    seed : int
        Of the sample of rows.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> correlated_groups(np.column_stack([x, -x[:, 0] ** 3]))
    (CorrelatedGroup(columns=('x0', 'x2'), strongest=1.0),)
    """
    pool = pool_rows([rows])
    if len(pool) > LOOKED_AT:
        some = np.sort(np.random.default_rng(seed).choice(len(pool), LOOKED_AT, replace=False))
        pool = pool_rows([pool.gather(np.repeat(some[:, None], len(pool.columns), axis=1))])
    if len(pool) < MIN_ROWS:
        return ()
    columns = [pool.numbers(place) for place in range(len(pool.columns))]
    numbers = {place: column for place, column in enumerate(columns) if column is not None}
    others = [place for place, column in enumerate(columns) if column is None]
    pairs = _ranked_pairs(numbers, least) | _category_pairs(pool, others, least)
    return _joined(pool.columns, pairs)


def _ranked_pairs(numbers: dict[int, Floats], least: float) -> dict[tuple[int, int], float]:
    places = list(numbers)
    if len(places) < 2:
        return {}
    ranks = np.column_stack([_ranks(numbers[place]) for place in places])
    size = np.sqrt((ranks**2).sum(axis=0))
    size[size == 0] = np.inf
    here = np.sqrt([(~np.isnan(numbers[place])).mean() for place in places])
    rough = np.abs(ranks.T @ ranks) / np.outer(size, size)
    near = np.argwhere(np.triu(rough >= SCREEN * least * np.outer(here, here), 1))
    found: dict[tuple[int, int], float] = {}
    for i, j in near:
        one, other = numbers[places[i]], numbers[places[j]]
        both = np.isfinite(one) & np.isfinite(other)
        told = spearman_of(one[both], other[both]) if both.sum() >= MIN_ROWS else None
        if told is not None and abs(told.value) >= least:
            found[places[i], places[j]] = abs(told.value)
    return found


def _ranks(column: Floats) -> Floats:
    """Return ranks around 0; 0 where missing."""
    from scipy.stats import rankdata

    out = np.zeros(len(column))
    here = ~np.isnan(column)
    if here.any():
        ranks = rankdata(column[here])
        out[here] = ranks - ranks.mean()
    return out


def _category_pairs(
    pool: RowPool, places: Sequence[int], least: float
) -> dict[tuple[int, int], float]:
    codes = pool.codes() if places else np.empty((0, 0), dtype=np.int64)
    dense: dict[int, tuple[NDArray[np.intp], int]] = {}
    for place in places:
        levels, back = np.unique(codes[:, place], return_inverse=True)
        if 2 <= len(levels) <= MAX_LEVELS:
            dense[place] = back.reshape(-1), len(levels)
    found: dict[tuple[int, int], float] = {}
    for one, other in combinations(list(dense)[:MAX_CATEGORICAL], 2):
        (first, r), (second, c) = dense[one], dense[other]
        counts = np.bincount(first * c + second, minlength=r * c).reshape(r, c)
        phi2 = mean_square_contingency(counts / len(pool))
        value = bias_corrected_v(phi2, (r, c), len(pool))
        if value >= least:
            found[one, other] = value
    return found


def _joined(
    columns: Sequence[str], pairs: dict[tuple[int, int], float]
) -> tuple[CorrelatedGroup, ...]:
    """Return what hangs together."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    return tuple(
        CorrelatedGroup(
            tuple(columns[place] for place in sorted(group)),
            max(value for pair, value in pairs.items() if set(pair) <= group),
        )
        for group in sorted(groups, key=min)
    )
