"""Gather UnitSums: sums of many per-row quantities by unit, batch by batch."""

import narwhals as nw
import numpy as np
import polars as pl

from assay.data.engines.accumulators.protocol import UNIT, WEIGHT, weight_and_unit
from assay.data.requests import UnitSumsRequest
from assay.tables.unit_sums import UnitSums

ROWS, SQUARES = "rows", "squares"
COMPACT_ROWS = 1_000_000


class UnitSumsAccumulator:
    """Adds up quantities by unit; memory grows with the units, not with the rows."""

    def __init__(self, request: UnitSumsRequest) -> None:
        self._request = request
        self._names = [f"quantity{i}" for i in range(len(request.quantities))]
        self._counts = np.zeros(len(self._names))
        self._parts: list[pl.DataFrame] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return the quantities, the weight and the unit."""
        quantities = dict(zip(self._names, self._request.quantities.values(), strict=True))
        return quantities | weight_and_unit(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Add one batch; rows without a quantity, a weight or a unit count for nothing."""
        batch = batch.drop_nulls()
        if not batch.height:
            return
        plain = batch.select(pl.col(self._names).cast(pl.Float64).sum())
        self._counts += plain.to_numpy()[0] if self._names else 0.0
        weighted = self._request.weight is not None
        weight = pl.col(WEIGHT).cast(pl.Float64) if weighted else pl.lit(1.0)
        made = batch.select(
            UNIT,
            pl.lit(1, dtype=pl.Int64).alias(ROWS),
            weight.alias(WEIGHT),
            (weight * weight).alias(SQUARES),
            *[(pl.col(name).cast(pl.Float64) * weight).alias(name) for name in self._names],
        )
        self._parts.append(_sum_by_unit(made))
        if sum(part.height for part in self._parts) > COMPACT_ROWS and len(self._parts) > 1:
            self._parts = [_sum_by_unit(pl.concat(self._parts))]

    def finish(self) -> UnitSums:
        """Return the sums of all rows seen, units in ascending order."""
        request = self._request
        names, weighted = tuple(request.quantities), request.weight is not None
        if not self._parts:
            none = np.zeros(0)
            sums = np.zeros((0, len(names)))
            kind = request.unit_kind
            rows = np.zeros(0, dtype=np.int64)
            return UnitSums(names, 0, rows, none, none, sums, self._counts, kind, weighted)
        table = _sum_by_unit(pl.concat(self._parts)).sort(UNIT)
        return UnitSums(
            names,
            int(table[ROWS].sum()),
            table[ROWS].to_numpy(),
            table[WEIGHT].to_numpy(),
            table[SQUARES].to_numpy(),
            np.ascontiguousarray(table.select(self._names).to_numpy()),
            self._counts,
            request.unit_kind,
            weighted,
        )


def _sum_by_unit(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(UNIT, maintain_order=True).agg(pl.exclude(UNIT).sum())
