"""Rows of two groups in, what the most similar rows of the other group were answered out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
N_NEIGHBOURS = 5
FEW_ROWS = 10
"""Below as many rows of facet a, only the one nearest row is asked."""
_TREE_COLUMNS = 8  # a tree is quicker than all distances up to about as many
_MORE = 9  # beyond three times k, for votes of half the rows
_SAME = 1e-9  # distances that differ by this share are the same
_CELLS_AT_ONCE = 2_000_000


def neighbours_for(n_rest: int) -> int:
    """Return how many neighbours vote: 5, or 1 where facet a has fewer than 10 rows."""
    return N_NEIGHBOURS if n_rest >= FEW_ROWS else 1


def flip_counts(
    features_a: Floats,
    predicted_a: NDArray[np.generic],
    features_d: Floats,
    predicted_d: NDArray[np.generic],
    k: int,
) -> tuple[int, int]:
    """Count the rows of facet d that scikit-learn's nearest neighbours in facet a would turn.

    Among neighbours that are equally far, scikit-learn takes those that its search meets first,
    so the counts may depend on the order of the rows.

    Parameters
    ----------
    features_a, features_d : ndarray of float, shapes (n_a, n_features), (n_d, n_features)
    predicted_a, predicted_d : ndarray of bool, shapes (n_a,), (n_d,)
        Whether the positive outcome is predicted.
    k : int
        Neighbours that vote.

    Returns
    -------
    up, down : int
        Rows predicted negative whose neighbours say positive, and the reverse.

    Raises
    ------
    ValueError
        If there is no feature, fewer than `k` rows in facet a, or a value is missing.

    Examples
    --------
    >>> a, d = np.array([[0.0], [1.0]]), np.array([[0.1], [0.2], [0.9]])
    >>> flip_counts(a, np.array([True, False]), d, np.array([False, True, True]), 1)
    (1, 1)
    """
    from sklearn.neighbors import KNeighborsClassifier

    told = np.asarray(predicted_a, dtype=bool)
    got = np.asarray(predicted_d, dtype=bool)
    model = KNeighborsClassifier(n_neighbors=k).fit(features_a, told)
    said = np.asarray(model.predict(features_d), dtype=bool)
    return int(np.sum(said & ~got)), int(np.sum(~said & got))


@dataclass(frozen=True, eq=False)
class Neighbours:
    """For each asked row the points of the reference around it, nearest first.

    Rows of the reference with the same features are one point.

    Parameters
    ----------
    point : ndarray of int, shape (n_asked, n_near)
        Index of each point; `n_points` where there are no more.
    distance : ndarray of float, shape (n_asked, n_near)
        Ascending; infinite where there are no more.
    point_of : ndarray of int, shape (n_reference,)
        Point of each row of the reference.
    n_points : int
    """

    point: NDArray[np.int64]
    distance: Floats
    point_of: NDArray[np.int64]
    n_points: int

    def chances(self, predicted: Flags, k: int, *, among: Flags | None = None) -> Floats:
        """Return for each asked row the chance that most of its `k` nearest rows are positive.

        It is 0 or 1 where it is clear which rows are the nearest; of rows that are equally far,
        each is as likely to be among them. This is the mean of a classifier by nearest neighbours
        over all orders of the rows; a vote that ends even counts one half.

        Parameters
        ----------
        predicted : ndarray of bool, shape (n_reference,)
        k : int
        among : ndarray of bool or None, shape (n_reference,)
            The rows of the reference that may vote; None for all.

        Returns
        -------
        ndarray of float, shape (n_asked,)
            Where fewer than `k` rows are known, all of them vote; one half where there is none.
        """
        kept = slice(None) if among is None else among
        place = self.point_of[kept]
        rows = np.bincount(place, minlength=self.n_points + 1)
        positive = np.bincount(place, weights=predicted[kept], minlength=self.n_points + 1)
        n, p = rows[self.point], positive.astype(np.int64)[self.point]
        seen = np.cumsum(n, axis=1)
        votes = np.minimum(k, seen[:, -1])
        at = np.minimum(np.sum(seen < votes[:, None], axis=1), n.shape[1] - 1)
        radius = np.take_along_axis(self.distance, at[:, None], axis=1)
        nearer = self.distance < radius * (1 - _SAME)
        tied = ~nearer & (self.distance <= radius * (1 + _SAME))
        inside, tied = np.where(nearer, n, 0), np.where(tied, n, 0)
        share = (np.where(nearer, p, 0).sum(axis=1), np.where(tied > 0, p, 0).sum(axis=1))
        return _majority_chance(votes, inside.sum(axis=1), share[0], tied.sum(axis=1), share[1])


def _majority_chance(
    votes: NDArray[np.int64],
    n_inside: NDArray[np.int64],
    p_inside: NDArray[np.int64],
    n_tied: NDArray[np.int64],
    p_tied: NDArray[np.int64],
) -> Floats:
    """Return the chance of a majority where some votes are drawn from rows equally far."""
    wanted = votes - n_inside
    chance = np.where(votes > 0, 0.0, 0.5)
    for need in np.unique(wanted[votes > 0]).tolist():
        rows = np.flatnonzero((wanted == need) & (votes > 0))
        n, p = n_tied[rows].astype(np.float64), p_tied[rows].astype(np.float64)
        all_ways = _falling(n, need)
        ways = 1.0  # need choose drawn
        for drawn in range(need + 1):
            law = ways * _falling(p, drawn) * _falling(n - p, need - drawn) / all_ways
            ahead = 2 * (p_inside[rows] + drawn) - votes[rows]
            chance[rows] += law * (0.5 + 0.5 * np.sign(ahead))
            ways = ways * (need - drawn) / (drawn + 1)
    return np.clip(chance, 0.0, 1.0)


def _falling(x: Floats, times: int) -> Floats:
    """Return x (x - 1) … with `times` factors."""
    out = np.ones_like(x)
    for step in range(times):
        out = out * (x - step)
    return out


def find_neighbours(reference: Floats, asked: Floats, k: int) -> Neighbours:
    """Find the points nearest to each asked row, with all that are as far as the k-th row.

    Parameters
    ----------
    reference : ndarray of float, shape (n_reference, n_features)
        At least one row; all values finite.
    asked : ndarray of float, shape (n_asked, n_features)
    k : int

    Returns
    -------
    Neighbours

    Examples
    --------
    >>> near = find_neighbours(np.array([[0.0], [0.0], [1.0]]), np.array([[0.25]]), 1)
    >>> near.distance.tolist(), near.chances(np.array([True, False, True]), 1).tolist()
    ([[0.25, 0.75]], [0.5])
    """
    points, point_of = np.unique(reference, axis=0, return_inverse=True)
    return find_among_points(points, point_of.reshape(-1), asked, k)


def find_among_points(
    points: Floats, point_of: NDArray[np.int64], asked: Floats, k: int
) -> Neighbours:
    """Find neighbours where it is known which rows of the reference are one point.

    Parameters
    ----------
    points : ndarray of float, shape (n_points, n_features)
        Each different from the others.
    point_of : ndarray of int, shape (n_reference,)
        Point of each row of the reference; every point has one.
    asked : ndarray of float, shape (n_asked, n_features)
    k : int

    Returns
    -------
    Neighbours
    """
    n_points = len(points)
    rows = np.bincount(point_of, minlength=n_points)
    search = _searcher(points)
    near = min(3 * k + _MORE, n_points)
    point, distance = _nearest(search, points, asked, near)
    open_rows = np.flatnonzero(_cut_within_ties(rows[point], distance, k))
    while len(open_rows) and near < n_points:
        wider = min(4 * near, n_points) - near
        near += wider
        point = np.pad(point, ((0, 0), (0, wider)), constant_values=n_points)
        distance = np.pad(distance, ((0, 0), (0, wider)), constant_values=np.inf)
        found, far = _nearest(search, points, asked[open_rows], near)
        point[open_rows], distance[open_rows] = found, far
        open_rows = open_rows[_cut_within_ties(rows[found], far, k)]
    return Neighbours(point, distance, point_of, n_points)


def _cut_within_ties(rows: NDArray[np.int64], distance: Floats, k: int) -> Flags:
    """Whether the last point is as far as the k-th row, so that others may be so too."""
    at = np.minimum(np.sum(np.cumsum(rows, axis=1) < k, axis=1), rows.shape[1] - 1)
    radius = np.take_along_axis(distance, at[:, None], axis=1)[:, 0]
    return distance[:, -1] <= radius * (1 + _SAME)


Search = Callable[[Floats, int], NDArray[np.int64]]


def _searcher(points: Floats) -> Search:
    from sklearn.neighbors import NearestNeighbors

    quick = "kd_tree" if points.shape[1] <= _TREE_COLUMNS else "brute"
    model = NearestNeighbors(algorithm=quick).fit(points)

    def search(asked: Floats, near: int) -> NDArray[np.int64]:
        found = model.kneighbors(asked, n_neighbors=near, return_distance=False)
        return cast("NDArray[np.int64]", np.asarray(found, dtype=np.int64))

    return search


def _nearest(
    search: Search, points: Floats, asked: Floats, near: int
) -> tuple[NDArray[np.int64], Floats]:
    """Return the points found and their distances, which are the same for the same difference."""
    at_once = max(1, _CELLS_AT_ONCE // max(1, near * points.shape[1]))
    found = np.empty((len(asked), near), dtype=np.int64)
    distance = np.empty((len(asked), near))
    for start in range(0, len(asked), at_once):
        rows = slice(start, start + at_once)
        places = search(asked[rows], near)
        apart = points[places] - asked[rows][:, None, :]
        far = np.sqrt(np.sum(apart * apart, axis=2))
        order = np.lexsort((places, far), axis=1)
        found[rows] = np.take_along_axis(places, order, axis=1)
        distance[rows] = np.take_along_axis(far, order, axis=1)
    return found, distance
