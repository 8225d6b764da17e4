"""Accumulated local effects: small steps of one column, at the rows that lie there, added up."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.axis import Axis
from assay.explainability.effects.table import EffectTable, gathered
from assay.explainability.scores import Scores
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
BATCH_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class Accumulated:
    """Accumulated local effects.

    Parameters
    ----------
    values : ndarray, shape (n_grid, n_outputs)
        Their mean over the rows is 0.
    standard_errors : ndarray or None, shape (n_grid, n_outputs)
        Over the rows within steps; None where no step has two rows.
    counts : ndarray of int, shape (n_grid,)
        Rows in the step that ends at each grid value.
    """

    values: Floats
    standard_errors: Floats | None
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Steps:
    """Which rows take which step between neighbours of the grid.

    Parameters
    ----------
    row : ndarray of int, shape (n_taken,)
        Places among the rows asked about.
    step : ndarray of int, shape (n_taken,)
        From grid value `step` to `step` + 1.
    level_share : ndarray, shape (n_grid - 1,)
        Of each step: share of the weight that lies above it, half of that within it.
    """

    row: Index
    step: Index
    level_share: Floats


def steps_of_numbers(numbers: Floats, edges: Floats, weights: Floats) -> Steps:
    """Put rows in the steps (z₀, z₁], (z₁, z₂], …; the smallest value is in the first.

    Parameters
    ----------
    numbers : ndarray, shape (n,)
        From the first to the last of `edges`.
    edges : ndarray, shape (n_grid,)
    weights : ndarray, shape (n,)
    """
    step = np.clip(np.searchsorted(edges, numbers, side="left") - 1, 0, max(len(edges) - 2, 0))
    mass = sums_by(step, weights, max(len(edges) - 1, 0)) if len(edges) > 1 else np.zeros(0)
    above = mass[::-1].cumsum()[::-1] - mass
    total = weights.sum()
    row = np.arange(len(numbers)) if len(edges) > 1 else np.zeros(0, dtype=np.intp)
    return Steps(row, step[: len(row)].astype(np.intp), (above + mass / 2) / total)


def steps_of_levels(codes: Index, n_levels: int, weights: Floats) -> Steps:
    """Let every row take the steps to its neighbours: from the one before, to the one after.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Place of each row's category in the order of the grid.
    n_levels : int
    weights : ndarray, shape (n,)
    """
    up, down = np.flatnonzero(codes < n_levels - 1), np.flatnonzero(codes > 0)
    row = np.concatenate([up, down])
    step = np.concatenate([codes[up], codes[down] - 1])
    mass = sums_by(codes, weights, n_levels)
    from_here = mass[::-1].cumsum()[::-1]
    return Steps(row.astype(np.intp), step.astype(np.intp), from_here[1:] / weights.sum())


def accumulate(
    scores: Scores,
    table: EffectTable,
    place: int,
    axis: Axis,
    index: Index,
    weights: Floats,
    steps: Steps,
    *,
    progress: Callable[[int], None] | None = None,
) -> Accumulated:
    """Average the steps, add them up and centre the sum over the rows.

    A step that no row takes counts 0. The standard error is that of the sum given how many rows
    take each step; a step with one row borrows the spread of the others.

    Parameters
    ----------
    scores : Scores
    table : EffectTable
    place : int
        The column.
    axis : Axis
        Without a missing value.
    index : ndarray of int, shape (n,)
    weights : ndarray, shape (n,)
    steps : Steps
    progress : callable or None

    References
    ----------
    Apley and Zhu 2020, JRSS B 82:1059, doi:10.1111/rssb.12377; steps between categories as in
    the authors' R package ALEPlot.
    """
    n_steps, n_outputs = len(axis) - 1, len(scores.outputs)
    counts = np.zeros(len(axis), dtype=np.int64)
    if n_steps < 1:
        return Accumulated(np.zeros((len(axis), n_outputs)), None, counts)
    rise = _ask_steps(scores, table, place, axis, index[steps.row], steps.step, progress)
    w = weights[steps.row]
    mass = sums_by(steps.step, w, n_steps)
    safe = np.where(mass > 0, mass, 1.0)
    sums = np.column_stack([sums_by(steps.step, w * each, n_steps) for each in rise.T])
    mean = sums / safe[:, None]
    counts[1:] = np.bincount(steps.step, minlength=n_steps)
    upto = np.tri(n_steps + 1, n_steps, -1) - steps.level_share
    residual = (w / safe[steps.step])[:, None] * (rise - mean[steps.step])
    errors = _errors(upto, residual, steps, w, safe, len(index))
    return Accumulated(upto @ mean, errors, counts)


def _ask_steps(
    scores: Scores,
    table: EffectTable,
    place: int,
    axis: Axis,
    rows: Index,
    step: Index,
    progress: Callable[[int], None] | None,
) -> Floats:
    """Return what each row's score gains on its step, shape (n_taken, n_outputs)."""
    out = np.empty((len(rows), len(scores.outputs)))
    size = BATCH_ROWS // 2
    for start in range(0, len(rows), size):
        some, at = rows[start : start + size], step[start : start + size]
        column = gathered(axis.column, np.concatenate([at, at + 1]))
        asked = table.replaced(np.concatenate([some, some]), {place: column})
        answer = scores(asked, 2 * len(some))
        scores.tally.asked += 2 * len(some)
        out[start : start + size] = answer[len(some) :] - answer[: len(some)]
        if progress is not None:
            progress(2 * len(some))
    return out


def _errors(
    upto: Floats, residual: Floats, steps: Steps, w: Floats, mass: Floats, n_rows: int
) -> Floats | None:
    """Return the standard errors from each row's part in the sum, shape (n_grid, n_outputs)."""
    n_steps = upto.shape[1]
    squares = sums_by(steps.step, w**2, n_steps)
    n = np.divide(mass**2, squares, out=np.zeros(n_steps), where=squares > 0)
    enough = n > 1 + 1e-9
    if not enough.any():
        return None
    mended = np.sqrt(np.divide(n, n - 1, out=np.zeros(n_steps), where=enough))
    part = residual * mended[steps.step][:, None]
    alone = (n > 0) & ~enough
    out = np.empty((upto.shape[0], residual.shape[1]))
    for place, each in enumerate(part.T):
        by_row = np.zeros((n_rows, n_steps))
        np.add.at(by_row, (steps.row, steps.step), each)
        variance = ((by_row @ upto.T) ** 2).sum(axis=0)
        of_one = sums_by(steps.step, each**2, n_steps) * n
        pooled = float(np.average(of_one[enough], weights=n[enough]))
        out[:, place] = np.sqrt(variance + (upto[:, alone] ** 2).sum(axis=1) * pooled)
    return out
