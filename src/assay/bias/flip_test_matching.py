"""Rows of two groups in; how many would be answered otherwise, and how sure that is, out."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.bias.flip_test_neighbours import Neighbours, Votes, find_among_points, neighbours_for
from assay.bias.flip_test_sample import FlipRows
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum
from assay.stats.rate import wilson

Floats = NDArray[np.float64]
Vote = Literal["majority", "share"]
N_HALVINGS = 20
_ROWS_HALVED = 2_000  # asked rows by which the variance of the matching is told


@dataclass(frozen=True, eq=False)
class Flips:
    """Shares of facet d that go up and down, and how they vary.

    Parameters
    ----------
    rates : ndarray of float, shape (2,)
        Share that its neighbours turn to positive, and to negative.
    covariance : ndarray of float, shape (2, 2)
    n_effective : float
        Independent rows of facet d of equal weight.
    freedom : float or None
        Of the covariance, where it comes from few units.
    """

    rates: Floats
    covariance: Floats
    n_effective: float
    freedom: float | None

    @property
    def error(self) -> float:
        """Standard error of the difference."""
        up, down, both = self.covariance[0, 0], self.covariance[1, 1], self.covariance[0, 1]
        return sqrt(max(0.0, float(up + down - 2 * both)))

    def interval(self, level: float) -> Interval:
        """Combine Wilson's intervals of both shares, with as many rows as their variances show.

        Parameters
        ----------
        level : float

        Returns
        -------
        Interval
            Of up less down, inside [-1, 1].
        """
        ends: list[Interval] = []
        for rate, variance in zip(self.rates, np.diag(self.covariance), strict=True):
            trials = self.n_effective
            if 0 < rate < 1 and variance > 0:
                trials = float(rate * (1 - rate) / variance)
            ends.append(wilson(float(rate), trials, level=level, freedom=self.freedom))
        scale = sqrt(float(self.covariance[0, 0] * self.covariance[1, 1]))
        together = float(np.clip(self.covariance[0, 1] / scale, -1, 1)) if scale > 0 else 0.0
        correlation = np.array([[1.0, together], [together, 1.0]])
        up, down = (float(rate) for rate in self.rates)
        joined = mover_sum([up, down], ends, coefficients=[1.0, -1.0], correlation=correlation)
        return joined.clipped(-1.0, 1.0).around(up - down)


@dataclass(frozen=True, eq=False)
class Matching:
    """The rows of facet d and their nearest neighbours in facet a.

    Parameters
    ----------
    rows : FlipRows
    asked, rest : ndarray of int
        Rows of facet d and of facet a.
    """

    rows: FlipRows
    asked: NDArray[np.intp]
    rest: NDArray[np.intp]

    @property
    def k(self) -> int:
        """Neighbours that vote."""
        return neighbours_for(len(self.rest))

    @cached_property
    def _near(self) -> Neighbours:
        points, of_row = self.rows.points
        used, point_of = np.unique(of_row[self.rest], return_inverse=True)
        asked = self.rows.features[self.asked]
        return find_among_points(points[used], point_of.reshape(-1), asked, self.k)

    def flips(self, vote: Vote) -> Flips:
        """Return the shares that go up and down.

        Parameters
        ----------
        vote : {"majority", "share"}
            Whether the majority of the neighbours decides, or their share is taken as it is.

        Returns
        -------
        Flips
        """
        got = self.rows.predicted[self.asked]
        said = _of(self._near.votes(self.rows.predicted[self.rest], self.k), vote)[0]
        moved = np.stack([np.where(got, 0.0, said), np.where(got, 1 - said, 0.0)])
        share, unit = self._share, self._units(self.asked)
        rates = moved @ share
        centred = _by_unit((moved - rates[:, None]) * share, unit)
        n_units = centred.shape[1]
        grown = n_units / (n_units - 1) if n_units > 1 else 1.0
        covariance = grown * centred @ centred.T + self._shared(vote)
        effective = min(1 / float(share @ share), n_units)
        return Flips(rates, covariance, effective, None if self.rows.unit is None else n_units - 1)

    @cached_property
    def _share(self) -> Floats:
        """Each row's share of the weight of facet d."""
        weight = self.rows.weight
        held = np.ones(len(self.asked)) if weight is None else weight[self.asked]
        return held / held.sum()

    def _units(self, rows: NDArray[np.intp]) -> NDArray[np.integer]:
        return rows if self.rows.unit is None else self.rows.unit[rows]

    @cached_property
    def _halved(self) -> tuple[NDArray[np.intp], Votes, Votes]:
        """Return some asked rows, and what two random halves of facet a say of each."""
        rng = np.random.default_rng(self.rows.seed)
        few = np.sort(rng.permutation(len(self.asked))[:_ROWS_HALVED])
        near = self._near
        part = Neighbours(near.point[few], near.distance[few], near.point_of, near.n_points)
        _, place = np.unique(self._units(self.rest), return_inverse=True)
        n_units = int(place.max()) + 1
        order = rng.permuted(np.tile(np.arange(n_units), (N_HALVINGS, 1)), axis=1)
        half = (order < n_units // 2)[:, place.reshape(-1)]
        predicted = self.rows.predicted[self.rest]
        one, other = (part.votes(predicted, self.k, among=each) for each in (half, ~half))
        return few, one, other

    def _shared(self, vote: Vote) -> Floats:
        """Return what is added to the covariance since rows of facet d share neighbours."""
        few, one, other = self._halved
        weight = self._share[few] / self._share[few].sum()
        got, unit = self.rows.predicted[self.asked[few]], self._units(self.asked[few])
        apart = (_of(one, vote) - _of(other, vote)) * weight
        terms = _by_unit(np.concatenate([np.where(got, 0, apart), np.where(got, -apart, 0)]), unit)
        up, down = np.split(terms, 2)
        found = np.zeros((2, 2))
        for at, first in enumerate((up, down)):
            for place, second in enumerate((up, down)):
                products = first.sum(axis=1) * second.sum(axis=1) - np.sum(first * second, axis=1)
                found[at, place] = products.mean()
        alone = float(np.sum(_by_unit(weight[None], unit) ** 2))
        # Two halves differ by twice the variance of one, which is twice that of all rows.
        values, vectors = np.linalg.eigh(found / 4 / max(1 - alone, alone))
        return (vectors * np.maximum(values, 0.0)) @ vectors.T


def _of(votes: Votes, vote: Vote) -> Floats:
    return votes.majority if vote == "majority" else votes.share


def _by_unit(terms: Floats, unit: NDArray[np.integer]) -> Floats:
    """Return the sums of each row of `terms` within units, shape (n_terms, n_units)."""
    known, place = np.unique(unit, return_inverse=True)
    if len(known) == len(unit):
        return terms
    sums = [np.bincount(place.reshape(-1), weights=row, minlength=len(known)) for row in terms]
    return np.stack(sums).astype(np.float64)
