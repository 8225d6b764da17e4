"""Gather a Distribution: every value up to a size, bins of equal mass above it."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.levels import level_starts, sums_at
from assay.data.engines.accumulators.protocol import WEIGHT, floats, weight_and_unit
from assay.data.requests import DistributionRequest
from assay.tables.distribution import Distribution

VALUE = "value"
Floats = NDArray[np.float64]


def _columns(request: DistributionRequest) -> dict[str, nw.Expr]:
    columns = {VALUE: request.value} | weight_and_unit(request)
    return {name: columns[name] for name in (VALUE, WEIGHT) if name in columns}


def _read(batch: pl.DataFrame) -> tuple[Floats, Floats | None]:
    """Return values and weights of the rows that have both."""
    batch = batch.drop_nulls()
    return floats(batch, VALUE), floats(batch, WEIGHT) if WEIGHT in batch.columns else None


class DistributionAccumulator:
    """Keeps every value; 8 bytes a row, 16 with weights."""

    def __init__(self, request: DistributionRequest) -> None:
        self._request = request
        self._value: list[Floats] = []
        self._weight: list[Floats] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return value and weight."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Keep the values of one batch."""
        value, weight = _read(batch)
        self._value.append(value)
        if weight is not None:
            self._weight.append(weight)

    def finish(self) -> Distribution:
        """Sort and count."""
        value = np.concatenate(self._value) if self._value else np.zeros(0)
        weighted = self._request.weight is not None
        weight = np.zeros(0)
        if weighted:
            order = np.argsort(value)
            value = value[order]
            weight = np.concatenate(self._weight)[order] if self._weight else weight
        else:
            value = np.sort(value)
        starts = level_starts(value)
        n = np.diff(np.append(starts, value.size)) if starts.size else np.zeros(0, dtype=np.int64)
        w = sums_at(starts, weight) if weighted else n.astype(np.float64)
        w2 = sums_at(starts, weight**2) if weighted else w
        return Distribution(value[starts], n.astype(np.int64), w, w2, weighted=weighted)


class BinnedDistributionAccumulator:
    """Counts values in bins between `cuts`; its size does not depend on the rows."""

    def __init__(self, request: DistributionRequest, cuts: Floats) -> None:
        self._request = request
        self._cuts = cuts
        size = cuts.size + 1
        self._n = np.zeros(size, dtype=np.int64)
        self._sum, self._w, self._w2 = np.zeros(size), np.zeros(size), np.zeros(size)
        self._low, self._high = np.full(size, np.inf), np.full(size, -np.inf)

    def columns(self) -> dict[str, nw.Expr]:
        """Return value and weight."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch."""
        value, weight = _read(batch)
        size = self._cuts.size + 1
        level = np.searchsorted(self._cuts, value, side="right")
        self._n += np.bincount(level, minlength=size)
        self._sum += np.bincount(level, weights=value, minlength=size)
        np.minimum.at(self._low, level, value)
        np.maximum.at(self._high, level, value)
        if weight is not None:
            self._w += np.bincount(level, weights=weight, minlength=size)
            self._w2 += np.bincount(level, weights=weight**2, minlength=size)

    def finish(self) -> Distribution:
        """Return the bins that hold rows."""
        used = self._n > 0
        n = self._n[used]
        weighted = self._request.weight is not None
        w = self._w[used] if weighted else n.astype(np.float64)
        return Distribution(
            self._sum[used] / n,
            n,
            w,
            self._w2[used] if weighted else w,
            weighted=weighted,
            low=self._low[used],
            high=self._high[used],
        )
