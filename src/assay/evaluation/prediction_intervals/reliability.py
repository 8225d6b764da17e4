"""Probabilities and groups in; whether a probability means the same in each, out."""

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.prediction_intervals.coverage import LEAST_ROWS, Grouping, Rows
from assay.evaluation.prediction_intervals.result import GroupReliability
from assay.metrics.ranking.estimate import query_mean
from assay.result import Estimate
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
N_BINS = 15
LEAST_IN_BIN = 10
N_DRAWS = 500
_MOST_DRAWN = 4_000_000


def reliability_by_group(
    positive: Flags,
    score: Floats,
    groupings: tuple[Grouping, ...],
    rows: Rows,
    *,
    rng: np.random.Generator,
) -> tuple[GroupReliability, ...]:
    """Return calibration within each group of at least 30 rows.

    Parameters
    ----------
    positive : ndarray of bool, shape (n_rows,)
    score : ndarray of float, shape (n_rows,)
        Probability of the positive class.
    groupings : tuple of Grouping
    rows : Rows
    rng : numpy.random.Generator
    """
    found: list[GroupReliability] = []
    for grouping in groupings:
        for at, value in enumerate(grouping.values):
            inside = grouping.code == at
            if inside.sum() < LEAST_ROWS:
                continue
            found.append(
                _of_group(
                    (grouping.by, value), positive[inside], score[inside], rows.take(inside), rng
                )
            )
    return tuple(found)


def _of_group(
    name: tuple[str, str], positive: Flags, score: Floats, rows: Rows, rng: np.random.Generator
) -> GroupReliability:
    weight = np.ones(len(score)) if rows.weight is None else rows.weight
    apart = query_mean(
        score - positive, weight=rows.weight, group=rows.unit, level=rows.level, bounds=(-1.0, 1.0)
    )
    gap = Estimate(
        value=apart.value,
        low=apart.low,
        high=apart.high,
        level=rows.level,
        n=apart.n,
        n_effective=apart.n_effective,
        unit=rows.unit_kind,
        method="Student's t, mended for skewness (Hall)",
        reason=apart.reason,
    )
    bins = equal_bins(score)
    return GroupReliability(
        by=name[0],
        value=name[1],
        n=len(score),
        mean_score=float(np.average(score, weights=weight)),
        rate=float(np.average(positive, weights=weight)),
        gap=gap,
        ece=calibration_gap(positive.astype(np.float64), score, bins, weight),
        ece_by_chance=_by_chance(score, bins, weight, rng),
    )


def equal_bins(score: Floats) -> NDArray[np.int64]:
    """Return the bin of each score: up to 15 of about equal size and at least 10 rows."""
    n = max(1, min(N_BINS, len(score) // LEAST_IN_BIN))
    cuts = np.unique(np.quantile(score, np.arange(1, n) / n)) if n > 1 else np.zeros(0)
    return np.searchsorted(cuts, score, side="right").astype(np.int64)


def calibration_gap(
    positive: Floats, score: Floats, bins: NDArray[np.int64], weight: Floats
) -> float:
    """Return Σ share of the bin · |mean score - observed share|.

    Examples
    --------
    >>> even = np.zeros(4, dtype=np.int64)
    >>> calibration_gap(np.array([1.0, 1, 0, 0]), np.full(4, 0.75), even, np.ones(4))
    0.25
    """
    n = int(bins.max()) + 1
    return float(np.abs(sums_by(bins, weight * (score - positive), n)).sum() / weight.sum())


def _by_chance(
    score: Floats, bins: NDArray[np.int64], weight: Floats, rng: np.random.Generator
) -> float:
    """Return the mean gap where every probability is right: labels are drawn from them."""
    draws = max(20, min(N_DRAWS, _MOST_DRAWN // len(score)))
    chance = np.clip(score, 0.0, 1.0)
    drawn = [
        calibration_gap((rng.random(len(score)) < chance).astype(np.float64), score, bins, weight)
        for _ in range(draws)
    ]
    return float(np.mean(drawn))
