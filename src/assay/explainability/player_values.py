"""An explanation in; the numbers behind its players' values out."""

from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.stats.rank_correlation import spearman_of

if TYPE_CHECKING:
    from assay.explainability.result import Explanation

Floats = NDArray[np.float64]
Direction = Literal["raises", "lowers", "mixed"]
ONE_WAY = 0.3
"""From this rank correlation of value and attribution on, a column is said to push one way."""
FEWEST = 10
"""Rows below which nothing is said of a direction."""


def numbers_of(explanation: "Explanation", player: int) -> Floats | None:
    """Return a player's values as numbers, NaN where they are missing.

    Parameters
    ----------
    explanation : Explanation
    player : int
        Its place.

    Returns
    -------
    ndarray of float, shape (n_rows,), or None
        Numbers, booleans (0 and 1) and times (seconds since 1970) of a single column; None for
        text, categories and groups of columns.
    """
    columns = explanation.player_columns[player]
    if len(columns) != 1 or columns[0] not in explanation.data.columns:
        return None
    column = explanation.data[columns[0]]
    if column.dtype.is_temporal():
        scaled = column.cast(pl.Int64).cast(pl.Float64)
        return scaled.fill_null(np.nan).to_numpy()
    if not (column.dtype.is_numeric() or column.dtype == pl.Boolean):
        return None
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()


def direction_of(numbers: Floats | None, attributions: Floats) -> Direction:
    """Say whether higher values of a column go with higher attributions.

    Parameters
    ----------
    numbers : ndarray of float or None, shape (n_rows,)
        None for what has no order.
    attributions : ndarray of float, shape (n_rows,)

    Returns
    -------
    {"raises", "lowers", "mixed"}
        By Spearman's correlation from 0.3 on; "mixed" below, with fewer than 10 rows, and where
        one of the two is constant.

    Examples
    --------
    >>> direction_of(np.arange(20.0), -np.arange(20.0))
    'lowers'
    >>> direction_of(None, np.arange(20.0))
    'mixed'
    """
    if numbers is None:
        return "mixed"
    known = np.isfinite(numbers)
    if known.sum() < FEWEST:
        return "mixed"
    found = spearman_of(numbers[known], attributions[known])
    if found is None or abs(found.value) < ONE_WAY:
        return "mixed"
    return "raises" if found.value > 0 else "lowers"
