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
_FEW_ASKED = 1_000
_SAME = 1e-9  # distances that differ by this share are the same
_CELLS_AT_ONCE = 1_000_000


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

    def votes(self, predicted: Flags, k: int, *, among: Flags | None = None) -> "Votes":
        """Let the `k` nearest rows of the reference vote about each asked row.

        Of rows that are equally far, each is as likely to be among the nearest: what is returned
        are means over all orders of the rows.

        Parameters
        ----------
        predicted : ndarray of bool, shape (n_reference,)
        k : int
        among : ndarray of bool or None, shape (n_sets, n_reference)
            The rows of the reference that may vote, in each of several votes; None for one vote
            of all.

        Returns
        -------
        Votes
            Where fewer than `k` rows are known, all of them vote; one half where there is none.
        """
        sets = np.ones((1, len(predicted)), dtype=bool) if among is None else among
        at_once = max(1, _CELLS_AT_ONCE // max(1, self.point.size))
        parts = [
            self._votes(predicted, k, sets[start : start + at_once])
            for start in range(0, len(sets), at_once)
        ]
        return Votes(
            np.concatenate([part.majority for part in parts]),
            np.concatenate([part.share for part in parts]),
        )

    def _votes(self, predicted: Flags, k: int, sets: Flags) -> "Votes":
        near, place = np.unique(self.point, return_inverse=True)
        place = place.reshape(self.point.shape)
        new = np.full(self.n_points + 1, -1, dtype=np.int64)
        new[near] = np.arange(len(near))
        reached = np.flatnonzero(new[self.point_of] >= 0)
        code = new[self.point_of[reached]]
        n = _counts(code, sets[:, reached], len(near))[:, place]
        p = _counts(code, sets[:, reached] & predicted[reached], len(near))[:, place]
        seen = np.cumsum(n, axis=2)
        wanted = np.minimum(k, seen[:, :, -1])
        at = np.minimum(np.sum(seen < wanted[:, :, None], axis=2), n.shape[2] - 1)
        radius = self.distance[np.arange(len(place)), at][:, :, None]
        nearer = self.distance < radius * (1 - _SAME)
        tied = ~nearer & (self.distance <= radius * (1 + _SAME))
        inside = np.sum(n * nearer, axis=2), np.sum(p * nearer, axis=2)
        beside = np.sum(n * tied, axis=2), np.sum(p * tied, axis=2)
        return _law_of_votes(wanted, inside, beside)


Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Votes:
    """What the nearest rows say.

    Parameters
    ----------
    majority : ndarray of float, shape (n_sets, n_asked)
        Chance that most of them are positive; 0 or 1 where no rows are equally far. A vote that
        ends even counts one half.
    share : ndarray of float, shape (n_sets, n_asked)
        Share of them that are positive.
    """

    majority: Floats
    share: Floats


def _counts(code: Counts, chosen: Flags, n_codes: int) -> Counts:
    """Return how many chosen rows each code has, shape (n_sets, n_codes)."""
    offset = code[None, :] + n_codes * np.arange(len(chosen))[:, None]
    return np.bincount(offset[chosen], minlength=n_codes * len(chosen)).reshape(-1, n_codes)


def _law_of_votes(
    votes: Counts, inside: tuple[Counts, Counts], tied: tuple[Counts, Counts]
) -> Votes:
    """Return the means over the orders of the tied rows, of which some are drawn to vote."""
    need = votes - inside[0]
    n, p = tied[0].astype(np.float64), tied[1].astype(np.float64)
    drawn = np.divide(need * p, n, out=np.zeros(n.shape), where=n > 0)
    share = np.where(votes > 0, (inside[1] + drawn) / np.maximum(votes, 1), 0.5)
    majority = np.where(votes > 0, 0.0, 0.5)
    clear = (votes > 0) & ((p == 0) | (p == n))
    majority[clear] = np.where(share[clear] > 0.5, 1.0, np.where(share[clear] < 0.5, 0.0, 0.5))
    open_votes = (votes > 0) & ~clear
    for wanted in np.unique(need[open_votes]).tolist():
        at = open_votes & (need == wanted)
        majority[at] = _majority_chance(wanted, votes[at], inside[1][at], n[at], p[at])
    return Votes(majority, share)


def _majority_chance(
    need: int, votes: Counts, p_inside: Counts, n_tied: Floats, p_tied: Floats
) -> Floats:
    """Return the chance of a majority where `need` votes are drawn from rows equally far."""
    chance = np.zeros(len(votes))
    all_ways = _falling(n_tied, need)
    ways = 1.0  # need choose drawn
    for drawn in range(need + 1):
        law = ways * _falling(p_tied, drawn) * _falling(n_tied - p_tied, need - drawn) / all_ways
        chance += law * (0.5 + 0.5 * np.sign(2 * (p_inside + drawn) - votes))
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
    >>> near.distance.tolist(), near.votes(np.array([True, False, True]), 1).majority.tolist()
    ([[0.25, 0.75]], [[0.5]])
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
    search = _searcher(points, len(asked))
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


def _searcher(points: Floats, n_asked: int) -> Search:
    if points.shape[1] > _TREE_COLUMNS and n_asked < _FEW_ASKED:
        return _all_distances(points)
    from sklearn.neighbors import NearestNeighbors

    quick = "kd_tree" if points.shape[1] <= _TREE_COLUMNS else "brute"
    model = NearestNeighbors(algorithm=quick).fit(points)

    def search(asked: Floats, near: int) -> NDArray[np.int64]:
        found = model.kneighbors(asked, n_neighbors=near, return_distance=False)
        return cast("NDArray[np.int64]", np.asarray(found, dtype=np.int64))

    return search


def _all_distances(points: Floats) -> Search:
    """Look at every point: quicker than starting a library's threads for few asked rows."""
    centre = points.mean(axis=0)
    moved = points - centre
    squares, doubled = np.sum(moved * moved, axis=1), 2 * moved.T

    def search(asked: Floats, near: int) -> NDArray[np.int64]:
        if near == len(points):
            return np.broadcast_to(np.arange(near), (len(asked), near))
        at_once = max(1, _CELLS_AT_ONCE // len(points))
        found = np.empty((len(asked), near), dtype=np.int64)
        for start in range(0, len(asked), at_once):
            far = squares - (asked[start : start + at_once] - centre) @ doubled
            found[start : start + at_once] = np.argpartition(far, near, axis=1)[:, :near]
        return found

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
