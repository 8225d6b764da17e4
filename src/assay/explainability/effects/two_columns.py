"""Two columns in; what they do to the scores together out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assay.explainability.effects.asked import Asked
from assay.explainability.effects.axis import Axis
from assay.explainability.effects.joint import joint_means
from assay.explainability.effects.joint_dependence import JointDependence
from assay.explainability.effects.notes import notes_of_pair
from assay.explainability.effects.partial import effective_rows
from assay.explainability.effects.reading import Reading
from assay.explainability.effects.sampling import draw_rows
from assay.explainability.effects.telling import frozen

RESOLUTION = 12
"""Values of each column, where not said otherwise."""


def joint_dependence(
    asked: Asked, places: Sequence[int], readings: Sequence[Reading]
) -> JointDependence:
    """Set two columns to each pair of values, at rows spread evenly over the first's order.

    Parameters
    ----------
    asked : Asked
    places : sequence of int, length 2
    readings : sequence of Reading, length 2
        Of those columns.
    """
    axes = [asked.axis(reading, RESOLUTION) for reading in readings]
    index = draw_rows(readings[0], asked.weights, asked.rows, asked.rng())
    means = joint_means(
        asked.scores,
        asked.table,
        places,
        axes,
        index,
        asked.weights[index],
        level=asked.level,
        progress=asked.progress,
    )
    made = JointDependence(
        features=(axes[0].feature, axes[1].feature),
        grids=(axes[0].values, axes[1].values),
        values=frozen(means.values),
        interaction=frozen(means.interaction),
        counts=count_cells(*axes),
        standard_errors=None if means.standard_errors is None else frozen(means.standard_errors),
        interaction_errors=(
            None if means.interaction_errors is None else frozen(means.interaction_errors)
        ),
        h_squared=means.h_squared,
        interaction_sd=means.interaction_sd,
        joint_sd=means.joint_sd,
        score_sd=means.score_sd,
        outputs=asked.scores.outputs,
        output=asked.scores.output,
        n_rows=len(index),
        n_table_rows=len(asked.table),
        n_effective=effective_rows(asked.weights[index]),
        level=asked.level,
        seed=asked.seed,
    )
    return replace(made, notes=notes_of_pair(made))


def count_cells(first: Axis, second: Axis) -> tuple[tuple[int, ...], ...]:
    """Return the rows nearest to each pair of values, shape (n_first, n_second)."""
    both = (first.row_codes >= 0) & (second.row_codes >= 0)
    code = first.row_codes[both] * len(second) + second.row_codes[both]
    counts = np.bincount(code, minlength=len(first) * len(second))
    return tuple(map(tuple, counts.reshape(len(first), len(second)).tolist()))
