"""Gather a GroupScoreTable: every score up to a size, bins shared by all groups above it."""

from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.kept import Kept, read_weight_and_unit
from assay.data.engines.accumulators.key_cells import KeyCells
from assay.data.engines.accumulators.levels import level_starts, sums_at
from assay.data.engines.accumulators.protocol import WEIGHT, floats, weight_and_unit
from assay.data.engines.accumulators.shared_bins import SharedBins
from assay.data.requests import GroupScoresRequest
from assay.stats.sums import sums_by
from assay.tables.group_scores import GroupScoreTable
from assay.tables.units import CellsByUnit

SCORE, POSITIVE = "score", "positive"
MAX_DENSE = 1_000_000
MIN_BINS = 64
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class _Batch:
    """The rows of a batch that have a score, a label and a weight."""

    cell: Ints
    score: Floats
    positive: Ints
    weight: Floats | None
    unit: pl.Series | None

    @classmethod
    def read(cls, frame: pl.DataFrame, cells: KeyCells) -> "_Batch":
        needed = [name for name in (SCORE, POSITIVE, WEIGHT) if name in frame.columns]
        frame = frame.drop_nulls(needed)
        if POSITIVE in frame.columns:
            positive = frame[POSITIVE].cast(pl.Boolean).cast(pl.Int64).to_numpy()
        else:
            positive = np.zeros(frame.height, dtype=np.int64)
        score = floats(frame, SCORE)
        return cls(cells.place(frame), score, positive, *read_weight_and_unit(frame))


def _columns(request: GroupScoresRequest, cells: KeyCells) -> dict[str, nw.Expr]:
    columns = cells.columns() | {SCORE: request.score} | weight_and_unit(request)
    if request.positive is not None:
        columns[POSITIVE] = request.positive
    return columns


@dataclass(eq=False)
class _Sums:
    """Sums by entry; entry codes are (rank · 2 + label) · n_cells + cell, ascending."""

    code: Ints
    n: Ints
    w: Floats
    w2: Floats
    score: Floats


class GroupScoreAccumulator:
    """Keeps every score with its cell and its label; 17 bytes a row while it gathers."""

    def __init__(self, request: GroupScoresRequest) -> None:
        self._request = request
        self._cells = KeyCells(request.by)
        self._score: list[Floats] = []
        self._cell: list[NDArray[np.int32]] = []
        self._positive: list[NDArray[np.int8]] = []
        self._kept = Kept()

    def columns(self) -> dict[str, nw.Expr]:
        """Return keys, score, label, weight and unit."""
        return _columns(self._request, self._cells)

    def add(self, batch: pl.DataFrame) -> None:
        """Keep the scores of one batch."""
        rows = _Batch.read(batch, self._cells)
        self._score.append(rows.score)
        self._cell.append(rows.cell.astype(np.int32))
        self._positive.append(rows.positive.astype(np.int8))
        self._kept.add(rows.weight, rows.unit)

    def finish(self) -> GroupScoreTable:
        """Rank the scores and count."""
        score = np.concatenate([np.zeros(0), *self._score])
        cell = np.concatenate([np.zeros(0, dtype=np.int64), *self._cell])
        positive = np.concatenate([np.zeros(0, dtype=np.int64), *self._positive])
        values, rank = np.unique(score, return_inverse=True)
        code = (rank * 2 + positive) * max(1, self._cells.n_cells) + cell
        found, entry, n = np.unique(code, return_inverse=True, return_counts=True)
        w = w2 = n.astype(np.float64)
        if self._request.weight is not None:
            weight = self._kept.weights(score.size)
            w, w2 = (sums_by(entry, part, found.size) for part in (weight, weight**2))
        ranks = found // (2 * max(1, self._cells.n_cells))
        sums = _Sums(found, n.astype(np.int64), w, w2, values[ranks])
        return _table(self._request, self._cells, sums, (values, values), entry, self._kept)


@dataclass(eq=False)
class _Dense:
    """Sums by cell, label and bin; a row of arrays is added when a new cell turns up."""

    n_bins: int
    weighted: bool
    n: Ints = field(init=False)
    w: Floats = field(init=False)
    w2: Floats = field(init=False)
    score: Floats = field(init=False)

    def __post_init__(self) -> None:
        shape = (0, 2, self.n_bins)
        self.n = np.zeros(shape, dtype=np.int64)
        self.w, self.w2 = np.zeros(shape), np.zeros(shape)
        self.score = np.zeros(shape)

    @property
    def names(self) -> tuple[str, ...]:
        return ("n", "score", "w", "w2") if self.weighted else ("n", "score")

    def grow(self, n_cells: int) -> None:
        """Make room for more cells."""
        for name in self.names:
            have: NDArray = getattr(self, name)
            if len(have) < n_cells:
                more = np.zeros((n_cells - len(have), 2, self.n_bins), dtype=have.dtype)
                setattr(self, name, np.concatenate([have, more]))

    def halve(self) -> None:
        """Put neighbouring bins together."""
        self.n_bins = (self.n_bins + 1) // 2
        for name in self.names:
            have: NDArray = getattr(self, name)
            pairs = np.zeros((len(have), 2, self.n_bins * 2), dtype=have.dtype)
            pairs[..., : have.shape[2]] = have
            setattr(self, name, pairs[..., ::2] + pairs[..., 1::2])

    def add(self, rows: _Batch, place: Ints) -> None:
        """Count the rows of one batch."""
        joint = (rows.cell * 2 + rows.positive) * self.n_bins + place
        self.n += self._summed(joint)
        if rows.weight is None:
            self.score += self._summed(joint, rows.score)
            return
        self.score += self._summed(joint, rows.score * rows.weight)
        self.w += self._summed(joint, rows.weight)
        self.w2 += self._summed(joint, rows.weight**2)

    def _summed(self, joint: Ints, weights: Floats | None = None) -> NDArray:
        return np.bincount(joint, weights, minlength=self.n.size).reshape(self.n.shape)


class BinnedGroupScoreAccumulator:
    """Counts scores by cell, label and bin; without units its size does not grow with the rows."""

    def __init__(self, request: GroupScoresRequest, bins: SharedBins) -> None:
        self._request = request
        self._cells = KeyCells(request.by)
        self._bins = bins
        self._sums = _Dense(bins.n_bins, request.weight is not None)
        self._merged = 0  # how often neighbouring bins were put together
        self._low, self._high = np.full(bins.n_bins, np.inf), np.full(bins.n_bins, -np.inf)
        self._place: list[NDArray[np.int32]] = []
        self._row_cell: list[NDArray[np.int32]] = []
        self._kept = Kept()

    def columns(self) -> dict[str, nw.Expr]:
        """Return keys, score, label, weight and unit."""
        return _columns(self._request, self._cells)

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch."""
        rows = _Batch.read(batch, self._cells)
        place = self._bins.place(rows.score)
        np.minimum.at(self._low, place, rows.score)
        np.maximum.at(self._high, place, rows.score)
        self._sums.grow(self._cells.n_cells)
        while self._sums.n.size > MAX_DENSE and self._sums.n_bins > MIN_BINS:
            self._sums.halve()
            self._merged += 1
        self._sums.add(rows, place >> self._merged)
        if rows.unit is not None:
            self._place.append((place * 2 + rows.positive).astype(np.int32))
            self._row_cell.append(rows.cell.astype(np.int32))
            self._kept.add(rows.weight, rows.unit)

    def finish(self) -> GroupScoreTable:
        """Return the bins that hold rows; the score of an entry is the mean of its rows."""
        dense = self._sums
        n_cells = len(dense.n)
        by_code = {name: getattr(dense, name).transpose(2, 1, 0).ravel() for name in dense.names}
        used = np.flatnonzero(by_code["n"])
        at = {name: values[used] for name, values in by_code.items()}
        plain = at["n"].astype(np.float64)
        w, w2 = at.get("w", plain), at.get("w2", plain)
        bins = used // (2 * max(1, n_cells))
        low, high = self._ends()
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.clip(np.where(w > 0, at["score"] / w, low[bins]), low[bins], high[bins])
        held, rank = np.unique(bins, return_inverse=True)
        code = rank * (2 * max(1, n_cells)) + used % (2 * max(1, n_cells))
        sums = _Sums(code, at["n"], w, w2, score)
        entry = None
        if self._kept.unit:
            packed = np.concatenate(self._place).astype(np.int64)
            label, place = packed & 1, packed >> (1 + self._merged)
            joint = (place * 2 + label) * n_cells + np.concatenate(self._row_cell)
            entry = np.searchsorted(used, joint)
        ends = low[held], high[held]
        return _table(self._request, self._cells, sums, ends, entry, self._kept, exact=False)

    def _ends(self) -> tuple[Floats, Floats]:
        starts = np.arange(self._sums.n_bins) << self._merged
        return np.minimum.reduceat(self._low, starts), np.maximum.reduceat(self._high, starts)


def _table(
    request: GroupScoresRequest,
    cells: KeyCells,
    sums: _Sums,
    ends: tuple[Floats, Floats],
    entry: NDArray[np.integer] | None,
    kept: Kept,
    *,
    exact: bool = True,
) -> GroupScoreTable:
    levels, codes = cells.finish()
    n_cells = max(1, cells.n_cells)
    label = (sums.code // n_cells) % 2 == 1
    by_unit = None
    if kept.unit and entry is not None:
        by_unit = _by_unit(entry, kept, sums.code.size, request.unit_kind)
    return GroupScoreTable(
        tuple(request.by),
        levels,
        codes,
        *ends,
        sums.code % n_cells,
        sums.code // (2 * n_cells),
        sums.score,
        None if request.positive is None else label,
        sums.n,
        sums.w,
        sums.w2,
        weighted=request.weight is not None,
        exact=exact,
        by_unit=by_unit,
    )


def _by_unit(
    entry: NDArray[np.integer], kept: Kept, n_entries: int, kind: str
) -> CellsByUnit | None:
    unit, n_units = kept.units(entry.size)
    joint = unit.astype(np.int64) * n_entries + entry
    order = np.argsort(joint, kind="stable")
    starts = level_starts(joint[order])
    found = joint[order][starts]
    w = sums_at(starts, kept.weights(entry.size)[order])
    return CellsByUnit(found // n_entries, found % n_entries, w, n_units, kind)
