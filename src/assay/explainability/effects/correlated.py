"""The other column that goes most with one column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.explainability.effects.reading import Reading
from assay.stats.cramers_v import bias_corrected_v, mean_square_contingency
from assay.stats.rank_correlation import spearman_of

Floats = NDArray[np.float64]
STRONG = 0.5
"""From here on a column cannot be set freely: rows that no data is like would be asked about."""
MAX_LEVELS = 50


@dataclass(frozen=True)
class Companion:
    """Another column, and how closely it goes with this one.

    Parameters
    ----------
    column : str
    value : float
        Spearman's correlation, or Cramér's V of two columns of categories.
    measure : str
        Which of the two.
    """

    column: str
    value: float
    measure: str


def closest_column(reading: Reading, others: Sequence[Reading]) -> Companion | None:
    """Find the other column with the largest |Spearman| or Cramér's V; None where there is none.

    Parameters
    ----------
    reading : Reading
    others : sequence of Reading
        The other columns, of the same rows.
    """
    found = [
        companion
        for other in others
        if other.reason is None and (companion := _companion(reading, other)) is not None
    ]
    return max(found, key=lambda companion: abs(companion.value), default=None)


def _companion(reading: Reading, other: Reading) -> Companion | None:
    first, second = _ordered(reading), _ordered(other)
    if first is not None and second is not None:
        both = np.isfinite(first) & np.isfinite(second)
        if both.sum() < 3:
            return None
        found = spearman_of(first[both], second[both])
        return found and Companion(other.feature, found.value, "Spearman's correlation")
    if first is None and second is None:
        value = _cramers_v(reading, other)
        return None if value is None else Companion(other.feature, value, "Cramér's V")
    return None


def _ordered(reading: Reading) -> Floats | None:
    if reading.numbers is not None:
        return reading.numbers
    if reading.series.dtype == pl.Boolean:
        return reading.series.cast(pl.Float64).to_numpy().astype(np.float64)
    return None


def _cramers_v(reading: Reading, other: Reading) -> float | None:
    rows, columns = reading.codes()[0], other.codes()[0]
    both = (rows >= 0) & (columns >= 0)
    if both.sum() < 3:
        return None
    rows = np.unique(rows[both], return_inverse=True)[1]
    columns = np.unique(columns[both], return_inverse=True)[1]
    shape = int(rows.max()) + 1, int(columns.max()) + 1
    if min(shape) < 2 or max(shape) > MAX_LEVELS:
        return None
    n = len(rows)
    shares = np.bincount(rows * shape[1] + columns, minlength=shape[0] * shape[1]) / n
    return bias_corrected_v(mean_square_contingency(shares.reshape(shape)), shape, n)
