"""Losses and slices in; whether each slice is worse than the rest beyond chance out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.stats.mean_difference import mean_difference
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MIN_SIDE = 10
MIN_SIDE_UNITS = 5
N_DRAWS = 1_999
PERMUTED_UP_TO = 5_000
FLIPPED_UP_TO = 1_000
EQUAL = 1e-9
_ENTRIES_AT_ONCE = 2_000_000


@dataclass(frozen=True, eq=False)
class LossRows:
    """The losses that slices are judged by.

    Parameters
    ----------
    losses : ndarray of float, shape (n_rows,)
        The more, the worse.
    weight : ndarray of float or None, shape (n_rows,)
    unit : ndarray of int or None, shape (n_rows,)
        Rows of one unit belong together.
    unit_kind : str
        "row", "group" or "block".
    """

    losses: Floats
    weight: Floats | None = None
    unit: NDArray[np.int64] | None = None
    unit_kind: str = "row"

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.losses)

    @property
    def counted(self) -> bool:
        """Whether losses are 0 or 1 on rows that all count alike."""
        plain = self.weight is None and self.unit is None
        return plain and bool(np.isin(self.losses, (0.0, 1.0)).all())

    def take(self, rows: NDArray[np.intp] | Flags) -> "LossRows":
        """Return these rows alone; units are numbered anew."""
        unit = None
        if self.unit is not None:
            unit = np.unique(self.unit[rows], return_inverse=True)[1].astype(np.int64)
        weight = None if self.weight is None else self.weight[rows]
        return LossRows(self.losses[rows], weight, unit, self.unit_kind)


class Chances(NamedTuple):
    """One-sided p-values: that the slice is no worse, and that it is no better, than the rest."""

    worse: float
    better: float
    method: str

    @property
    def two_sided(self) -> float:
        """Of no difference."""
        return min(1.0, 2 * min(self.worse, self.better))


def testable(rows: LossRows, inside: Flags) -> str | None:
    """Return why a slice cannot be compared with the rest; None when it can."""
    n = int(np.count_nonzero(inside))
    for count, where in ((n, "in the slice"), (rows.n - n, "outside of it")):
        if count < MIN_SIDE:
            return f"{count} rows {where}, and {MIN_SIDE} are needed"
    if rows.weight is not None and min(rows.weight[inside].sum(), rows.weight[~inside].sum()) <= 0:
        return "all rows of one side weigh nothing"
    if rows.unit is not None:
        units = [len(np.unique(rows.unit[side])) for side in (inside, ~inside)]
        if min(units) < MIN_SIDE_UNITS:
            return f"{min(units)} {rows.unit_kind}s on one side, and {MIN_SIDE_UNITS} are needed"
    return None


def slice_chances(
    rows: LossRows, slices: Sequence[Flags], rng: np.random.Generator
) -> list[Chances | None]:
    """Test each slice against the rest of the rows.

    ==============================  ==================================================
    rows                            test
    ==============================  ==================================================
    losses 0 or 1, all rows alike   Fisher's exact test
    others, up to 5,000             permutation of Welch's t (exact where losses do not
                                    depend on the slice, right for unequal variances
                                    as rows grow)
    others, more                    Welch's t
    in groups or blocks             wild bootstrap of the units' signs; Student's t of
                                    the units' sums above 1,000 units
    ==============================  ==================================================

    Parameters
    ----------
    rows : LossRows
    slices : sequence of ndarray of bool, shape (n_rows,)
    rng : numpy.random.Generator

    Returns
    -------
    list of (Chances or None)
        None where a slice has too few rows or units, see `testable`.

    References
    ----------
    Janssen 1997, Statistics & Probability Letters 36:9 (studentised permutation); Cameron,
    Gelbach and Miller 2008, Review of Economics and Statistics 90:414 (wild cluster bootstrap).
    """
    usable = [place for place, inside in enumerate(slices) if testable(rows, inside) is None]
    found: list[Chances | None] = [None] * len(slices)
    if not usable:
        return found
    chosen = [slices[place] for place in usable]
    if rows.n and float(np.ptp(rows.losses)) == 0:
        made = [Chances(1.0, 1.0, "all losses are equal") for _ in chosen]
    elif rows.counted:
        made = [_fisher(rows.losses, inside) for inside in chosen]
    elif rows.unit is not None:
        made = [_wild(rows, inside, rng) for inside in chosen]
    elif rows.n <= PERMUTED_UP_TO:
        made = _permuted(rows, np.column_stack(chosen), rng)
    else:
        made = [_student(rows, inside, "Welch's t") for inside in chosen]
    for place, chances in zip(usable, made, strict=True):
        found[place] = chances
    return found


def _fisher(losses: Floats, inside: Flags) -> Chances:
    from scipy.stats import hypergeom

    wrong, all_wrong, n = losses[inside].sum(), losses.sum(), int(inside.sum())
    law = hypergeom(len(losses), int(all_wrong), n)
    return Chances(float(law.sf(wrong - 1)), float(law.cdf(wrong)), "Fisher's exact test")


def _student(rows: LossRows, inside: Flags, method: str) -> Chances:
    found = mean_difference(rows.losses, inside, weight=rows.weight, unit=rows.unit)
    above = found.chance_above
    return Chances(above, 1 - above, method)


def _permuted(rows: LossRows, inside: Flags, rng: np.random.Generator) -> list[Chances]:
    """Deal the losses anew to the rows, and compare Welch's t of every slice with that."""
    weight = np.ones(rows.n) if rows.weight is None else rows.weight
    centred = rows.losses - np.average(rows.losses, weights=weight)
    observed = _welch(centred[None, :], inside, weight)[0]
    slack = EQUAL * (1 + np.abs(observed))
    at_least, at_most = np.ones(len(observed)), np.ones(len(observed))
    at_once = max(1, _ENTRIES_AT_ONCE // rows.n)
    for start in range(0, N_DRAWS, at_once):
        shape = (min(at_once, N_DRAWS - start), rows.n)
        dealt = rng.permuted(np.broadcast_to(centred, shape), axis=1)
        t = _welch(dealt, inside, weight)
        at_least += (t >= observed - slack).sum(axis=0)
        at_most += (t <= observed + slack).sum(axis=0)
    total = N_DRAWS + 1
    method = f"permutation of Welch's t, {N_DRAWS:,} draws"
    return [
        Chances(float(a) / total, float(b) / total, method)
        for a, b in zip(at_least, at_most, strict=True)
    ]


def _welch(losses: Floats, inside: Flags, weight: Floats) -> Floats:
    """Return Welch's t of each slice under each dealing, shape (n_draws, n_slices)."""
    both = np.column_stack([inside, ~inside]).astype(np.float64)
    mass = weight @ both
    first = losses @ (both * weight[:, None]) / mass
    square = both * (weight**2)[:, None]
    spread = (losses**2) @ square - 2 * first * (losses @ square) + first**2 * square.sum(axis=0)
    effective = mass**2 / square.sum(axis=0)
    variance = np.maximum(spread, 0) / mass**2 * effective / np.maximum(effective - 1, 1e-9)
    k = inside.shape[1]
    difference, error = first[:, :k] - first[:, k:], np.sqrt(variance[:, :k] + variance[:, k:])
    tiny = EQUAL * (np.abs(losses).max() + 1e-300)
    return difference / np.maximum(error, tiny)


def _wild(rows: LossRows, inside: Flags, rng: np.random.Generator) -> Chances:
    """Turn the signs of the units' residuals at random, as if slice and rest were alike."""
    assert rows.unit is not None
    n_units = int(rows.unit.max()) + 1
    if n_units > FLIPPED_UP_TO:
        return _student(rows, inside, f"Student's t of {rows.unit_kind}s")
    weight = np.ones(rows.n) if rows.weight is None else rows.weight
    residual = weight * (rows.losses - np.average(rows.losses, weights=weight))
    sides = (inside, ~inside)
    sums = [sums_by(rows.unit, residual * s, n_units) for s in sides]
    mass = [sums_by(rows.unit, weight * s, n_units) for s in sides]
    observed = float(t_of_units(np.ones((1, n_units)), sums, mass)[0])
    signs = rng.choice((-1.0, 1.0), size=(N_DRAWS, n_units))
    drawn = t_of_units(signs, sums, mass)
    slack = EQUAL * (1 + abs(observed))
    above = (1 + np.count_nonzero(drawn >= observed - slack)) / (N_DRAWS + 1)
    below = (1 + np.count_nonzero(drawn <= observed + slack)) / (N_DRAWS + 1)
    method = f"wild bootstrap of {rows.unit_kind}s, {N_DRAWS:,} draws"
    return Chances(float(above), float(below), method)


def t_of_units(signs: Floats, sums: Sequence[Floats], mass: Sequence[Floats]) -> Floats:
    """Return the t of the difference with each unit's residuals under these signs.

    Parameters
    ----------
    signs : ndarray of float, shape (n_draws, n_units)
    sums, mass : pairs of ndarray of float, shape (n_units,)
        Residuals and weights of each unit, inside and outside.

    Returns
    -------
    ndarray of float, shape (n_draws,)
    """
    into, out = mass[0].sum(), mass[1].sum()
    mean_in, mean_out = signs @ sums[0] / into, signs @ sums[1] / out
    influence = (signs * sums[0] - mean_in[:, None] * mass[0]) / into
    influence -= (signs * sums[1] - mean_out[:, None] * mass[1]) / out
    error = np.sqrt((influence**2).sum(axis=1))
    return (mean_in - mean_out) / np.maximum(error, 1e-300)
