"""Gather Moments: sums of products of a few per-row quantities, batch by batch."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.protocol import UNIT, WEIGHT, floats, weight_and_unit
from assay.data.requests import MomentsRequest
from assay.tables.moments import Moments

Floats = NDArray[np.float64]
COMPACT_ROWS = 1_000_000


class MomentsAccumulator:
    """Adds up w z z', w² z z' and third powers about a shift near the mean.

    The shift is the mean of the first batch, so that the third central sum does not lose its
    digits to cancellation.
    """

    def __init__(self, request: MomentsRequest) -> None:
        self._request = request
        self._names = [f"quantity{i}" for i in range(len(request.quantities))]
        size = len(self._names)
        self._n = self._n_skipped = 0
        self._s1, self._s2 = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
        self._low, self._high = np.full(size, np.inf), np.full(size, -np.inf)
        self._shift: Floats | None = None
        self._powers = np.zeros((4, size))
        self._units: list[pl.DataFrame] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return the quantities, the weight and the unit."""
        quantities = dict(zip(self._names, self._request.quantities.values(), strict=True))
        return quantities | weight_and_unit(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Add one batch; rows with an undefined quantity are counted and left out."""
        x = np.empty((batch.height, len(self._names)))
        for at, name in enumerate(self._names):
            x[:, at] = floats(batch, name)
        weight = floats(batch, WEIGHT) if WEIGHT in batch.columns else None
        good = np.isfinite(x).all(axis=1)
        if weight is not None:
            good &= np.isfinite(weight)
        unit = batch[UNIT] if UNIT in batch.columns else None
        if not good.all():
            self._n_skipped += int((~good).sum())
            x = x[good]
            weight = None if weight is None else weight[good]
            unit = None if unit is None else unit.filter(pl.Series(good))
        if len(x):
            self._n += len(x)
            self._add_rows(x, weight, unit)

    def _add_rows(self, x: Floats, weight: Floats | None, unit: pl.Series | None) -> None:
        z = np.column_stack([np.ones(len(x)), x])
        zw = z if weight is None else z * weight[:, None]
        self._s1 += zw.T @ z
        if weight is not None:
            self._s2 += zw.T @ zw
        self._low = np.minimum(self._low, x.min(axis=0))
        self._high = np.maximum(self._high, x.max(axis=0))
        if unit is not None:
            self._add_units(zw, unit)
            return
        if self._shift is None:
            self._shift = x.mean(axis=0)
        off = x - self._shift
        cubed = None if weight is None else weight**3
        term = np.ones_like(off)
        for power in range(4):
            self._powers[power] += term.sum(axis=0) if cubed is None else cubed @ term
            term *= off

    def _add_units(self, zw: Floats, unit: pl.Series) -> None:
        names = [f"z{at}" for at in range(zw.shape[1])]
        rows = pl.DataFrame(zw, schema=names).with_columns(unit.alias(UNIT))
        self._units.append(_sum_by_unit(rows))
        if sum(part.height for part in self._units) > COMPACT_ROWS and len(self._units) > 1:
            self._units = [_sum_by_unit(pl.concat(self._units))]

    def finish(self) -> Moments:
        """Return the sums of all rows seen."""
        weighted = self._request.weight is not None
        by_unit = None
        if self._units:
            by_unit = _sum_by_unit(pl.concat(self._units)).sort(UNIT, nulls_last=True)
            by_unit = np.ascontiguousarray(by_unit.drop(UNIT).to_numpy())
        return Moments(
            tuple(self._request.quantities),
            self._n,
            self._s1,
            self._s2 if weighted else self._s1,
            self._third(by_unit),
            self._low,
            self._high,
            n_skipped=self._n_skipped,
            by_unit=by_unit,
            unit_kind=self._request.unit_kind if self._request.unit is not None else "row",
            weighted=weighted,
        )

    def _third(self, by_unit: Floats | None) -> Floats:
        """Return the third central sum about the weighted mean, of rows or of units' totals."""
        if self._n == 0 or self._s1[0, 0] == 0:
            return np.zeros(len(self._names))
        mean = self._s1[0, 1:] / self._s1[0, 0]
        if by_unit is not None:
            return ((by_unit[:, 1:] - by_unit[:, :1] * mean) ** 3).sum(axis=0)
        d = mean - (self._shift if self._shift is not None else 0.0)
        p0, p1, p2, p3 = self._powers
        return p3 - 3 * d * p2 + 3 * d**2 * p1 - d**3 * p0


def _sum_by_unit(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(UNIT).agg(pl.exclude(UNIT).sum())
