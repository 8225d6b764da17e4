"""Columns taken from other rows: what the model says then."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.table import EffectTable, gathered
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
BATCH_ROWS = 20_000


def ask_rows(
    scores: Scores,
    table: EffectTable,
    index: Index,
    columns: Sequence[int] = (),
    donors: Index | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> Floats:
    """Ask about rows, some of their columns taken from other rows.

    Parameters
    ----------
    scores : Scores
    table : EffectTable
    index : ndarray of int, shape (n,)
        The rows.
    columns : sequence of int
        Places of the columns that are taken from elsewhere, together.
    donors : ndarray of int or None, shape (n,)
        The rows that they are taken from.
    progress : callable or None

    Returns
    -------
    ndarray, shape (n, n_outputs)
    """
    out = np.empty((len(index), len(scores.outputs)))
    for start in range(0, len(index), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        there = index[part] if donors is None else donors[part]
        told = {place: gathered(table.native(place), there) for place in columns}
        some = index[part]
        out[part] = scores(table.replaced(some, told), len(some))
        scores.tally.asked += len(some)
        if progress is not None:
            progress(len(some))
    return out


def draw_donors(
    index: Index, weights: Floats | None, repeats: int, rng: np.random.Generator
) -> Index:
    """Return for each repetition the row that each row takes a column from.

    Without weights the rows are permuted; with them donors are drawn as often as they weigh.

    Returns
    -------
    ndarray of int, shape (repeats, n)
        Places in `index`.
    """
    n = len(index)
    if weights is None:
        return np.stack([rng.permutation(n) for _ in range(repeats)])
    return rng.choice(n, size=(repeats, n), p=weights / weights.sum())
