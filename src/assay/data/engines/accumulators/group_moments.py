"""Gather GroupMoments: power sums of a few per-row quantities by cell, batch by batch."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.key_cells import CELL, KeyCells
from assay.data.engines.accumulators.levels import level_starts, sums_at
from assay.data.engines.accumulators.protocol import (
    UNIT,
    WEIGHT,
    dense_codes,
    weight_and_unit,
)
from assay.data.requests import GroupMomentsRequest
from assay.tables.group_moments import GroupMoments, SumsByUnit

Floats = NDArray[np.float64]
COMPACT_ROWS = 1_000_000
POWERS = 4


class GroupMomentsAccumulator:
    """Adds up w^j (x - shift)^k by cell; the shift is the mean of the first batch."""

    def __init__(self, request: GroupMomentsRequest) -> None:
        self._request = request
        self._cells = KeyCells(request.by)
        self._names = [f"quantity{i}" for i in range(len(request.quantities))]
        self._n, self._skipped = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._orders = 3 if request.weight is not None else 1
        self._sums = np.zeros((self._orders, 0, len(self._names), POWERS))
        self._shift: Floats | None = None
        self._units: list[pl.DataFrame] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return the keys, the quantities, the weight and the unit."""
        quantities = dict(zip(self._names, self._request.quantities.values(), strict=True))
        return self._cells.columns() | quantities | weight_and_unit(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Add one batch; rows with an undefined quantity are counted and left out."""
        cell = self._cells.place(batch)
        self._grow(self._cells.n_cells)
        names = [name for name in (*self._names, WEIGHT) if name in batch.columns]
        read = {name: batch[name].cast(pl.Float64).to_numpy() for name in names}  # null: NaN
        good = np.ones(batch.height, dtype=np.bool_)
        for values in read.values():
            np.logical_and(good, np.isfinite(values), out=good)
        kept = None if good.all() else np.flatnonzero(good)
        if kept is not None:
            self._skipped += np.bincount(cell[~good], minlength=len(self._skipped))
            cell = cell[kept]
            read = {name: values[kept] for name, values in read.items()}
        if not cell.size:
            return
        self._n += np.bincount(cell, minlength=len(self._n))
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused later
            self._add_powers(cell, read)
            if UNIT in batch.columns:
                unit = batch[UNIT] if kept is None else batch[UNIT].gather(kept)
                self._add_units(cell, read, unit)

    def _grow(self, n_cells: int) -> None:
        more = n_cells - len(self._n)
        if more:
            self._n, self._skipped = np.pad(self._n, (0, more)), np.pad(self._skipped, (0, more))
            self._sums = np.pad(self._sums, ((0, 0), (0, more), (0, 0), (0, 0)))

    def _add_powers(self, cell: NDArray[np.int64], read: dict[str, Floats]) -> None:
        """Add the powers, with the rows in the order of their cells: each sum is then a run."""
        if self._shift is None:
            self._shift = np.array([read[name].mean() for name in self._names])
        small = len(self._n) <= np.iinfo(np.int16).max  # short codes are sorted by radix
        order = np.argsort(cell.astype(np.int16) if small else cell, kind="stable")
        ordered = cell[order]
        starts = level_starts(ordered)
        here = ordered[starts]
        weight = read[WEIGHT][order] if WEIGHT in read else None
        factors = [np.ones(cell.size) if weight is None else weight]
        for _ in range(1, self._orders):
            factors.append(factors[-1] * factors[0])
        for at, name in enumerate(self._names):
            off = read[name][order] - self._shift[at]
            for which, factor in enumerate(factors):
                term = factor
                self._sums[which, here, at, 0] += sums_at(starts, term)
                for power in range(1, POWERS):
                    term = term * off
                    self._sums[which, here, at, power] += sums_at(starts, term)

    def _add_units(
        self, cell: NDArray[np.int64], read: dict[str, Floats], unit: pl.Series
    ) -> None:
        w = read.get(WEIGHT, np.ones(cell.size))
        sums = {"z0": w} | {f"z{at}": w * read[name] for at, name in enumerate(self._names, 1)}
        rows = pl.DataFrame({CELL: cell} | sums).with_columns(unit.alias(UNIT))
        self._units.append(_sum_by_unit(rows))
        if sum(part.height for part in self._units) > COMPACT_ROWS and len(self._units) > 1:
            self._units = [_sum_by_unit(pl.concat(self._units))]

    def finish(self) -> GroupMoments:
        """Return the sums of all rows seen."""
        levels, codes = self._cells.finish()
        orders = [self._sums[min(order, self._orders - 1)] for order in range(3)]
        size = len(self._names)
        return GroupMoments(
            tuple(self._request.by),
            levels,
            codes,
            tuple(self._request.quantities),
            np.zeros(size) if self._shift is None else self._shift,
            self._n,
            self._skipped,
            orders[0][..., :3],
            orders[1][..., :3],
            orders[2],
            weighted=self._request.weight is not None,
            by_unit=self._by_unit() if self._request.unit is not None else None,
        )

    def _by_unit(self) -> SumsByUnit:
        kind = self._request.unit_kind
        if not self._units:
            none = np.zeros(0, dtype=np.int64)
            return SumsByUnit(none, none, np.zeros((0, len(self._names) + 1)), 0, kind)
        table = _sum_by_unit(pl.concat(self._units)).sort(UNIT, CELL, nulls_last=True)
        unit, n_units = dense_codes(table[UNIT])
        sums = np.ascontiguousarray(table.drop(UNIT, CELL).to_numpy())
        cell = table[CELL].to_numpy()
        return SumsByUnit(unit.astype(np.int64), cell, sums, n_units, kind)


def _sum_by_unit(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(UNIT, CELL, maintain_order=True).agg(pl.exclude(UNIT, CELL).sum())
