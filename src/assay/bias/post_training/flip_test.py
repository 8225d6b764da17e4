"""How often would a group have been answered otherwise, as similar rows of the others were."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assay.bias.flip_test_neighbours import Neighbours, find_among_points, neighbours_for
from assay.bias.flip_test_sample import FlipRows
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.metrics.few import MIN_ROWS, few_rows
from assay.stats.interval import Interval
from assay.stats.mover import mover_sum
from assay.stats.rate import wilson

Floats = NDArray[np.float64]
N_HALVINGS = 20
_ROWS_HALVED = 2_000  # asked rows by which the variance of the matching is told


def flip_test(split: Split) -> Measurement:
    """Compare each row of a group with the rows of facet a that are most like it.

    FT = (up − down) / n_d: `up` are rows of facet d predicted negative whose nearest neighbours
    in facet a are mostly predicted positive, `down` the reverse.

    Parameters
    ----------
    split : Split
        With `tables.rows`.

    Returns
    -------
    Measurement
        In [-1, 1]; undefined where the features are no numbers or a facet has no row.

    Notes
    -----
    Of rows equally far from a row, any are the nearest: the mean over their orders is taken.
    Neighbours have one vote each; weights count in facet d. The variance has two parts: that of
    facet d's rows, and that of facet a's rows, which many rows share as neighbours. For the
    latter facet a is halved at random again and again: the two halves are independent samples,
    and the products of two rows' differences between them show how these rows vary together.
    Redrawing rows with replacement would not, since copies of a row are its nearest neighbours.

    References
    ----------
    Black, Yeom and Fredrikson 2020, FAT*, doi:10.1145/3351095.3372845.
    Abadie and Imbens 2008, Econometrica 76:1537, doi:10.3982/ECTA6474, on the bootstrap.

    Examples
    --------
    >>> from assay.bias.split import FacetTables
    >>> from assay.bias.cells import GroupCells
    >>> rows = FlipRows.of_arrays(
    ...     ["a", "d"], np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [0.1], [0.9]]),
    ...     np.array([True, False, False, False]))
    >>> cells = GroupCells.from_counts(["a", "d"], [[1, 1], [2, 0]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells, rows=rows), "d")
    >>> flip_test(split).value
    0.5
    """
    rows = split.tables.rows
    if rows is None:
        return Measurement.undefined("no rows were sampled for the flip test")
    if rows.reason:
        return Measurement.undefined(rows.reason)
    asked = rows.uniform(split.group, int(rows.n_asked[split.group].sum()) or rows.max_rest)
    rest = rows.uniform(split.rest, rows.max_rest)
    for side, name in ((asked, split.group_name), (rest, split.rest_name)):
        if not len(side):
            return Measurement.undefined(
                f"{name} has no row with a value in every feature",
                n_group=len(asked),
                n_rest=len(rest),
                warnings=rows.warnings,
            )
    flips = _flips(rows, asked, rest)
    up, down = flips.rates
    return Measurement(
        value=float(up - down),
        n=len(asked) + len(rest),
        n_group=len(asked),
        n_rest=len(rest),
        interval=partial(_interval, flips),
        method=_method(rows, split, flips),
        error=float(np.sqrt(max(0.0, flips.variance))),
        n_effective=flips.n_effective
        if rows.weight is not None or rows.unit is not None
        else None,
        unit=rows.unit_kind,
        seed=rows.seed,
        warnings=(*_few(rows, asked, rest, split), *rows.warnings),
    )


@dataclass(frozen=True, eq=False)
class _Flips:
    """Shares of facet d that go up and down, and how they vary.

    Parameters
    ----------
    rates : ndarray of float, shape (2,)
    covariance : ndarray of float, shape (2, 2)
    n_effective : float
        Independent rows of facet d of equal weight.
    freedom : float or None
        Of the covariance, where it comes from few units.
    k : int
    """

    rates: Floats
    covariance: Floats
    n_effective: float
    freedom: float | None
    k: int

    @property
    def variance(self) -> float:
        return float(self.covariance[0, 0] + self.covariance[1, 1] - 2 * self.covariance[0, 1])


def _flips(rows: FlipRows, asked: NDArray[np.intp], rest: NDArray[np.intp]) -> _Flips:
    k = neighbours_for(len(rest))
    points, of_row = rows.points
    used, point_of = np.unique(of_row[rest], return_inverse=True)
    near = find_among_points(points[used], point_of.reshape(-1), rows.features[asked], k)
    said, got = near.chances(rows.predicted[rest], k), rows.predicted[asked]
    moved = np.stack([np.where(got, 0.0, said), np.where(got, 1 - said, 0.0)])
    weight = np.ones(len(asked)) if rows.weight is None else rows.weight[asked]
    share = weight / weight.sum()
    rates = moved @ share
    unit = np.arange(len(asked)) if rows.unit is None else rows.unit[asked]
    centred = _by_unit((moved - rates[:, None]) * share, unit)
    n_units = centred.shape[1]
    grown = n_units / (n_units - 1) if n_units > 1 else 1.0
    covariance = grown * centred @ centred.T + _shared(rows, asked, rest, near, k, share)
    effective = min(1 / float(share @ share), n_units)
    return _Flips(rates, covariance, effective, n_units - 1 if rows.unit is not None else None, k)


def _shared(
    rows: FlipRows,
    asked: NDArray[np.intp],
    rest: NDArray[np.intp],
    near: Neighbours,
    k: int,
    share: Floats,
) -> Floats:
    """Return what is added to the covariance since rows of facet d share neighbours."""
    rng = np.random.default_rng(rows.seed)
    few = np.sort(rng.permutation(len(asked))[:_ROWS_HALVED])
    part = Neighbours(near.point[few], near.distance[few], near.point_of, near.n_points)
    weight = share[few] / share[few].sum()
    got, predicted = rows.predicted[asked[few]], rows.predicted[rest]
    own = few if rows.unit is None else rows.unit[asked[few]]
    unit = np.arange(len(rest)) if rows.unit is None else rows.unit[rest]
    _, place = np.unique(unit, return_inverse=True)
    n_units = int(place.max()) + 1
    found = np.zeros((2, 2))
    for _ in range(N_HALVINGS):
        half = (rng.permutation(n_units) < n_units // 2)[place.reshape(-1)]
        apart = part.chances(predicted, k, among=half) - part.chances(predicted, k, among=~half)
        terms = _by_unit(
            np.stack([np.where(got, 0, apart), np.where(got, -apart, 0)]) * weight, own
        )
        total = terms.sum(axis=1)
        found += np.outer(total, total) - terms @ terms.T
    # Two halves differ by twice the variance of one, which is twice that of all rows.
    found /= 4 * N_HALVINGS
    alone = (
        float(weight @ weight)
        if rows.unit is None
        else float(np.sum(_by_unit(weight[None], own) ** 2))
    )
    values, vectors = np.linalg.eigh(found / max(1 - alone, alone))
    return (vectors * np.maximum(values, 0.0)) @ vectors.T


def _by_unit(terms: Floats, unit: NDArray[np.integer]) -> Floats:
    """Return the sums of each row of `terms` within units, shape (n_terms, n_units)."""
    _, place = np.unique(unit, return_inverse=True)
    sums = [np.bincount(place.reshape(-1), weights=row) for row in terms]
    return np.stack(sums).astype(np.float64)


def _interval(flips: _Flips, level: float) -> Interval:
    """Combine Wilson's intervals of both shares, with as many rows as their variances show."""
    ends: list[Interval] = []
    for rate, variance in zip(flips.rates, np.diag(flips.covariance), strict=True):
        trials = flips.n_effective
        if 0 < rate < 1 and variance > 0:
            trials = min(trials, float(rate * (1 - rate) / variance))
        ends.append(wilson(float(rate), trials, level=level, freedom=flips.freedom))
    scale = float(np.sqrt(flips.covariance[0, 0] * flips.covariance[1, 1]))
    together = float(np.clip(flips.covariance[0, 1] / scale, -1, 1)) if scale > 0 else 0.0
    correlation = np.array([[1.0, together], [together, 1.0]])
    up, down = (float(rate) for rate in flips.rates)
    joined = mover_sum([up, down], ends, coefficients=[1.0, -1.0], correlation=correlation)
    return joined.clipped(-1.0, 1.0).around(up - down)


def _few(
    rows: FlipRows, asked: NDArray[np.intp], rest: NDArray[np.intp], split: Split
) -> tuple[str, ...]:
    """Say where a facet, or the rarer answer in facet a, has too few rows."""
    positive = int(rows.predicted[rest].sum())
    rarer = min(positive, len(rest) - positive)
    answer = "positive" if positive == rarer else "negative"
    return (
        *few_rows(len(asked), least=MIN_ROWS, what=f"rows of {split.group_name}"),
        *few_rows(len(rest), least=MIN_ROWS, what=f"rows of {split.rest_name}"),
        *few_rows(rarer, what=f"rows predicted {answer} in {split.rest_name}"),
    )


def _method(rows: FlipRows, split: Split, flips: _Flips) -> str:
    in_group = int(rows.n_data[split.group].sum())
    in_rest = int(rows.n_data[split.rest].sum())
    asked = len(rows.uniform(split.group, int(rows.n_asked[split.group].sum()) or rows.max_rest))
    rest = len(rows.uniform(split.rest, rows.max_rest))
    return (
        f"{flips.k} nearest neighbours of {asked:,} of {in_group:,} rows among {rest:,} of "
        f"{in_rest:,}; hybrid score with the variance of the matching ({N_HALVINGS} halvings)"
    )


METRIC = BiasMetric(
    name="flip_test",
    title="Flip test",
    acronym="FT",
    stage="post_training",
    function=flip_test,
    needs="rows",
    positive_means="More rows of {group} would get the better answer ({outcome}) than would lose "
    "it, if they were answered as the most similar rows of {rest}.",
    negative_means="More rows of {group} would lose the better answer ({outcome}) than would get "
    "it, if they were answered as the most similar rows of {rest}.",
    help=(
        "What the model says about each row of the group, against what it says about the rows of "
        "the others that are most like it.",
        "Not where features differ much in scale or stand for the group itself: the nearest rows "
        "are then not alike in what matters.",
        "The conditional demographic disparity of predictions, or the gap in scores when only the "
        "facet is changed in each row.",
    ),
    reference="Black, Yeom and Fredrikson 2020, FAT*, doi:10.1145/3351095.3372845",
    clarify=True,
)
