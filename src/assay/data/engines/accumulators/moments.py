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
        z = np.ones((len(self._names) + 1, batch.height))  # one row a quantity: sums run along it
        good = np.ones(batch.height, dtype=np.bool_)
        for at, name in enumerate(self._names, start=1):
            z[at] = floats(batch, name)
            np.logical_and(good, np.isfinite(z[at]), out=good)
        weight = floats(batch, WEIGHT) if WEIGHT in batch.columns else None
        if weight is not None:
            np.logical_and(good, np.isfinite(weight), out=good)
        unit = batch[UNIT] if UNIT in batch.columns else None
        n_good = int(np.count_nonzero(good))
        self._n_skipped += batch.height - n_good
        if n_good < batch.height:
            z = z[:, good]
            weight = None if weight is None else weight[good]
            unit = None if unit is None else unit.gather(np.flatnonzero(good))
        if n_good:
            self._n += n_good
            with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused later
                self._add_rows(z, weight, unit)

    def _add_rows(self, z: Floats, weight: Floats | None, unit: pl.Series | None) -> None:
        zw = z if weight is None else z * weight
        self._s1 += _products(zw, z)
        if weight is not None:
            self._s2 += _products(zw, zw)
        x = z[1:]
        self._low = np.minimum(self._low, x.min(axis=1))
        self._high = np.maximum(self._high, x.max(axis=1))
        if unit is not None:
            self._add_units(zw, unit)
            return
        shifts = x.mean(axis=1) if self._shift is None else self._shift
        self._shift = shifts
        cubed = None if weight is None else weight**3
        for at, shift in enumerate(shifts):
            off = x[at] - shift
            term = off if cubed is None else cubed * off
            self._powers[0, at] += x.shape[1] if cubed is None else cubed.sum()
            self._powers[1, at] += term.sum()
            for power in (2, 3):
                term = term * off
                self._powers[power, at] += term.sum()

    def _add_units(self, zw: Floats, unit: pl.Series) -> None:
        rows = pl.DataFrame({f"z{at}": row for at, row in enumerate(zw)})
        self._units.append(_sum_by_unit(rows.with_columns(unit.alias(UNIT))))
        if sum(part.height for part in self._units) > COMPACT_ROWS and len(self._units) > 1:
            self._units = [_sum_by_unit(pl.concat(self._units))]

    def finish(self) -> Moments:
        """Return the sums of all rows seen."""
        weighted = self._request.weight is not None
        by_unit = None
        if self._units:
            units = _sum_by_unit(pl.concat(self._units)).sort(UNIT, nulls_last=True)
            by_unit = np.ascontiguousarray(units.drop(UNIT).to_numpy())
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
        with np.errstate(over="ignore", invalid="ignore"):
            return p3 - 3 * d * p2 + 3 * d**2 * p1 - d**3 * p0


def _sum_by_unit(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(UNIT).agg(pl.exclude(UNIT).sum())


def _products(left: Floats, right: Floats) -> Floats:
    """Return left right', which is symmetric, by pairwise sums.

    They keep more digits than a matrix product, are the same on every machine, and do not wait
    for the threads of a linear algebra library when other work keeps the cores busy.
    """
    out = np.empty((len(left), len(right)))
    buffer = np.empty(left.shape[1])
    for i in range(len(left)):
        for j in range(i, len(right)):
            np.multiply(left[i], right[j], out=buffer)
            out[i, j] = out[j, i] = buffer.sum()
    return out
