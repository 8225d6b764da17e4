"""Gather a ScoreTable: every score up to a size, bins of equal mass above it."""

from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.kept import Kept, read_weight_and_unit
from assay.data.engines.accumulators.levels import count_flagged, level_starts, sums_at
from assay.data.engines.accumulators.protocol import WEIGHT, floats, weight_and_unit
from assay.data.requests import ScoreTableRequest
from assay.tables.score_table import ScoreRows, ScoreTable

SCORE, POSITIVE = "score", "positive"
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
NEGATIVE_AND_POSITIVE = 2


def _columns(request: ScoreTableRequest) -> dict[str, nw.Expr]:
    return {SCORE: request.score, POSITIVE: request.positive} | weight_and_unit(request)


@dataclass(eq=False)
class _Batch:
    """The rows of a batch that have a score, a label and a weight."""

    score: Floats
    positive: Flags
    weight: Floats | None
    unit: pl.Series | None

    @classmethod
    def read(cls, frame: pl.DataFrame) -> "_Batch":
        needed = [name for name in (SCORE, POSITIVE, WEIGHT) if name in frame.columns]
        frame = frame.drop_nulls(needed)
        positive = frame[POSITIVE].cast(pl.Boolean).to_numpy()
        return cls(floats(frame, SCORE), positive, *read_weight_and_unit(frame))


@dataclass(eq=False)
class _KeptScores(Kept):
    """Labels beside the weights and the units of the rows of all batches."""

    positive: list[Flags] = field(default_factory=list)

    def add_batch(self, batch: _Batch) -> None:
        self.positive.append(batch.positive)
        self.add(batch.weight, batch.unit)

    def flags(self) -> Flags:
        return np.concatenate(self.positive) if self.positive else np.zeros(0, dtype=np.bool_)

    def rows(self, level: NDArray[np.int32], kind: str) -> ScoreRows:
        """Return one entry a row, with codes of the units; without units each row is its own."""
        unit, n_units = self.units(level.size)
        weight = self.weights(level.size)
        return ScoreRows(level, self.flags(), weight, unit, n_units, kind if self.unit else "row")


class ScoreAccumulator:
    """Keeps every score; 9 bytes a row while it gathers, more with weights and units."""

    def __init__(self, request: ScoreTableRequest) -> None:
        self._request = request
        self._score: list[Floats] = []
        self._kept = _KeptScores()

    def columns(self) -> dict[str, nw.Expr]:
        """Return score, label, weight and unit."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Keep the scores of one batch."""
        rows = _Batch.read(batch)
        self._score.append(rows.score)
        self._kept.add_batch(rows)

    def finish(self) -> ScoreTable:
        """Sort and count."""
        score = np.concatenate(self._score) if self._score else np.zeros(0)
        positive = self._kept.flags()
        by_row = self._request.keep_rows or bool(self._kept.unit)
        if self._request.weight is None and not by_row:
            return ScoreTable(*count_flagged(score, positive))
        order = np.argsort(score)
        ordered, flags = score[order], positive[order].astype(np.float64)
        starts = level_starts(ordered)
        rows = np.diff(np.append(starts, score.size)) if starts.size else starts
        n_pos = sums_at(starts, flags).astype(np.int32)
        w_pos = w_neg = w2_pos = w2_neg = kept = None
        if self._request.weight is not None:
            weight = self._kept.weights(score.size)[order]
            w_pos, w_neg = (sums_at(starts, weight * part) for part in (flags, 1 - flags))
            w2_pos, w2_neg = (sums_at(starts, weight**2 * part) for part in (flags, 1 - flags))
        if by_row:
            level = np.empty(score.size, dtype=np.int32)
            level[order] = np.repeat(np.arange(starts.size, dtype=np.int32), rows)
            kept = self._kept.rows(level, self._request.unit_kind)
        n_neg = (rows - n_pos).astype(np.int32)
        return ScoreTable(ordered[starts], n_pos, n_neg, w_pos, w_neg, w2_pos, w2_neg, rows=kept)


class BinnedScoreAccumulator:
    """Counts scores in bins between `cuts`; without units its size does not depend on the rows."""

    def __init__(self, request: ScoreTableRequest, cuts: Floats) -> None:
        self._request = request
        self._cuts = cuts
        self._shape = (NEGATIVE_AND_POSITIVE, cuts.size + 1)
        self._n = np.zeros(self._shape, dtype=np.int64)
        self._w, self._w2 = np.zeros(self._shape), np.zeros(self._shape)
        self._sum = np.zeros(cuts.size + 1)
        self._level: list[NDArray[np.int32]] = []
        self._kept = _KeptScores()

    def columns(self) -> dict[str, nw.Expr]:
        """Return score, label, weight and unit."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch."""
        rows = _Batch.read(batch)
        n_bins = self._cuts.size + 1
        level = np.searchsorted(self._cuts, rows.score, side="right")
        joint = level + rows.positive * n_bins
        self._n += self._counted(joint)
        self._sum += np.bincount(level, weights=rows.score, minlength=n_bins)
        if rows.weight is not None:
            self._w += self._counted(joint, rows.weight)
            self._w2 += self._counted(joint, rows.weight**2)
        if rows.unit is not None:
            self._level.append(level.astype(np.int32))
            self._kept.add_batch(rows)

    def _counted(self, joint: NDArray[np.intp], weights: Floats | None = None) -> NDArray:
        size = self._shape[0] * self._shape[1]
        return np.bincount(joint, weights, minlength=size).reshape(self._shape)

    def finish(self) -> ScoreTable:
        """Return the bins that hold rows; the score of a bin is the mean of its rows."""
        n = self._n.sum(axis=0)
        used = n > 0
        w_pos = w_neg = w2_pos = w2_neg = kept = None
        if self._request.weight is not None:
            (w_neg, w_pos), (w2_neg, w2_pos) = self._w[:, used], self._w2[:, used]
        if self._kept.unit:
            new_level = (np.cumsum(used) - 1).astype(np.int32)
            kept = self._kept.rows(new_level[np.concatenate(self._level)], self._request.unit_kind)
        n_neg, n_pos = self._n[:, used]
        mean = self._sum[used] / n[used]
        return ScoreTable(mean, n_pos, n_neg, w_pos, w_neg, w2_pos, w2_neg, exact=False, rows=kept)
