"""A table in, the few weighted rows out that stand for it where players are switched off."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.errors import InputError
from assay.explainability.clustering import Measured, find_clusters, measure_rows
from assay.explainability.counting import weights_given
from assay.explainability.pool import RowPool, pool_rows
from assay.explainability.result import BackgroundSummary
from assay.explainability.rows import to_polars

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Kind = Literal["auto", "kmeans", "medoids", "sample", "median", "zero", "all"]
KINDS: tuple[str, ...] = get_args(Kind)
SUMMARY_ROWS = 50
WHOLE_ROWS = 100
"""A table of up to this many rows is taken as it is."""


@dataclass(frozen=True, eq=False)
class Background:
    """Rows that fill in what is switched off.

    Parameters
    ----------
    rows : table in the model's container
    weights : ndarray, shape (n_rows,)
        Their sum is 1.
    kind : str
        "kmeans", "medoids", "sample", "median", "zero", "all", or "given" for a table that was
        small enough to be taken as it is.
    n_from : int
        Rows that it stands for.
    """

    rows: Any
    weights: Floats
    kind: str
    n_from: int

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return self.kind in ("all", "given")

    def summary(self, source: str = "", error: float | None = None) -> BackgroundSummary:
        """Return what an Explanation tells of it."""
        return BackgroundSummary(
            kind=self.kind,
            rows=to_polars(self.rows),
            weights=self.weights,
            n_from=self.n_from,
            source=source,
            error=error,
        )


def summarize_background(
    rows: Any,  # noqa: ANN401  the model's container
    kind: str | int = "auto",
    *,
    n: int | None = None,
    weights: ArrayLike | None = None,
    named: Mapping[str, object] | None = None,
    seed: int = 0,
) -> Background:
    """Choose the rows that stand for a table where players are switched off.

    Parameters
    ----------
    rows : pandas or Polars frame, or ndarray of shape (n_rows, n_columns)
        As the model is given them; the result is of the same container and dtypes.
    kind : {"auto", "kmeans", "medoids", "sample", "median", "zero", "all"} or int
        kmeans: centres of clusters, each column at the nearest value seen in the cluster,
        weighted by the clusters' shares. medoids: the same for text and categories too, and each
        row is a real one. median: one row of medians and modes. zero: one row of zeros. auto: up
        to 100 rows are taken as they are; more give kmeans if all columns are numbers or times,
        else medoids. A number is `n` with "auto".
    n : int or None
        Rows to choose; None: 50.
    weights : array or None, shape (n_rows,)
        How much each row counts; not negative.
    named : mapping of str to value, or None
        With "zero": what stands for nothing in a column that holds no numbers.
    seed : int
        Of clusters and samples.

    Returns
    -------
    Background

    Raises
    ------
    InputError
        If there are no rows, the kind is unknown, does not fit the columns, or `n` or the
        weights cannot be.

    Examples
    --------
    >>> made = summarize_background(np.array([[1.0, 2.0], [3.0, 2.0], [4.0, 9.0]]), "median")
    >>> made.rows.tolist(), made.weights.tolist()
    ([[3.0, 2.0]], [1.0])
    """
    told, n = _checked(kind, n, named)
    pool = pool_rows([rows])
    if not len(pool):
        msg = "the background has no rows; give those that absent values are taken from"
        raise InputError(msg)
    share = _shares(weights, len(pool))
    counted = np.flatnonzero(share > 0)
    size = SUMMARY_ROWS if n is None else n
    if told == "zero":
        return Background(_zeros(pool, named or {}), np.ones(1), told, len(counted))
    if told == "all" or (told == "auto" and len(counted) <= (n or WHOLE_ROWS)):
        return _whole(pool, rows, share, "all" if told == "all" else "given")
    if told != "median" and len(counted) <= size:
        return _whole(pool, rows, share, "all")
    if told == "sample":
        chosen = np.sort(np.random.default_rng(seed).choice(counted, size, replace=False))
        return _chosen(pool, chosen, share[chosen], told, len(counted))
    measured = measure_rows(pool, share)
    if told == "kmeans" and measured.categorical:
        names = ", ".join(repr(pool.columns[place]) for place in measured.categorical[:5])
        msg = f"k-means needs numbers, and {names} hold none; take background='medoids'"
        raise InputError(msg)
    if told == "median":
        places = _middle(measured, share, counted)
        return Background(pool.gather(places), np.ones(1), told, len(counted))
    if told == "auto":
        told = "medoids" if measured.categorical else "kmeans"
    return _clustered(pool, measured, share, told, size, seed)


def split_background(
    rows: Any,  # noqa: ANN401  the model's container
    kind: str | int = "auto",
    *,
    n: int | None = None,
    weights: ArrayLike | None = None,
    named: Mapping[str, object] | None = None,
    seed: int = 0,
) -> tuple[Background, Background]:
    """Summarize two random halves of a table, each by itself.

    What differs between explanations on the two tells how much they depend on which rows the
    background happens to be of. The parameters are those of `summarize_background`.

    Raises
    ------
    InputError
        If there are fewer than two rows that count, and as `summarize_background` does.

    Examples
    --------
    >>> one, other = split_background(np.arange(8.0).reshape(4, 2))
    >>> len(one), len(other)
    (2, 2)
    """
    pool = pool_rows([rows])
    share = _shares(weights, len(pool)) if len(pool) else np.empty(0)
    counted = np.flatnonzero(share > 0)
    if len(counted) < 2:
        msg = f"two halves of a background need two rows or more, and it has {len(counted)}"
        raise InputError(msg)
    order = np.random.default_rng(seed).permutation(counted)
    halves = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
    first, second = (
        summarize_background(
            _chosen(pool, half, share[half], "all", len(half)).rows,
            kind,
            n=n,
            weights=share[half],
            named=named,
            seed=seed,
        )
        for half in halves
    )
    return first, second


def _checked(
    kind: str | int, n: int | None, named: Mapping[str, object] | None
) -> tuple[str, int | None]:
    if isinstance(kind, int) and not isinstance(kind, bool):
        kind, n = "auto", kind
    if kind not in KINDS:
        msg = f"unknown background {kind!r}; choose one of {', '.join(KINDS)}, or a number of rows"
        raise InputError(msg)
    if n is not None and (isinstance(n, bool) or not isinstance(n, Integral)):
        msg = f"a number of background rows is wanted, and {n!r} was given"
        raise InputError(msg)
    if n is not None and n < 1:
        msg = f"a background needs at least one row, and {n} were asked for"
        raise InputError(msg)
    if n is not None and kind in ("median", "zero", "all"):
        msg = f"a number of rows does not go with background={kind!r}"
        raise InputError(msg)
    if named and kind != "zero":
        msg = f"named values stand for nothing in background='zero', not in {kind!r}"
        raise InputError(msg)
    return kind, n


def _shares(weights: ArrayLike | None, n_rows: int) -> Floats:
    if weights is None:
        return np.full(n_rows, 1 / n_rows) if n_rows else np.empty(0)
    share = weights_given(weights)
    if share.shape != (n_rows,):
        msg = f"the background has {n_rows:,} rows, and weights of shape {share.shape} were given"
        raise InputError(msg)
    if not np.isfinite(share).all() or (share < 0).any() or not share.sum() > 0:
        msg = "weights of background rows must be finite, not negative, and not all zero"
        raise InputError(msg)
    return share / share.sum()


def _whole(pool: RowPool, rows: Any, share: Floats, kind: str) -> Background:  # noqa: ANN401
    """Take all rows that count."""
    counted = np.flatnonzero(share > 0)
    if len(counted) == len(pool) and len(np.shape(rows)) == 2:
        return Background(rows, share, kind, len(pool))
    return _chosen(pool, counted, share[counted], kind, len(counted))


def _chosen(pool: RowPool, places: Index, share: Floats, kind: str, n_from: int) -> Background:
    every = np.repeat(places[:, None], len(pool.columns), axis=1)
    return Background(pool.gather(every), share / share.sum(), kind, n_from)


def _zeros(pool: RowPool, named: Mapping[str, object]) -> Any:  # noqa: ANN401
    numbers = {
        name
        for place, name in enumerate(pool.columns)
        if pool.numbers(place) is not None and not pool.is_time(place)
    }
    lacking = [name for name in pool.columns if name not in numbers and name not in named]
    if lacking:
        shown = ", ".join(repr(name) for name in lacking[:5])
        msg = (
            f"zero means nothing in {shown}, which hold no numbers; say what stands for nothing "
            "there, or take background='median'"
        )
        raise InputError(msg)
    return pool.built([[named.get(name, 0)] for name in pool.columns])


def _middle(measured: Measured, share: Floats, counted: Index) -> Index:
    """Return for each column the row with the median, or with the commonest value."""
    places = np.zeros((1, len(measured.numeric) + len(measured.categorical)), dtype=np.intp)
    for column, place in zip(measured.numbers.T, measured.numeric, strict=True):
        here = counted[~np.isnan(column[counted])]
        here = here if len(here) else counted
        order = here[np.argsort(column[here], kind="stable")]
        below = np.cumsum(share[order])
        places[0, place] = order[np.searchsorted(below, below[-1] / 2 * (1 - 1e-12))]
    for codes, place in zip(measured.codes.T, measured.categorical, strict=True):
        _, first, dense = np.unique(codes[counted], return_index=True, return_inverse=True)
        common = int(np.bincount(dense.reshape(-1), share[counted]).argmax())
        places[0, place] = counted[first[common]]
    return places


def _clustered(
    pool: RowPool, measured: Measured, share: Floats, kind: str, k: int, seed: int
) -> Background:
    counted = np.flatnonzero(share > 0)
    some, weights = measured.take(counted), share[counted]
    clusters = find_clusters(some, k, weights, seed)
    members = [np.flatnonzero(clusters.labels == label) for label in range(len(clusters.centres))]
    total = np.array([weights[rows].sum() for rows in members])
    if kind == "medoids":
        distances = clusters.distances(some)
        nearest = [rows[distances[rows, at].argmin()] for at, rows in enumerate(members)]
        return _chosen(pool, counted[np.array(nearest)], total, kind, len(counted))
    places = np.array([_snapped(some.numbers[rows], weights[rows]) for rows in members])
    chosen = np.array([counted[rows[at]] for rows, at in zip(members, places, strict=True)])
    return Background(pool.gather(chosen), total / total.sum(), kind, len(counted))


def _snapped(numbers: Floats, weights: Floats) -> Index:
    """Return for each column the row whose value is nearest the mean; missing where most are."""
    missing = np.isnan(numbers)
    share = weights @ missing / weights.sum()
    here = np.maximum(weights @ ~missing, np.finfo(float).tiny)
    centre = weights @ np.where(missing, 0.0, numbers) / here
    distance = np.where(missing, np.inf, np.abs(numbers - centre))
    return np.where(share > 0.5, missing.argmax(axis=0), distance.argmin(axis=0))
