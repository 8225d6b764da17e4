"""One column in; its partial dependence or its accumulated local effects out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.accumulated import (
    accumulate,
    steps_of_levels,
    steps_of_numbers,
)
from assay.explainability.effects.asked import Asked
from assay.explainability.effects.axis import RESOLUTION, Axis, make_axis
from assay.explainability.effects.correlated import Companion, closest_column
from assay.explainability.effects.dependence import Dependence
from assay.explainability.effects.heterogeneity import (
    Heterogeneity,
    group_rows,
    measure_heterogeneity,
)
from assay.explainability.effects.notes import notes_of
from assay.explainability.effects.partial import (
    PartialMeans,
    centred,
    effective_rows,
    partial_means,
)
from assay.explainability.effects.reading import Reading, numbers_of, read_column
from assay.explainability.effects.sampling import draw_rows
from assay.explainability.effects.step_axes import (
    COMPARED_ROWS,
    density_of_steps,
    levels_in_order,
    step_ends,
)
from assay.explainability.effects.telling import frozen, placed

Floats = NDArray[np.float64]


def compare_columns(
    asked: Asked, place: int, reading: Reading
) -> tuple[Companion | None, list[Reading]]:
    """Return the closest other column, and all others as read, over up to 5,000 rows."""
    others = [
        read_column(asked.table, other)
        for other in range(len(asked.table.columns))
        if other != place
    ]
    some = np.unique(np.linspace(0, len(asked.table) - 1, COMPARED_ROWS).astype(np.intp))
    few = [each.at(some) for each in others]
    return closest_column(reading.at(some), few), others


def partial_dependence(
    asked: Asked,
    place: int,
    reading: Reading,
    others: Sequence[Reading],
    companion: Companion | None,
) -> Dependence:
    """Set the column to each value of its grid, at rows spread evenly over its order.

    Parameters
    ----------
    asked : Asked
    place : int
    reading : Reading
        Of that column.
    others : sequence of Reading
        The other columns, by which rows' curves may differ.
    companion : Companion or None
        The column that goes most with this one.
    """
    axis = asked.axis(reading)
    index = draw_rows(reading, asked.weights, asked.rows, asked.rng())
    weights = asked.weights[index]
    means = partial_means(
        asked.scores,
        asked.table,
        place,
        axis,
        index,
        weights,
        centre=asked.centre,
        progress=asked.progress,
    )
    kept = np.unique(np.linspace(0, len(means.rows) - 1, asked.n_curves).astype(np.intp))
    made = Dependence(
        feature=reading.feature,
        kind="pdp",
        values=frozen(means.values),
        standard_errors=None if means.standard_errors is None else frozen(means.standard_errors),
        ice=frozen(means.curves[kept]) if asked.n_curves else None,
        ice_rows=tuple(means.rows[kept].tolist()) if asked.n_curves else (),
        heterogeneity=_heterogeneity(means, axis, asked, others),
        counts=tuple(axis.counts.tolist()),
        centred=asked.centre,
        **_common(asked, axis, weights),
    )
    return replace(made, notes=notes_of(made, companion))


def _heterogeneity(
    means: PartialMeans, axis: Axis, asked: Asked, others: Sequence[Reading]
) -> tuple[Heterogeneity, ...]:
    if len(axis) - axis.has_missing < 2 or len(means.rows) < 2:
        return ()
    n_told = len(axis) - axis.has_missing
    curves, shape = means.curves[:, :n_told], centred(means.curves, axis)[:, :n_told]
    groups = group_rows(others, means.rows)
    weights = asked.weights[means.rows]
    return tuple(
        measure_heterogeneity(curves[:, :, place], shape[:, :, place], weights, groups)
        for place in range(shape.shape[2])
    )


def accumulated_effects(
    asked: Asked,
    place: int,
    reading: Reading,
    others: Sequence[Reading],
    companion: Companion | None,
) -> Dependence:
    """Add up what small steps of the column do to the rows that lie there.

    Parameters
    ----------
    asked, place, reading, others, companion
        As in `partial_dependence`; `others` also say which categories are alike.
    """
    n = asked.resolution or RESOLUTION["quantile"]
    axis, weights = _steps_axis(asked, reading, others, n)
    rows = None if asked.rows is None else asked.rows * max(n // 2, 1)
    index = draw_rows(reading, weights, rows, asked.rng())
    w = weights[index]
    if reading.scale == "category":
        steps = steps_of_levels(axis.row_codes[index].astype(np.intp), len(axis), w)
    else:
        steps = steps_of_numbers(numbers_of(reading)[index], axis.positions, w)
    found = accumulate(
        asked.scores, asked.table, place, axis, index, w, steps, progress=asked.progress
    )
    made = Dependence(
        feature=reading.feature,
        kind="ale",
        values=frozen(found.values),
        standard_errors=None if found.standard_errors is None else frozen(found.standard_errors),
        counts=tuple(found.counts.tolist()),
        **_common(asked, axis, w),
    )
    return replace(made, notes=notes_of(made, companion))


def _steps_axis(
    asked: Asked, reading: Reading, others: Sequence[Reading], n: int
) -> tuple[Axis, Floats]:
    """Return the ends of the steps, and weights that are 0 for rows which take none."""
    weights = np.where(reading.missing(), 0.0, asked.weights)
    if reading.scale == "category":
        axis = levels_in_order(
            reading, others, asked.weights, grid=asked.grid, max_levels=asked.max_levels
        )
        return axis, np.where(axis.row_codes < 0, 0.0, weights)
    weights = np.where(np.isfinite(numbers_of(reading)), weights, 0.0)
    edges = step_ends(reading, weights, asked.grid, n)
    axis = make_axis(reading, asked.weights, grid=edges, missing=False)
    return density_of_steps(axis, reading, weights), weights


def _common(asked: Asked, axis: Axis, weights: Floats) -> dict[str, Any]:
    return {
        "grid": axis.values,
        "positions": placed(axis),
        "outputs": asked.scores.outputs,
        "output": asked.scores.output,
        "scale": axis.scale,
        "shares": tuple(axis.shares.tolist()),
        "outside": tuple(axis.outside.tolist()),
        "density": axis.density,
        "rule": axis.rule,
        "n_rows": len(weights),
        "n_table_rows": len(asked.table),
        "n_effective": effective_rows(weights),
        "n_left_out": axis.n_left_out,
        "level": asked.level,
        "seed": asked.seed,
    }
