"""Sums of per-row quantities by group in; the mean of any over any union of groups out."""

from dataclasses import dataclass
from functools import cached_property, partial
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from assay.bias.side_numbers import Ends, Flags, Floats, SideNumber
from assay.metrics.few import MIN_ROWS, few_rows
from assay.stats.interval import Interval
from assay.stats.mean import mean_interval
from assay.stats.spread import Spread, skewness, unit_spread
from assay.stats.sums import sums_by
from assay.tables.group_moments import GroupMoments, SumsByUnit
from assay.tables.units import CellsByUnit

MEAN_METHOD = "Student's t, Hall's correction for skewness"


@dataclass(frozen=True, eq=False)
class UnitParts:
    """Sums of some groups in every declared unit.

    Parameters
    ----------
    sums : ndarray of float, shape (n_units, J + 1)
        Σ w, then Σ w x of each quantity.
    n_used : int
        Units that hold rows of these groups.
    kind : str
    """

    sums: Floats
    n_used: int
    kind: str


@dataclass(frozen=True, eq=False)
class GroupMeans:
    """Power sums of named quantities by group.

    Parameters
    ----------
    groups : tuple of str
    moments : GroupMoments
        Its cells are the groups.
    """

    groups: tuple[str, ...]
    moments: GroupMoments

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities."""
        return self.moments.names

    def mean(
        self, name: str, inside: Flags, of: str, *, bounds: tuple[float, float] = (-inf, inf)
    ) -> SideNumber:
        """Return the mean of a quantity over some groups, with an interval mended for skewness.

        Parameters
        ----------
        name : str
            The quantity.
        inside : ndarray of bool, shape (n_groups,)
        of : str
            These groups, in words.
        bounds : (float, float)
            Range of the mean.

        Returns
        -------
        SideNumber
            Undefined without rows, or where the quantity was not made; without an interval from
            a single row.
        """
        if name not in self.names:
            return SideNumber.undefined(f"there is no {name.replace('_', ' ')} in the data")
        moments = self.moments
        n, total = int(moments.n[inside].sum()), float(moments.first[inside, 0, 0].sum())
        few = few_rows(n, least=MIN_ROWS, what=f"rows in {of}")
        if n == 0:
            return SideNumber.undefined(f"0 rows in {of}")
        if total <= 0:
            return SideNumber.undefined(f"the weights of {of} add up to 0", n=n)
        value, spread, unit_sums = _mean(
            moments, moments.names.index(name), inside, self._unit_parts(inside)
        )
        if not np.isfinite(value):
            return SideNumber.undefined(f"the sums of {of} overflow", n=n)
        value = min(max(value, bounds[0]), bounds[1])  # sums round
        if n < 2:
            reason = f"one row in {of} shows no variation: no interval"
            return SideNumber(value=value, reason=reason, n=n, spread=spread, warnings=few)
        freedom = _freedom(moments, inside) if spread.freedom is None else spread.freedom
        return SideNumber(
            value=value,
            n=n,
            interval=_interval(value, spread, freedom, bounds),
            spread=spread,
            unit_sums=unit_sums,
            method=MEAN_METHOD,
            warnings=few + self._skipped(inside, of),
        )

    @cached_property
    def _runs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Entries of units in the order of their groups, and where each group's begin."""
        assert self.moments.by_unit is not None
        cell = self.moments.by_unit.cell
        order = np.argsort(cell, kind="stable")
        return order, np.searchsorted(cell[order], np.arange(len(self.groups) + 1))

    @cached_property
    def _lately(self) -> dict[bytes, UnitParts]:
        """What was asked for last: all metrics of one split ask for the same."""
        return {}

    @cached_property
    def _everything(self) -> tuple[Floats, NDArray[np.int64]]:
        return self._added(np.ones(len(self.groups), dtype=bool))

    def _added(self, inside: Flags) -> tuple[Floats, NDArray[np.int64]]:
        """Return the sums of some groups by unit, and how many entries each unit has."""
        units = self.moments.by_unit
        assert units is not None
        order, starts = self._runs
        at = np.concatenate(
            [order[:0], *(order[starts[g] : starts[g + 1]] for g in np.flatnonzero(inside))]
        )
        unit = units.unit[at]
        columns = [sums_by(unit, each[at], units.n_units) for each in units.sums.T]
        return np.stack(columns, axis=1), np.bincount(unit, minlength=units.n_units)

    def _unit_parts(self, inside: Flags) -> UnitParts | None:
        """Return the sums by unit; of most of the groups, as those of all less the others'."""
        units = self.moments.by_unit
        if units is None:
            return None
        asked = inside.tobytes()
        if asked not in self._lately:
            while len(self._lately) > 1:
                self._lately.pop(next(iter(self._lately)))
            if inside.sum() * 2 <= len(inside):
                sums, entries = self._added(inside)
            else:
                (whole, every), (part, some) = self._everything, self._added(~inside)
                entries = every - some
                sums = np.where((entries > 0)[:, None], whole - part, 0.0)
            used = int(np.count_nonzero(entries))
            self._lately[asked] = UnitParts(sums, used, units.kind)
        return self._lately[asked]

    def deviation(self, name: str) -> float | None:
        """Return the standard deviation of a quantity over the rows of all groups."""
        if name not in self.names or not self.moments.n_rows:
            return None
        place = self.moments.names.index(name)
        sums = self.moments.first[:, place].sum(axis=0)
        if sums[0] <= 0:
            return None
        square = float(sums[2] - sums[1] ** 2 / sums[0]) / float(sums[0])
        return sqrt(max(square, 0.0)) if np.isfinite(square) else None

    def _skipped(self, inside: Flags, of: str) -> tuple[str, ...]:
        rows = int(self.moments.n_skipped[inside].sum())
        return (f"{rows} rows of {of} were left out: a number is missing there",) if rows else ()


def by_group(
    table: GroupMoments, group: NDArray[np.int64], groups: tuple[str, ...]
) -> GroupMoments:
    """Return the sums of cells by group; `group` is -1 for the cells that are left out."""
    kept = group >= 0
    sums: list[NDArray] = []
    for part in (table.n, table.n_skipped, table.first, table.second, table.third):
        out = np.zeros((len(groups), *part.shape[1:]), dtype=part.dtype)
        np.add.at(out, group[kept], part[kept])
        sums.append(out)
    units = table.by_unit
    if units is not None:
        place = group[units.cell]
        held = place >= 0
        units = SumsByUnit(
            units.unit[held], place[held], units.sums[held], units.n_units, units.kind
        )
    n, skipped, first, second, third = sums
    codes = np.arange(len(groups), dtype=np.int64)[:, None]
    return GroupMoments(
        ("group",),
        (groups,),
        codes,
        table.names,
        table.shift,
        n,
        skipped,
        first,
        second,
        third,
        weighted=table.weighted,
        by_unit=units,
    )


def moments_of_entries(
    groups: tuple[str, ...],
    group: NDArray[np.int64],
    terms: dict[str, Floats],
    weights: tuple[NDArray[np.int64], Floats, Floats],
    *,
    among: Flags,
    weighted: bool = False,
    units: CellsByUnit | None = None,
) -> GroupMoments:
    """Return the sums by group of numbers that are the same for all rows of an entry.

    Parameters
    ----------
    groups : tuple of str
    group : ndarray of int, shape (n_entries,)
        Index into `groups`.
    terms : mapping of str to ndarray of float, shape (n_entries,)
    weights : tuple of ndarray, shape (n_entries,)
        Rows, sums of weights and of squared weights.
    among : ndarray of bool, shape (n_entries,)
        The entries that count.
    weighted : bool
    units : CellsByUnit or None
        The entries by independent unit.

    Returns
    -------
    GroupMoments
        Cubes of weights are taken to be alike within an entry.
    """
    n, w, w2 = (part * among for part in weights)
    size = len(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        w3 = np.where(w > 0, w2**2 / w, 0.0) if weighted else w
    total = max(float(w.sum()), 1e-300)
    shift = np.array([float(np.dot(w, x)) / total for x in terms.values()])
    sums = [np.zeros((size, len(terms), powers)) for powers in (3, 3, 4)]
    for factor, out in zip((w, w2, w3), sums, strict=True):
        for at, x in enumerate(terms.values()):
            for power in range(out.shape[2]):
                out[:, at, power] = sums_by(group, factor * (x - shift[at]) ** power, size)
    rows = sums_by(group, n.astype(np.float64), size).astype(np.int64)
    by_unit = None
    if units is not None:
        columns = [among.astype(np.float64), *(x * among for x in terms.values())]
        by_unit = _entry_units(units, group, columns, size)
    return GroupMoments(
        ("group",),
        (groups,),
        np.arange(size, dtype=np.int64)[:, None],
        tuple(terms),
        shift,
        rows,
        np.zeros(size, dtype=np.int64),
        *sums,
        weighted=weighted,
        by_unit=by_unit,
    )


def _entry_units(
    units: CellsByUnit, group: NDArray[np.int64], columns: list[Floats], n_groups: int
) -> SumsByUnit:
    joint = units.unit * n_groups + group[units.cell]
    found, place = np.unique(joint, return_inverse=True)
    sums = [sums_by(place, units.w * each[units.cell], len(found)) for each in columns]
    held = np.flatnonzero(sums[0])
    table = np.stack(sums, axis=1)[held]
    unit, cell = found[held] // n_groups, found[held] % n_groups
    return SumsByUnit(unit, cell, table, units.n_units, units.kind)


def _mean(
    moments: GroupMoments, place: int, inside: Flags, parts: UnitParts | None
) -> tuple[float, Spread, Floats | None]:
    """Return the mean over some groups, how it varies, and its influences summed by unit."""
    first, second, third = (
        sums[inside, place].sum(axis=0) for sums in (moments.first, moments.second, moments.third)
    )
    total = float(first[0])
    with np.errstate(over="ignore", invalid="ignore"):
        d = float(first[1]) / total
        value = float(moments.shift[place]) + d
        plain = float(_about(first, d)) / total**2
        if parts is not None:
            sums = (parts.sums[:, 1 + place] - value * parts.sums[:, 0]) / total
            spread = unit_spread(
                sums, plain_variance=plain, n=total, unit=parts.kind, n_used=parts.n_used
            )
            return value, spread, sums
        rows = total**2 / float(second[0])
        variance = rows / max(rows - 1, 1.0) * float(_about(second, d)) / total**2
        variance = max(variance, 0.0)
        cubes = float(third[3] - 3 * d * third[2] + 3 * d**2 * third[1] - d**3 * third[0])
        skew = skewness(cubes / total**3, variance)
    if not moments.weighted:
        return value, Spread(variance, skew), None
    effective = total * plain / variance if variance > 0 else rows
    return value, Spread(variance, skew, effective), None


def _freedom(moments: GroupMoments, inside: Flags) -> float:
    """Return the degrees of freedom of Σ w² (x - mean)²: Satterthwaite's, of rows less one.

    (Σ w²)² / Σ w⁴ with Σ w⁴ taken from the lower powers, (Σ w³)² / Σ w².
    """
    squares = float(moments.second[inside, 0, 0].sum())
    cubes = float(moments.third[inside, 0, 0].sum())
    return max(1.0, squares**3 / cubes**2 - 1) if cubes > 0 else 1.0


def _about(sums: Floats, d: float) -> float:
    """Return Σ v (x - mean)² from sums about a shift that the mean is `d` above."""
    return max(0.0, float(sums[2] - 2 * d * sums[1] + d**2 * sums[0]))


def _interval(value: float, spread: Spread, freedom: float, bounds: tuple[float, float]) -> Ends:
    return partial(_ends, value, spread.error, spread.skew, freedom, bounds)


def _ends(
    value: float,
    error: float,
    skew: float,
    freedom: float,
    bounds: tuple[float, float],
    level: float,
) -> Interval:
    found = mean_interval(value, error, skew=skew, freedom=freedom, level=level)
    return found.clipped(*bounds).around(value)
