"""A long score table in, one of a few ten thousand levels out, for what hardly depends on it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.data.requests import N_BINS
from assay.tables.score_table import ScoreTable


def coarsen(table: ScoreTable, *, n_levels: int = N_BINS) -> ScoreTable:
    """Gather neighbouring scores into levels of about equal rows, each at its mean score.

    A fit through the scores moves by the square of a level's width, about 1e-9 of its value, and
    takes a fraction of the time. Ranks would suffer: for them the table itself is used.

    Parameters
    ----------
    table : ScoreTable
    n_levels : int
        A table of up to four times as many is returned as it is.

    Returns
    -------
    ScoreTable

    Examples
    --------
    >>> score = np.linspace(0, 1, 10)
    >>> ones = np.ones(10, dtype=np.int64)
    >>> coarsen(ScoreTable(score, ones, ones), n_levels=2).n_pos.tolist()
    [5, 5]
    """
    if len(table.score) <= 4 * n_levels:
        return table
    rows = table.n_pos.astype(np.int64) + table.n_neg
    before = np.cumsum(rows) - rows
    _, place = np.unique(before * n_levels // rows.sum(), return_inverse=True)

    def gathered(amount: NDArray[np.generic] | None) -> NDArray[np.float64] | None:
        if amount is None:
            return None
        return np.asarray(np.bincount(place, weights=amount.astype(np.float64)), dtype=np.float64)

    weight = sum(table.weights())
    mass = np.maximum(np.bincount(place, weights=weight), 1e-300)
    return replace(
        table,
        score=np.bincount(place, weights=table.score * weight) / mass,
        n_pos=np.bincount(place, weights=table.n_pos).astype(np.int64),
        n_neg=np.bincount(place, weights=table.n_neg).astype(np.int64),
        w_pos=gathered(table.w_pos),
        w_neg=gathered(table.w_neg),
        w2_pos=gathered(table.w2_pos),
        w2_neg=gathered(table.w2_neg),
        rows=None
        if table.rows is None
        else replace(table.rows, level=place[table.rows.level].astype(np.int32)),
    )
