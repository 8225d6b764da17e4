"""Losses and coded columns of some rows in; the conditions under which they are worst out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.slices.atoms import Atom, CodedColumn
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = tuple[tuple[int, int], ...]
MIN_ROWS = 30
MIN_SHARE = 0.05
MAX_SHARE = 0.6
BEAM = 15
PER_COLUMN = 3
TRIPLES_FROM = 10_000
MAX_KEPT = 10
MAX_JACCARD = 0.6
PARENT_Z = 2.0
NEARLY_ALL = 0.8
LOOKED_AT = 200
CLIPPED_ABOVE = 0.99


@dataclass(frozen=True)
class Candidate:
    """A slice that stands out on the rows it was searched in.

    Parameters
    ----------
    places : tuple of (int, int)
        Column and atom of each condition.
    atoms : tuple of Atom
    z : float
        Standard errors by which the mean loss inside exceeds that outside.
    """

    places: Places
    atoms: tuple[Atom, ...]
    z: float


class Found(NamedTuple):
    """What a search kept.

    Parameters
    ----------
    candidates : list of Candidate
        At most 10, the worst first.
    bar : float
        The z that another slice would have had to exceed to be kept.
    """

    candidates: list[Candidate]
    bar: float


@dataclass(frozen=True, eq=False)
class Searched:
    """The rows of one half, as the search needs them.

    Parameters
    ----------
    columns : sequence of CodedColumn
    losses : ndarray of float, shape (n_rows,)
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        With units, standard errors are made from their sums.
    """

    columns: Sequence[CodedColumn]
    losses: Floats
    weight: Floats | None = None
    unit: NDArray[np.int64] | None = None

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.losses)

    @cached_property
    def clipped(self) -> Floats:
        """Losses without their highest hundredth: few rows shall not lead the search."""
        if np.isin(self.losses, (0.0, 1.0)).all():
            return self.losses
        low, high = np.quantile(self.losses, [1 - CLIPPED_ABOVE, CLIPPED_ABOVE])
        return self.losses.clip(low, high)

    @cached_property
    def amounts(self) -> tuple[Floats, ...]:
        """What is added up: rows, weights times loss, weights, squared weights."""
        if self.weight is None:
            return (self.clipped,)
        return (self.clipped * self.weight, self.weight, self.weight**2)

    @cached_property
    def variance(self) -> float:
        """Of the clipped losses."""
        mean = np.average(self.clipped, weights=self.weight)
        return float(np.average((self.clipped - mean) ** 2, weights=self.weight))

    @cached_property
    def totals(self) -> Floats:
        """Rows, Σwl, Σw and Σw² of all rows."""
        return self.sums(np.zeros(self.n, dtype=np.int16), 1, None)[:, 0]

    def sums(
        self, codes: NDArray[np.int16], n_codes: int, rows: NDArray[np.intp] | None
    ) -> Floats:
        """Return rows, Σwl, Σw and Σw² by code, shape (4, n_codes)."""
        some = codes if rows is None else codes[rows]
        n = np.bincount(some, minlength=n_codes).astype(np.float64)
        rest = [sums_by(some, a if rows is None else a[rows], n_codes) for a in self.amounts]
        return np.stack([n, *rest] if self.weight is not None else [n, rest[0], n, n])

    def mask(self, atoms_of: Places) -> Flags:
        """Return the rows that satisfy all conditions."""
        inside = np.ones(self.n, dtype=np.bool_)
        for column, atom in atoms_of:
            inside &= self.columns[column].holds(self.columns[column].atoms[atom])
        return inside

    def z(self, inside: Flags, within: Flags | None = None) -> float:
        """Return how far the rows inside are worse than the others (of those `within`)."""
        if self.unit is not None:
            return self._z_of_units(inside, within)
        one = np.zeros(self.n, dtype=np.int16)
        part = self.sums(one, 1, np.flatnonzero(inside))[:, 0]
        whole = self.totals
        if within is not None:
            whole = self.sums(one, 1, np.flatnonzero(within))[:, 0]
        return float(self.z_of(part[:, None], whole)[0])

    def z_of(self, part: Floats, whole: Floats) -> Floats:
        """Return z of sums, shape (n_slices,), against the rest of `whole`; -inf if undefined."""
        rest = whole[:, None] - part
        defined = (part[0] > 0) & (rest[0] > 0) & (part[2] > 0) & (rest[2] > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            difference = part[1] / part[2] - rest[1] / rest[2]
            error = self.variance * (part[3] / part[2] ** 2 + rest[3] / rest[2] ** 2)
            z = difference / np.sqrt(error)
        return np.where(defined & np.isfinite(z), z, -np.inf)

    def _z_of_units(self, inside: Flags, within: Flags | None) -> float:
        assert self.unit is not None
        unit = self.unit if within is None else self.unit[within]
        loss = self.clipped if within is None else self.clipped[within]
        some = inside if within is None else inside[within]
        weight = np.ones(self.n) if self.weight is None else self.weight
        weight = weight if within is None else weight[within]
        into, out = weight[some].sum(), weight[~some].sum()
        if into <= 0 or out <= 0:
            return -np.inf
        mean_in = (weight * loss)[some].sum() / into
        mean_out = (weight * loss)[~some].sum() / out
        influence = weight * np.where(some, (loss - mean_in) / into, (mean_out - loss) / out)
        by_unit = np.bincount(unit, weights=influence)
        error = np.sqrt((by_unit**2).sum())
        return float((mean_in - mean_out) / error) if error > 0 else -np.inf


def search_slices(searched: Searched, *, triples: bool | None = None) -> Found:
    """Look for the slices with the highest mean loss.

    Single conditions first; the 15 best (at most 3 of one column) are joined with every other,
    and, on 10,000 rows or more, the 15 best of these once more. A slice holds 30 rows or 5 %, and
    at most 60 %. One that overlaps a worse one (Jaccard 0.6 or more), or that is not clearly worse
    (z of 2) than what else is in each of its parents, is dropped.

    Parameters
    ----------
    searched : Searched
    triples : bool or None
        Whether three conditions are joined; None decides by the rows.

    Returns
    -------
    Found
    """
    if searched.n < 2 * MIN_ROWS or float(np.ptp(searched.clipped)) == 0:
        return Found([], 0.0)
    singles = _singles(searched)
    beam = _best(searched, singles, per_column=PER_COLUMN)
    found = dict(singles)
    more = conditions_joined(searched.n) if triples is None else 1 + triples
    for _ in range(more):
        joined = _extended(searched, beam)
        found |= joined
        beam = _best(searched, joined)
    least, most = size_limits(searched.n)
    sized = {places: z for places, (z, n) in found.items() if least <= n <= most and z > 0}
    return _kept(searched, sized)


def conditions_joined(n: int) -> int:
    """Return how many conditions may be joined to the first, where `n` rows are searched."""
    return 2 if 2 * n >= TRIPLES_FROM else 1


def size_limits(n: int) -> tuple[float, float]:
    """Return the fewest and the most rows of a slice of `n` rows."""
    return max(MIN_ROWS, MIN_SHARE * n), MAX_SHARE * n


def _singles(searched: Searched) -> dict[Places, tuple[float, float]]:
    """Return z and rows of every atom."""
    found: dict[Places, tuple[float, float]] = {}
    for place, column in enumerate(searched.columns):
        part = _by_atom(searched.sums(column.codes, column.n_codes, None), column.atoms)
        z = searched.z_of(part, searched.totals)
        for atom in range(len(column.atoms)):
            found[((place, atom),)] = (float(z[atom]), float(part[0, atom]))
    return found


def _by_atom(sums: Floats, atoms: Sequence[Atom]) -> Floats:
    """Add sums by code up to sums by atom, shape (4, n_atoms)."""
    up_to = np.concatenate((np.zeros((len(sums), 1)), np.cumsum(sums, axis=1)), axis=1)
    first = [atom.first for atom in atoms]
    last = [atom.last + 1 for atom in atoms]
    return up_to[:, last] - up_to[:, first]


def _best(
    searched: Searched, found: dict[Places, tuple[float, float]], per_column: int | None = None
) -> list[Places]:
    """Return what is extended: the worst slices, in units' standard errors where there are any."""
    least, _ = size_limits(searched.n)
    large = [places for places, (z, n) in found.items() if n >= least and z > 0]
    ordered = sorted(large, key=lambda places: -found[places][0])
    if searched.unit is not None:
        ordered = ordered[: 4 * BEAM]
        z = {places: searched.z(searched.mask(places)) for places in ordered}
        ordered.sort(key=lambda places: -z[places])
    taken: list[Places] = []
    of_column: dict[int, int] = {}
    for places in ordered:
        column = places[0][0]
        if per_column is not None and of_column.get(column, 0) >= per_column:
            continue
        of_column[column] = of_column.get(column, 0) + 1
        taken.append(places)
    return taken[:BEAM]


def _extended(searched: Searched, beam: Sequence[Places]) -> dict[Places, tuple[float, float]]:
    """Join every slice of the beam with every atom."""
    least, most = size_limits(searched.n)
    found: dict[Places, tuple[float, float]] = {}
    for parent in beam:
        rows = np.flatnonzero(searched.mask(parent))
        for place, column in enumerate(searched.columns):
            sums = searched.sums(column.codes, column.n_codes, rows)
            part = _by_atom(sums, column.atoms)
            z = searched.z_of(part, searched.totals)
            good = (part[0] >= least) & (part[0] <= most) & (part[0] < len(rows)) & (z > 0)
            for atom in np.flatnonzero(good).tolist():
                places = tuple(sorted((*parent, (place, atom))))
                found[places] = (float(z[atom]), float(part[0, atom]))
    return found


def _kept(searched: Searched, found: dict[Places, float]) -> Found:
    """Drop what repeats a worse slice, or is explained by one of its own parents."""
    ordered = sorted(found, key=lambda places: (-found[places], len(places)))[:LOOKED_AT]
    masks: list[Flags] = []
    kept: list[Candidate] = []
    if searched.unit is not None:
        found = {places: searched.z(searched.mask(places)) for places in ordered}
        ordered.sort(key=lambda places: -found[places])
    for places in ordered:
        inside = searched.mask(places)
        if any(_jaccard(inside, other) >= MAX_JACCARD for other in masks):
            continue
        if _explained(searched, places, inside):
            continue
        masks.append(inside)
        atoms = tuple(searched.columns[column].atoms[atom] for column, atom in places)
        kept.append(Candidate(places, atoms, found[places]))
        if len(kept) == MAX_KEPT:
            return Found(kept, kept[-1].z)
    return Found(kept, found[ordered[-1]] if len(ordered) == LOOKED_AT else 0.0)


def _explained(searched: Searched, places: Places, inside: Flags) -> bool:
    """Whether the slice is not clearly worse than what else is in one of its parents.

    A further condition that leaves out few rows of a parent hardly says more than the parent; as
    the best of all atoms it has √(2 ln atoms) by chance alone, and must have more.
    """
    n_atoms = sum(len(column.atoms) for column in searched.columns)
    by_chance = max(PARENT_Z, sqrt(2 * log(max(n_atoms, 1))))
    n = np.count_nonzero(inside)
    for parent in combinations(places, len(places) - 1) if len(places) > 1 else ():
        within = searched.mask(parent)
        alike = n > NEARLY_ALL * np.count_nonzero(within)
        if searched.z(inside, within=within) < (by_chance if alike else PARENT_Z):
            return True
    return False


def _jaccard(one: Flags, other: Flags) -> float:
    both = np.count_nonzero(one & other)
    either = np.count_nonzero(one) + np.count_nonzero(other) - both
    return both / either if either else 0.0
