"""The grid of accumulated effects: ends of steps of numbers, and categories in an order."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.axis import FEW_VALUES, Axis, make_axis
from assay.explainability.effects.level_order import order_levels
from assay.explainability.effects.reading import Reading, numbers_of
from assay.explainability.effects.spread_grid import density_near, drawn_ends, spread_values
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
COMPARED_ROWS = 5000
"""Rows on which columns are compared with each other."""


def levels_in_order(
    reading: Reading,
    others: Sequence[Reading],
    weights: Floats,
    *,
    grid: str | Sequence[object],
    max_levels: int | None,
) -> Axis:
    """Return the categories of a column in an order in which neighbours are alike."""
    axis = make_axis(reading, weights, grid=grid, max_levels=max_levels, missing=False)
    some = np.unique(np.linspace(0, len(weights) - 1, COMPARED_ROWS).astype(np.intp))
    few = [each.at(some) for each in others]
    order = order_levels(axis.row_codes[some], len(axis), few, weights[some])
    wanted = [axis.values[place] for place in order]
    return make_axis(reading, weights, grid=wanted, missing=False)


def step_ends(
    reading: Reading, weights: Floats, grid: str | Sequence[object], n: int
) -> list[float]:
    """Return the ends of the steps, from the smallest to the largest value.

    Parameters
    ----------
    reading : Reading
        A column of numbers or times.
    weights : ndarray, shape (n_rows,)
        0 where there is no finite number.
    grid : {"quantile", "even", "buckets"} or sequence
        "quantile": values that occur, with equally many rows between them (a value that many
        rows have counts once where little else would be left); the other two: of equal width;
        or these values with both ends.
    n : int
        Steps. Columns with at most one more value, or of 20 whole numbers or fewer, have a step
        between each two neighbours.
    """
    numbers = numbers_of(reading)
    known = weights > 0
    levels, back = np.unique(numbers[known], return_inverse=True)
    low, high = levels[0], levels[-1]
    few = len(levels) <= n + 1 or (reading.whole and len(levels) <= FEW_VALUES)
    if isinstance(grid, str) and few:
        edges = levels
    elif grid == "quantile":
        mass = sums_by(back.reshape(-1), weights[known], len(levels))
        edges = np.union1d(spread_values(levels, mass, (0.0, 1.0), n + 1), [low, high])
    elif isinstance(grid, str):
        edges = np.linspace(low, high, n + 1)
        edges = np.unique(np.rint(edges)) if reading.integers else edges
    else:
        given = make_axis(reading, weights, grid=grid, missing=False).positions
        edges = np.unique([low, *given[(given > low) & (given < high)], high])
    return edges.tolist()


def density_of_steps(axis: Axis, reading: Reading, weights: Floats) -> Axis:
    """Return the axis of steps with where its rows lie; see `drawn_ends` for how far."""
    numbers = numbers_of(reading)
    known = weights > 0
    levels, back = np.unique(numbers[known], return_inverse=True)
    mass = sums_by(back.reshape(-1), weights[known], len(levels))
    ends = drawn_ends(axis.positions, axis.outside)
    return replace(axis, density=density_near(levels, mass, *ends))
