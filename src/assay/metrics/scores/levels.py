"""A score table in, its weights by level and the spread of a rank statistic out."""

import numpy as np

from assay.metrics.few import few_of_class, few_units
from assay.stats.levels import Floats, Levels, RankStatistic
from assay.stats.spread import Spread, unit_spread
from assay.stats.sums import sums_by
from assay.tables.score_table import ScoreTable


def levels_of(table: ScoreTable) -> Levels:
    """Return the weights at each score."""
    return Levels(*table.weights())


def missing_class(table: ScoreTable) -> str | None:
    """Return why a statistic that needs both classes is undefined, or None."""
    if not table.n_rows:
        return "the table has no rows"
    if not table.n_pos.sum():
        return "no row is positive"
    if not table.n_neg.sum():
        return "no row is negative"
    return None


def few_scores(table: ScoreTable, spread: Spread) -> tuple[str, ...]:
    """Return the warnings that a class has too few rows, or that units are too few."""
    positives, negatives = int(table.n_pos.sum()), int(table.n_neg.sum())
    name = "positive" if positives <= negatives else "negative"
    return few_of_class(min(positives, negatives), name) + few_units(spread)


def influence_sums(table: ScoreTable, statistic: RankStatistic) -> Floats:
    """Return Σ w ψ in each declared unit, shape (n_units,)."""
    rows = table.rows
    assert rows is not None
    each = np.where(rows.positive, statistic.positive[rows.level], statistic.negative[rows.level])
    return sums_by(rows.unit, rows.w * each, rows.n_units)


def score_spread(table: ScoreTable, levels: Levels, statistic: RankStatistic) -> Spread:
    """Return how a rank statistic varies over samples.

    Each class's part is divided by its number of rows less one, as DeLong does.

    Parameters
    ----------
    table : ScoreTable
    levels : Levels
        Its weights.
    statistic : RankStatistic

    Returns
    -------
    Spread
    """
    if table.rows is not None:
        plain = sum(_square(w, psi) for w, psi in _both(levels, statistic))
        sums = influence_sums(table, statistic)
        used = int(np.count_nonzero(np.bincount(table.rows.unit, minlength=len(sums))))
        return unit_spread(
            sums, plain_variance=plain, n=levels.total, unit=table.rows.kind, n_used=used
        )
    if not table.weighted:
        variance = 0.0
        for w, psi in _both(levels, statistic):
            rows = float(w.sum())
            variance += _square(w, psi) * rows / max(rows - 1, 1.0)
        return Spread(variance)
    return _weighted(table, levels, statistic)


def score_covariance(table: ScoreTable, one: RankStatistic, other: RankStatistic) -> float:
    """Return how two rank statistics of the same rows vary together over samples."""
    if table.rows is not None:
        return float(np.dot(influence_sums(table, one), influence_sums(table, other)))
    positive, negative = table.squared_weights()
    return float(
        np.dot(positive * one.positive, other.positive)
        + np.dot(negative * one.negative, other.negative)
    )


def _weighted(table: ScoreTable, levels: Levels, statistic: RankStatistic) -> Spread:
    variance = plain = 0.0
    squares = table.squared_weights()
    for (w, psi), w2 in zip(_both(levels, statistic), squares, strict=True):
        rows = float(w.sum()) ** 2 / max(float(w2.sum()), 1e-300)
        variance += _square(w2, psi) * rows / max(rows - 1, 1.0)
        plain += _square(w, psi)
    effective = levels.total * plain / variance if variance > 0 else None
    return Spread(variance, n_effective=effective)


def _both(levels: Levels, statistic: RankStatistic) -> list[tuple[Floats, Floats]]:
    return [(levels.positive, statistic.positive), (levels.negative, statistic.negative)]


def _square(weight: Floats, influence: Floats) -> float:
    return float(np.dot(weight * influence, influence))
