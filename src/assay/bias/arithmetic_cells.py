"""Rows of two facets by label and prediction: the twelve cells that metrics of counts look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.split import Split
from assay.stats.spread import Spread
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Side = Literal["group", "rest"]
SIDES: tuple[Side, Side] = ("group", "rest")
ELSEWHERE = len(SIDES)
TN, FP, FN, TP = range(4)
ALL = (TN, FP, FN, TP)
N_PLACES = (len(SIDES) + 1) * len(ALL)


@dataclass(frozen=True, eq=False)
class SideCells:
    """A table of a facet, gathered: facet d, facet a and other groups, each by outcome.

    Parameters
    ----------
    place : ndarray of int, shape (n_cells,)
        Where each cell of the facet's table went: 4 times the side plus the outcome.
    n, w, w2 : ndarray of float, shape (12,)
        Rows, and sums of weights and of squared weights.
    weighted : bool
    kind : str
        What is independent: "row", "group" or "block".
    moments : ndarray of float or None, shape (12, 12)
        Σ over units of the products of what they hold in two places; None for rows.
    held, n_holding : ndarray of int or None
        Sets of places, as bits, in which units hold rows; and how many units hold each set.
    """

    place: NDArray[np.int64]
    n: Floats
    w: Floats
    w2: Floats
    weighted: bool = False
    kind: str = "row"
    moments: Floats | None = None
    held: NDArray[np.int64] | None = None
    n_holding: NDArray[np.int64] | None = None

    def rows(self, among: Flags) -> int:
        """Return the rows in some places."""
        return int(self.n[among].sum())

    def equal_rows(self, among: Flags) -> float:
        """Return Kish's effective rows, at most the units that hold them."""
        kish = float(self.w[among].sum()) ** 2 / float(self.w2[among].sum())
        return kish if self.moments is None else min(kish, self.units(among))

    def units(self, among: Flags) -> int:
        """Return the number of units that hold rows in some places."""
        assert self.held is not None
        assert self.n_holding is not None
        bits = int(among @ (1 << np.arange(N_PLACES)))
        return int(self.n_holding[(self.held & bits) != 0].sum())

    def spread(self, influence: Floats, among: Flags) -> Spread:
        """Return how a smooth function varies over samples; as `cell_spread`, without the skew.

        Parameters
        ----------
        influence : ndarray of float, shape (12,)
            Change of the value for one more unit of weight in each place; Σ w ψ = 0.
        among : ndarray of bool, shape (12,)
            The places that the value is made from.
        """
        square = influence**2
        if self.moments is None:
            variance = float(self.w2 @ square)
            if not self.weighted:
                return Spread(variance)
            effective = self._effective(variance, square, among, self.equal_rows)
            return Spread(variance, n_effective=effective)
        n_units = self.units(among)
        grown = n_units / (n_units - 1) if n_units > 1 else 1.0
        variance = grown * max(0.0, float(influence @ self.moments @ influence))
        effective = self._effective(variance, square, among, self.units)
        return Spread(variance, 0.0, effective, max(1, n_units - 1), self.kind, n_units)

    def _effective(
        self, variance: float, square: Floats, among: Flags, otherwise: Callable[[Flags], float]
    ) -> float:
        """Return the rows of equal weight that would give the same variance."""
        if variance <= 0:
            return otherwise(among)
        return float(self.w[among].sum()) * float(self.w @ square) / variance

    def correlations(self, influences: Sequence[Floats]) -> Floats | None:
        """Return how estimates vary together; None where plain rows tell nothing.

        Parameters
        ----------
        influences : sequence of ndarray of float, shape (12,)

        Returns
        -------
        ndarray of float or None, shape (n_estimates, n_estimates)
        """
        if self.moments is None and not self.weighted:
            return None
        each = np.stack(influences)
        covariance = (each * self.w2 if self.moments is None else each @ self.moments) @ each.T
        scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        scale[scale == 0] = np.inf
        found = np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
        np.fill_diagonal(found, 1.0)
        return found

    def spread_out(self, influence: Floats) -> Floats:
        """Return the influence for the cells of the facet's own table, shape (n_cells,)."""
        return influence[self.place]


def side_cells(split: Split) -> SideCells:
    """Gather the cells of a split's table; it is done once and kept with the split."""
    known = split.cache.get("side_cells")
    if not isinstance(known, SideCells):
        known = split.cache["side_cells"] = _gathered(split, split.tables.cells)
    return known


def _gathered(split: Split, cells: GroupCells) -> SideCells:
    place = np.full(len(cells.n), len(ALL) * ELSEWHERE, dtype=np.int64)
    place[split.in_group(cells)] = 0
    place[split.in_rest(cells)] = len(ALL)
    if cells.positive is not None:
        place += 2 * cells.positive
    if cells.predicted is not None:
        place += cells.predicted
    n, w, w2 = (
        sums_by(place, each.astype(np.float64), N_PLACES) for each in (cells.n, cells.w, cells.w2)
    )
    by_unit = cells.by_unit
    if by_unit is None:
        return SideCells(place, n, w, w2, cells.weighted)
    at = by_unit.unit * N_PLACES + place[by_unit.cell]
    by_place = sums_by(at, by_unit.w, by_unit.n_units * N_PLACES).reshape(-1, N_PLACES)
    bits = (by_place > 0) @ (1 << np.arange(N_PLACES))
    held, n_holding = np.unique(bits, return_counts=True)
    moments = (by_place.T @ by_place).astype(np.float64)
    return SideCells(
        place, n, w, w2, cells.weighted, by_unit.kind, moments, held, n_holding.astype(np.int64)
    )


@cache
def places(side: Side | None, outcomes: tuple[int, ...] = ALL) -> Flags:
    """Return which of the twelve places belong to a side and have one of the outcomes.

    Parameters
    ----------
    side : {"group", "rest"} or None
        None for both sides and all other groups.
    outcomes : tuple of int
        Of `TN`, `FP`, `FN` and `TP`; labels without predictions are `TN` or `FN`.

    Returns
    -------
    ndarray of bool, shape (12,)
        Not to be written to.

    Examples
    --------
    >>> np.flatnonzero(places("rest", (FN, TP))).tolist()
    [6, 7]
    """
    table = np.zeros((len(SIDES) + 1, len(ALL)), dtype=bool)
    table[slice(None) if side is None else SIDES.index(side), list(outcomes)] = True
    flat = table.ravel()
    flat.flags.writeable = False
    return flat
