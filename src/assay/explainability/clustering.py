"""Rows of numbers and categories to clusters: k-means, and k-prototypes for mixed columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.pool import RowPool

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
FIT_ROWS = 10_000
"""Clusters are found on a sample of at most this many rows; all rows are then assigned."""
MAX_ROUNDS = 50
MISMATCH = 1.0
"""What an unequal category adds to the squared distance: the mean standard deviation of the
numbers, which are standardised (Huang 1998 takes the same before standardising)."""


@dataclass(frozen=True, eq=False)
class Measured:
    """Rows as a distance sees them.

    Parameters
    ----------
    numeric, categorical : tuple of int
        Places of the columns of each kind.
    numbers : ndarray, shape (n_rows, n_numeric)
        Their own units; NaN where missing, infinities brought to the largest finite number.
    scaled : ndarray, shape (n_rows, n_numeric)
        Mean 0, standard deviation 1; 0 where missing.
    codes : ndarray of int, shape (n_rows, n_categorical)
        Equal where values are.
    """

    numeric: tuple[int, ...]
    categorical: tuple[int, ...]
    numbers: Floats
    scaled: Floats
    codes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: Index) -> "Measured":
        """Return some of the rows."""
        parts = self.numbers[rows], self.scaled[rows], self.codes[rows]
        return Measured(self.numeric, self.categorical, *parts)


def measure_rows(pool: RowPool, weights: Floats) -> Measured:
    """Take the numbers and categories of a pool's rows, the numbers standardised.

    Parameters
    ----------
    pool : RowPool
    weights : ndarray, shape (len(pool),)
        For means and standard deviations.
    """
    columns = [pool.numbers(place) for place in range(len(pool.columns))]
    numeric = tuple(place for place, column in enumerate(columns) if column is not None)
    categorical = tuple(place for place, column in enumerate(columns) if column is None)
    kept = [_finite(column) for column in columns if column is not None]
    numbers = np.column_stack(kept) if kept else np.empty((len(pool), 0))
    here = ~np.isnan(numbers)
    share = np.maximum(weights @ here, np.finfo(float).tiny)
    mean = weights @ np.where(here, numbers, 0.0) / share
    centred = np.where(here, numbers - mean, 0.0)
    spread = np.sqrt(weights @ centred**2 / share)
    scaled = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    codes = pool.codes()[:, list(categorical)]
    return Measured(numeric, categorical, numbers, scaled, codes)


def _finite(column: Floats) -> Floats:
    largest = np.abs(column[np.isfinite(column)]).max(initial=0.0)
    return np.clip(column, -largest, largest)


@dataclass(frozen=True, eq=False)
class Clusters:
    """Which cluster each row belongs to.

    Parameters
    ----------
    labels : ndarray of int, shape (n_rows,)
        From 0 on; no cluster is empty.
    centres : ndarray, shape (n_clusters, n_numeric)
        Of the scaled numbers.
    modes : ndarray of int, shape (n_clusters, n_categorical)
        The commonest code.
    inertia : float
        Weighted mean of the squared distances, with the mismatches.
    """

    labels: Index
    centres: Floats
    modes: NDArray[np.int64]
    inertia: float

    def distances(self, rows: Measured) -> Floats:
        """Return the squared distance of each row from each centre."""
        return _distances(rows, self.centres, self.modes)


def find_clusters(rows: Measured, k: int, weights: Floats, seed: int) -> Clusters:
    """Put rows into at most `k` clusters.

    Numbers alone go to scikit-learn's k-means; with categories the distance is the squared one
    of the scaled numbers plus 1 for each unequal category (k-prototypes). Fewer distinct rows
    than `k` give fewer clusters.

    Parameters
    ----------
    rows : Measured
    k : int
        At least 1.
    weights : ndarray, shape (n_rows,)
        Positive.
    seed : int

    References
    ----------
    Huang 1998, Data Mining and Knowledge Discovery 2:283, doi:10.1023/A:1009769707641.
    """
    draw = np.random.default_rng(seed)
    chosen = np.arange(len(rows))
    if len(rows) > FIT_ROWS:
        chosen = np.sort(draw.choice(len(rows), FIT_ROWS, replace=False))
    some, their = rows.take(chosen), weights[chosen]
    everything = np.column_stack([some.scaled, some.codes.astype(np.float64)])
    k = min(k, len(np.unique(everything, axis=0)))
    if rows.categorical:
        centres, modes = _prototypes(some, k, their, draw)
    else:
        centres, modes = _kmeans(some, k, their, seed), np.empty((k, 0), dtype=np.int64)
    distances = _distances(rows, centres, modes)
    found, labels = np.unique(distances.argmin(axis=1), return_inverse=True)
    inertia = float(np.average(distances.min(axis=1), weights=weights))
    return Clusters(labels.reshape(-1), centres[found], modes[found], inertia)


def _kmeans(rows: Measured, k: int, weights: Floats, seed: int) -> Floats:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    with threadpool_limits(limits=1):  # the order of sums, and so the last digits, stay the same
        fitted = KMeans(k, n_init=1, random_state=seed)  # type: ignore[arg-type]
        fitted.fit(rows.scaled, sample_weight=weights)
    return fitted.cluster_centers_


def _prototypes(
    rows: Measured, k: int, weights: Floats, draw: np.random.Generator
) -> tuple[Floats, NDArray[np.int64]]:
    first = _far_apart(rows, k, weights, draw)
    centres, modes = rows.scaled[first], rows.codes[first]
    labels = np.full(len(rows), -1)
    for _ in range(MAX_ROUNDS):
        before, labels = labels, _distances(rows, centres, modes).argmin(axis=1)
        if np.array_equal(before, labels):
            break
        centres, modes = _centres(rows, labels, weights, centres, modes)
    return centres, modes


def _far_apart(rows: Measured, k: int, weights: Floats, draw: np.random.Generator) -> Index:
    """Choose first centres as k-means++ does: the further from those chosen, the likelier."""
    chosen = [int(draw.choice(len(rows), p=weights / weights.sum()))]
    nearest = np.full(len(rows), np.inf)
    while len(chosen) < k:
        last = chosen[-1:]
        nearest = np.minimum(nearest, _distances(rows, rows.scaled[last], rows.codes[last])[:, 0])
        chance = nearest * weights
        if chance.sum() <= 0:
            break
        chosen.append(int(draw.choice(len(rows), p=chance / chance.sum())))
    return np.array(chosen)


def _distances(rows: Measured, centres: Floats, modes: NDArray[np.int64]) -> Floats:
    out = (rows.scaled**2).sum(axis=1)[:, None] - 2 * rows.scaled @ centres.T
    out += (centres**2).sum(axis=1)
    np.maximum(out, 0.0, out=out)
    for codes, mode in zip(rows.codes.T, modes.T, strict=True):
        out += MISMATCH * (codes[:, None] != mode)
    return out


def _centres(
    rows: Measured, labels: Index, weights: Floats, centres: Floats, modes: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64]]:
    """Return means and modes; an empty cluster keeps what it had."""
    k = len(centres)
    total = np.bincount(labels, weights, minlength=k)
    filled = total > 0
    means = np.column_stack(
        [np.bincount(labels, weights * column, minlength=k) for column in rows.scaled.T]
        or [np.empty((k, 0))]
    )
    centres = np.where(filled[:, None], means / np.where(filled, total, 1.0)[:, None], centres)
    modes = modes.copy()
    for place, codes in enumerate(rows.codes.T):
        _, dense = np.unique(codes, return_inverse=True)
        counts = np.zeros((k, dense.max() + 1))
        np.add.at(counts, (labels, dense), weights)
        commonest = np.unique(codes)[counts.argmax(axis=1)]
        modes[filled, place] = commonest[filled]
    return centres, modes
