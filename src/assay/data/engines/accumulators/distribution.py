"""Gather a Distribution: every value up to a size, bins of equal mass above it."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.kept import Kept, read_weight_and_unit
from assay.data.engines.accumulators.levels import level_starts, sums_at
from assay.data.engines.accumulators.protocol import WEIGHT, floats, weight_and_unit
from assay.data.requests import DistributionRequest
from assay.tables.distribution import Distribution, DistributionRows

VALUE = "value"
Floats = NDArray[np.float64]


def _columns(request: DistributionRequest) -> dict[str, nw.Expr]:
    return {VALUE: request.value} | weight_and_unit(request)


def _read(batch: pl.DataFrame) -> tuple[Floats, Floats | None, pl.Series | None]:
    """Return values, weights and units of the rows that have a value and a weight."""
    batch = batch.drop_nulls([name for name in (VALUE, WEIGHT) if name in batch.columns])
    return floats(batch, VALUE), *read_weight_and_unit(batch)


def _rows(level: NDArray[np.int32], kept: Kept, kind: str) -> DistributionRows:
    """Return one entry a row, in the order of the data."""
    unit, n_units = kept.units(level.size)
    return DistributionRows(level, kept.weights(level.size), unit, n_units, kind)


class DistributionAccumulator:
    """Keeps every value; 8 bytes a row, 16 with weights, more with units."""

    def __init__(self, request: DistributionRequest) -> None:
        self._request = request
        self._value: list[Floats] = []
        self._kept = Kept()

    def columns(self) -> dict[str, nw.Expr]:
        """Return value, weight and unit."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Keep the values of one batch."""
        value, weight, unit = _read(batch)
        self._value.append(value)
        self._kept.add(weight, unit)

    def finish(self) -> Distribution:
        """Sort and count."""
        value = np.concatenate(self._value) if self._value else np.zeros(0)
        weighted = self._request.weight is not None
        order = np.argsort(value) if weighted or self._kept.unit else None
        value = np.sort(value) if order is None else value[order]
        starts = level_starts(value)
        n = np.diff(np.append(starts, value.size)) if starts.size else np.zeros(0, dtype=np.int64)
        w = w2 = n.astype(np.float64)
        rows = None
        if weighted and order is not None:
            weight = self._kept.weights(value.size)[order]
            w, w2 = sums_at(starts, weight), sums_at(starts, weight**2)
        if self._kept.unit and order is not None:
            level = np.empty(value.size, dtype=np.int32)
            level[order] = np.repeat(np.arange(starts.size, dtype=np.int32), n)
            rows = _rows(level, self._kept, self._request.unit_kind)
        return Distribution(value[starts], n.astype(np.int64), w, w2, weighted=weighted, rows=rows)


class BinnedDistributionAccumulator:
    """Counts values in bins between `cuts`; without units its size does not grow with the rows."""

    def __init__(self, request: DistributionRequest, cuts: Floats) -> None:
        self._request = request
        self._cuts = cuts
        size = cuts.size + 1
        self._n = np.zeros(size, dtype=np.int64)
        self._sum, self._w, self._w2 = np.zeros(size), np.zeros(size), np.zeros(size)
        self._low, self._high = np.full(size, np.inf), np.full(size, -np.inf)
        self._level: list[NDArray[np.int32]] = []
        self._kept = Kept()

    def columns(self) -> dict[str, nw.Expr]:
        """Return value, weight and unit."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch."""
        value, weight, unit = _read(batch)
        size = self._cuts.size + 1
        level = np.searchsorted(self._cuts, value, side="right")
        self._n += np.bincount(level, minlength=size)
        self._sum += np.bincount(level, weights=value, minlength=size)
        np.minimum.at(self._low, level, value)
        np.maximum.at(self._high, level, value)
        if weight is not None:
            self._w += np.bincount(level, weights=weight, minlength=size)
            self._w2 += np.bincount(level, weights=weight**2, minlength=size)
        if unit is not None:
            self._level.append(level.astype(np.int32))
            self._kept.add(weight, unit)

    def finish(self) -> Distribution:
        """Return the bins that hold rows."""
        used = self._n > 0
        n = self._n[used]
        weighted = self._request.weight is not None
        w = self._w[used] if weighted else n.astype(np.float64)
        rows = None
        if self._kept.unit:
            place = (np.cumsum(used) - 1).astype(np.int32)
            level = place[np.concatenate(self._level)]
            rows = _rows(level, self._kept, self._request.unit_kind)
        return Distribution(
            self._sum[used] / n,
            n,
            w,
            self._w2[used] if weighted else w,
            weighted=weighted,
            low=self._low[used],
            high=self._high[used],
            rows=rows,
        )
