"""Rows and a grid in; what the model says with columns set to the grid's values out."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.table import EffectTable, Index, Native, gathered
from assay.explainability.scores import Scores

Floats = NDArray[np.float64]
BATCH_ROWS = 20_000


def ask_grid(
    scores: Scores,
    table: EffectTable,
    index: Index,
    columns: Mapping[int, Native],
    n_grid: int,
    *,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[slice, Floats]]:
    """Ask about rows with their columns set to each point of a grid, block by block.

    Parameters
    ----------
    scores : Scores
    table : EffectTable
    index : ndarray of int, shape (n,)
        The rows.
    columns : mapping of int to column
        By place, of length `n_grid`: the values at each point of the grid.
    n_grid : int
    progress : callable or None
        Told how many predictions were made.

    Yields
    ------
    (slice, ndarray)
        Which of `index`, and the scores, shape (n_block, n_grid, n_outputs).
    """
    step = max(1, BATCH_ROWS // n_grid)
    for start in range(0, len(index), step):
        block = index[start : start + step]
        yield (
            slice(start, start + len(block)),
            _ask_block(scores, table, block, columns, n_grid, progress),
        )


def _ask_block(
    scores: Scores,
    table: EffectTable,
    block: Index,
    columns: Mapping[int, Native],
    n_grid: int,
    progress: Callable[[int], None] | None,
) -> Floats:
    """Return the scores of a block of rows; a grid larger than a batch is asked in parts."""
    out = np.empty((len(block), n_grid, len(scores.outputs)))
    width = max(1, BATCH_ROWS // len(block))
    for first in range(0, n_grid, width):
        points = np.arange(first, min(first + width, n_grid))
        at = np.repeat(points, len(block))
        told = {place: gathered(column, at) for place, column in columns.items()}
        rows: Any = table.replaced(np.tile(block, len(points)), told)
        answer = scores(rows, len(at))
        out[:, points] = answer.reshape(len(points), len(block), -1).transpose(1, 0, 2)
        scores.tally.asked += len(at)
        if progress is not None:
            progress(len(at))
    return out
