"""How far two groups' shares of several classes lie apart: the raw classes of a label."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.distances import (
    TEST,
    TwoShares,
    empty_group,
    gated,
    shares_in,
)
from assay.bias.measurement import Measurement
from assay.bias.split import Split
from assay.metrics.few import MIN_DENOMINATOR, few_rows
from assay.stats.chi_square import two_laws_p
from assay.stats.interval import Interval
from assay.stats.largest import freed_of_excess
from assay.stats.quadratic import quadratic_interval
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
LEAST_OF_CLASS = 5
"""Rows of a class that a group with the rates of both together would have."""
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class TwoLaws:
    """Shares of each class in facet a and in facet d; only classes that occur in one of them.

    Parameters
    ----------
    place : ndarray of int, shape (n_cells,)
        Class of each cell, 0 to k - 1; -1 for cells of other groups.
    rest, group : ndarray of float, shape (k,)
    joint : ndarray of float, shape (2 k, 2 k)
        Covariance of the shares in a, then of those in d.
    rows : (int, int)
        Rows of a and of d.
    p_value : float
        Of the test that the shares are equal.
    freedom : float or None
    few : tuple of str
    two : TwoShares or None
        Where there are two classes: the shares of the second one.
    """

    place: NDArray[np.int64]
    rest: Floats
    group: Floats
    joint: Floats
    rows: tuple[int, int]
    p_value: float
    freedom: float | None
    few: tuple[str, ...]
    two: TwoShares

    @property
    def k(self) -> int:
        """Number of classes."""
        return len(self.rest)

    @property
    def gap(self) -> Floats:
        """Shares in a less those in d, shape (k,)."""
        return self.rest - self.group

    @property
    def covariance(self) -> Floats:
        """Covariance of `gap`, shape (k, k)."""
        return _of_gap(self.joint)

    @property
    def gap_errors(self) -> Floats:
        """Standard errors of `gap`, shape (k,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def variance(self, by_rest: Floats, by_group: Floats) -> float:
        """Return the variance of a function of the shares from its derivatives by them."""
        slopes = np.concatenate([by_rest, by_group])
        return max(0.0, float(slopes @ self.joint @ slopes))

    def bias(self, by_rest: Floats, by_group: Floats) -> float:
        """Return by how much a smooth distance is too large on average.

        Parameters
        ----------
        by_rest, by_group : ndarray of float, shape (k,)
            Second derivatives by each share.
        """
        rest, group = np.split(np.diag(self.joint), 2)
        apart = rest + group
        jointly = np.divide(
            np.diag(self.covariance), apart, out=np.ones_like(apart), where=apart > 0
        )
        return float(np.sum((by_rest * rest + by_group * group) * jointly)) / 2


def class_laws(split: Split) -> TwoLaws | str:
    """Return the shares of each class in both groups, or why there are none.

    Made once for all metrics of a split.
    """
    known = split.cache.get("class_laws")
    if known is None:
        known = split.cache["class_laws"] = _laws(split)
    return cast("TwoLaws | str", known)


def _laws(split: Split) -> TwoLaws | str:
    cells = split.tables.cells
    if cells.label is None:
        return "there is no label"
    inside, outside = split.in_group(cells), split.in_rest(cells)
    both = (inside | outside) & (cells.w > 0)
    codes, found = np.unique(cells.label[both], return_inverse=True)
    place = np.full(len(cells.n), -1, dtype=np.int64)
    place[both] = found
    k = len(codes)
    two = shares_in(cells, split, place == min(1, k - 1))
    if two is None:
        return empty_group(split)
    rest, group = (_shares(cells, place, side & both, k) for side in (outside, inside))
    # What differs by rounding alone is equal: the unit of weights must not tell groups apart.
    group = np.where(np.abs(rest - group) > ROUNDING, group, rest)
    joint = _joint_covariance(cells, place, (outside & both, inside & both), (rest, group))
    rows = two.rest.n, two.group.n
    plain = not cells.weighted and cells.by_unit is None
    p_value = two_laws_p(
        rest, group, rows, covariance=None if plain else _of_gap(joint), freedom=two.freedom
    )
    few = _few_of_class(cells, place, both, rows)
    return TwoLaws(place, rest, group, joint, rows, p_value, two.freedom, (*two.few, *few), two)


def _shares(cells: GroupCells, place: NDArray[np.int64], side: Flags, k: int) -> Floats:
    weight = sums_by(place[side], cells.w[side], k)
    return weight / weight.sum()


def _of_gap(joint: Floats) -> Floats:
    """Return the covariance of the shares in a less those in d."""
    k = len(joint) // 2
    return joint[:k, :k] + joint[k:, k:] - joint[:k, k:] - joint[k:, :k]


def _joint_covariance(
    cells: GroupCells,
    place: NDArray[np.int64],
    sides: tuple[Flags, Flags],
    shares: tuple[Floats, Floats],
) -> Floats:
    """Return the covariance of the shares in a and of those in d, shape (2 k, 2 k)."""
    k = len(shares[0])
    if cells.by_unit is None:
        joint = np.zeros((2 * k, 2 * k))
        for at, (side, own) in enumerate(zip(sides, shares, strict=True)):
            here = slice(at * k, (at + 1) * k)
            joint[here, here] = _row_covariance(cells, place, side, own)
        return joint
    by_unit = cells.by_unit
    sums: list[Floats] = []
    for side, own in zip(sides, shares, strict=True):
        held = side[by_unit.cell]
        unit, cell, w = by_unit.unit[held], by_unit.cell[held], by_unit.w[held]
        of_class = sums_by(unit * k + place[cell], w, by_unit.n_units * k)
        of_class = of_class.reshape(by_unit.n_units, k)
        sums.append((of_class - of_class.sum(axis=1)[:, None] * own) / w.sum())
    both = np.concatenate(sums, axis=1)
    n_units = int(np.count_nonzero(np.any(both != 0, axis=1)))
    return n_units / max(1, n_units - 1) * both.T @ both


def _row_covariance(
    cells: GroupCells, place: NDArray[np.int64], side: Flags, shares: Floats
) -> Floats:
    """Return Σ w² (1[y] - p)(1[y] - p)' / W²: of a multinomial where rows are not weighted."""
    k = len(shares)
    squares = sums_by(place[side], cells.w2[side], k)
    total = float(cells.w[side].sum())
    crossed = np.outer(squares, shares)
    around = np.diag(squares) - crossed - crossed.T + squares.sum() * np.outer(shares, shares)
    return around / total**2


def _few_of_class(
    cells: GroupCells, place: NDArray[np.int64], both: Flags, rows: tuple[int, int]
) -> tuple[str, ...]:
    """Return the warning that a class is so rare that the smaller group may lack it by chance."""
    of_class = np.bincount(place[both], weights=cells.n[both])
    expected = float(of_class.min()) * min(rows) / max(1, sum(rows))
    if expected >= LEAST_OF_CLASS:
        return ()
    return few_rows(
        int(of_class.min()),
        least=max(MIN_DENOMINATOR, int(np.ceil(LEAST_OF_CLASS * sum(rows) / max(1, min(rows))))),
        what="rows of the rarest class",
    )


def smooth_distance(
    split: Split,
    distance: Callable[[Floats, Floats], float],
    slopes: Callable[[Floats, Floats], tuple[Floats, Floats]],
    curvature: Callable[[Floats, Floats], tuple[Floats, Floats]],
    *,
    upper: float = inf,
    root: bool = False,
    infinite: Callable[[TwoShares, float], Interval] | None = None,
) -> Measurement:
    """Return a distance that grows as the square of small differences, with its interval.

    Parameters
    ----------
    split : Split
    distance : callable
        Shares in a and in d, shape (k,), to a number; infinite where the formula gives that.
    slopes, curvature : callable
        First derivatives, and second ones, by each share in a and in d.
    upper : float
        The largest distance that there is.
    root : bool
        Whether the metric is the root of the distance (LP).
    infinite : callable or None
        Where the distance may be infinite: shares of one class and a level → the interval of the
        same distance with all other classes in one. Gathering classes never makes it larger, so
        its lower end holds.

    Returns
    -------
    Measurement
    """
    laws = class_laws(split)
    if isinstance(laws, str):
        return Measurement.undefined(laws)
    value = distance(laws.rest, laws.group)
    if laws.k < 2:
        return _measured(laws, value, None, "every row has the same label")
    if not np.isfinite(value) and infinite is not None:
        return _infinite(split, laws, value, infinite)
    by_share = slopes(laws.rest, laws.group)
    influence, variance = _influence(split, laws, *by_share), laws.variance(*by_share)
    bias = laws.bias(*curvature(laws.rest, laws.group))
    shown = float(np.sqrt(value)) if root else value

    def interval(level: float) -> Interval:
        ends = quadratic_interval(
            value,
            variance,
            bias,
            dimensions=laws.k - 1,
            freedom=laws.freedom,
            level=level,
        ).clipped(0.0, upper)
        if root:
            ends = Interval(float(np.sqrt(ends.low)), float(np.sqrt(ends.high)))
        return gated(ends, shown, laws.p_value, level)

    error = float(np.sqrt(variance))
    if root:
        chain = 1 / (2 * shown) if shown > 0 else 0.0
        influence, error = chain * influence, chain * error
    method = f"scaled non-central chi-square; {TEST}"
    return _measured(laws, shown, interval, method, influence=influence, error=error)


def _infinite(
    split: Split,
    laws: TwoLaws,
    value: float,
    coarser: Callable[[TwoShares, float], Interval],
) -> Measurement:
    missing = np.where(laws.group > 0, -1.0, laws.rest)
    absent = int(np.argmax(missing))
    shares = shares_in(split.tables.cells, split, laws.place == absent)
    assert shares is not None

    def interval(level: float) -> Interval:
        return gated(coarser(shares, level), value, max(laws.p_value, shares.p_value), level)

    method = f"range over a score region of the class that {split.group_name} lacks; {TEST}"
    return _measured(laws, value, interval, method)


def contrast_distance(split: Split, *, largest: bool) -> Measurement:
    """Return half the sum of absolute gaps of the shares (TVD), or the largest of them (KS).

    Both are the gap of one set of classes: of those that a has more of, or of one class. Its
    interval by Newcombe is freed of what choosing the set on the same rows adds on average.

    Parameters
    ----------
    split : Split
    largest : bool

    Returns
    -------
    Measurement
    """
    laws = class_laws(split)
    if isinstance(laws, str):
        return Measurement.undefined(laws)
    gap = laws.gap
    value = float(np.abs(gap).max() if largest else np.abs(gap).sum() / 2)
    if laws.k < 2:
        return _measured(laws, value, None, "every row has the same label")
    at = int(np.argmax(np.abs(gap) >= value - ROUNDING))
    sign = -1.0 if largest and gap[at] < 0 else 1.0
    # A class that is as frequent in both groups may be counted or not: then both sets are.
    sets = [np.arange(laws.k) == at] if largest else [gap > 0, gap >= 0]
    several = [
        _shares_of(split, laws, chosen) for chosen in (sets if np.any(gap == 0) else sets[:1])
    ]
    errors = laws.gap_errors
    parts = (gap, errors) if largest else (gap / 2, errors / 2)

    def interval(level: float) -> Interval:
        every = [shares.gap(level) for shares in several]
        ends = Interval(min(each.low for each in every), max(each.high for each in every))
        ends = ends if sign > 0 else Interval(-ends.high, -ends.low)
        if laws.k > 2:
            ends = freed_of_excess(ends, value, *parts, largest=largest)
        return gated(ends.clipped(0.0, 1.0), value, laws.p_value, level)

    method = f"Newcombe for the classes furthest apart, freed of the choice; {TEST}"
    influence = sign * np.mean([shares.gap_influence for shares in several], axis=0)
    error = max(shares.error(1.0, -1.0) for shares in several)
    return _measured(laws, value, interval, method, influence=influence, error=error)


def _shares_of(split: Split, laws: TwoLaws, chosen: Flags) -> TwoShares:
    """Return the shares of some classes in both groups."""
    found = shares_in(split.tables.cells, split, np.append(chosen, False)[laws.place])
    assert found is not None  # `class_laws` has looked
    return found


def _influence(split: Split, laws: TwoLaws, by_rest: Floats, by_group: Floats) -> Floats:
    """Return the influence of a function of the shares from its derivatives by them."""
    cells = split.tables.cells
    influence = np.zeros(len(cells.n))
    for side, shares, slope in (
        (split.in_rest(cells), laws.rest, by_rest),
        (split.in_group(cells), laws.group, by_group),
    ):
        held = side & (laws.place >= 0)
        known = np.where(shares > 0, slope, 0.0)
        own = known[laws.place[held]] - float(known @ shares)
        influence[held] = own / float(cells.w[held].sum())
    return influence


def _measured(
    laws: TwoLaws,
    value: float,
    interval: Callable[[float], Interval] | None,
    method: str,
    *,
    influence: Floats | None = None,
    error: float | None = None,
) -> Measurement:
    """Return the measurement of a distance; without an interval `method` says why."""
    rest, group = laws.rows
    return Measurement(
        value=value,
        reason=None if interval is not None else f"no interval: {method}",
        n=rest + group,
        n_group=group,
        n_rest=rest,
        interval=interval,
        method=method if interval is not None else "",
        influence=influence,
        cells_used=None if influence is None else "cells",
        error=error,
        n_effective=laws.two.spread.n_effective,
        unit=laws.two.spread.unit,
        p_value=laws.p_value,
        warnings=tuple(dict.fromkeys(laws.few)),
    )
