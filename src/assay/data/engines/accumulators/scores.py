"""Gather a ScoreTable: every score up to a size, bins of equal mass above it."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.levels import count_flagged, level_starts, sums_at
from assay.data.engines.accumulators.protocol import (
    UNIT,
    WEIGHT,
    dense_codes,
    floats,
    weight_and_unit,
)
from assay.data.requests import ScoreTableRequest
from assay.tables.score_table import ScoreRows, ScoreTable

SCORE, POSITIVE = "score", "positive"
Floats = NDArray[np.float64]


def _columns(request: ScoreTableRequest) -> dict[str, nw.Expr]:
    return {SCORE: request.score, POSITIVE: request.positive} | weight_and_unit(request)


def _complete(batch: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows that lack the score, the label or the weight."""
    return batch.drop_nulls([name for name in (SCORE, POSITIVE, WEIGHT) if name in batch.columns])


class ScoreAccumulator:
    """Keeps every score; 9 bytes a row while it gathers, more with weights and units."""

    def __init__(self, request: ScoreTableRequest) -> None:
        self._request = request
        self._score: list[Floats] = []
        self._positive: list[NDArray[np.bool_]] = []
        self._weight: list[Floats] = []
        self._unit: list[pl.Series] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return score, label, weight and unit."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Keep the scores of one batch."""
        batch = _complete(batch)
        self._score.append(floats(batch, SCORE))
        self._positive.append(batch[POSITIVE].cast(pl.Boolean).to_numpy())
        if WEIGHT in batch.columns:
            self._weight.append(floats(batch, WEIGHT))
        if UNIT in batch.columns:
            self._unit.append(batch[UNIT])

    def finish(self) -> ScoreTable:
        """Sort and count."""
        score = _joined(self._score, np.float64)
        positive = _joined(self._positive, np.bool_)
        if self._request.weight is None and self._request.unit is None:
            return ScoreTable(*count_flagged(score, positive))
        weight = _joined(self._weight, np.float64) if self._request.weight is not None else None
        order = np.argsort(score)
        ordered = score[order]
        starts = level_starts(ordered)
        flags = positive[order].astype(np.float64)
        rows = sums_at(starts, np.ones(score.size))
        n_pos = sums_at(starts, flags)
        table = {
            "score": ordered[starts],
            "n_pos": n_pos.astype(np.int32),
            "n_neg": (rows - n_pos).astype(np.int32),
        }
        if weight is not None:
            table |= _weight_sums(starts, weight[order], flags)
        kept = None
        if self._unit:
            level = np.empty(score.size, dtype=np.int32)
            level[order] = np.repeat(
                np.arange(starts.size, dtype=np.int32), np.diff(np.append(starts, score.size))
            )
            kept = _score_rows(level, positive, weight, self._unit, self._request.unit_kind)
        return ScoreTable(**table, rows=kept)


class BinnedScoreAccumulator:
    """Counts scores in bins between `cuts`; its size does not depend on the rows."""

    def __init__(self, request: ScoreTableRequest, cuts: Floats) -> None:
        self._request = request
        self._cuts = cuts
        size = cuts.size + 1
        self._n = np.zeros((2, size), dtype=np.int64)
        self._sum = np.zeros(size)
        self._w = np.zeros((2, size))
        self._w2 = np.zeros((2, size))
        self._level: list[NDArray[np.int32]] = []
        self._positive: list[NDArray[np.bool_]] = []
        self._weight: list[Floats] = []
        self._unit: list[pl.Series] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return score, label, weight and unit."""
        return _columns(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch."""
        batch = _complete(batch)
        score = floats(batch, SCORE)
        positive = batch[POSITIVE].cast(pl.Boolean).to_numpy()
        size = self._cuts.size + 1
        level = np.searchsorted(self._cuts, score, side="right")
        joint = level + positive * size
        self._n += np.bincount(joint, minlength=2 * size).reshape(2, size)
        self._sum += np.bincount(level, weights=score, minlength=size)
        if WEIGHT in batch.columns:
            weight = floats(batch, WEIGHT)
            self._w += np.bincount(joint, weight, minlength=2 * size).reshape(2, size)
            self._w2 += np.bincount(joint, weight**2, minlength=2 * size).reshape(2, size)
        if UNIT in batch.columns:
            self._level.append(level.astype(np.int32))
            self._positive.append(positive)
            self._unit.append(batch[UNIT])
            if WEIGHT in batch.columns:
                self._weight.append(floats(batch, WEIGHT))

    def finish(self) -> ScoreTable:
        """Return the bins that hold rows; the score of a bin is the mean of its rows."""
        n = self._n.sum(axis=0)
        used = n > 0
        weights = {}
        if self._request.weight is not None:
            weights = {
                "w_pos": self._w[1, used],
                "w_neg": self._w[0, used],
                "w2_pos": self._w2[1, used],
                "w2_neg": self._w2[0, used],
            }
        kept = None
        if self._unit:
            new_level = (np.cumsum(used) - 1).astype(np.int32)
            weight = np.concatenate(self._weight) if self._weight else None
            level, positive = np.concatenate(self._level), np.concatenate(self._positive)
            kind = self._request.unit_kind
            kept = _score_rows(new_level[level], positive, weight, self._unit, kind)
        return ScoreTable(
            score=self._sum[used] / n[used],
            n_pos=self._n[1, used],
            n_neg=self._n[0, used],
            **weights,
            exact=False,
            rows=kept,
        )


def _joined(parts: list[NDArray[np.generic]], dtype: type) -> NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)


def _weight_sums(starts: NDArray[np.intp], weight: Floats, flags: Floats) -> dict[str, Floats]:
    return {
        "w_pos": sums_at(starts, weight * flags),
        "w_neg": sums_at(starts, weight * (1 - flags)),
        "w2_pos": sums_at(starts, weight**2 * flags),
        "w2_neg": sums_at(starts, weight**2 * (1 - flags)),
    }


def _score_rows(
    level: NDArray[np.int32],
    positive: NDArray[np.bool_],
    weight: Floats | None,
    units: list[pl.Series],
    kind: str,
) -> ScoreRows:
    unit, n_units = dense_codes(pl.concat(units))
    w = np.ones(level.size) if weight is None else weight
    return ScoreRows(level, positive, w, unit, n_units, kind)
