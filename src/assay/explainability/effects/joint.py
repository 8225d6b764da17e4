"""The effect of two columns together, and the part of it that neither has alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.axis import Axis
from assay.explainability.effects.curves import ask_grid
from assay.explainability.effects.split_effect import SplitEffect, split_effect
from assay.explainability.effects.surface_errors import FLAT, GIVEN, surface_errors
from assay.explainability.effects.table import EffectTable, gathered
from assay.explainability.scores import Scores
from assay.result import Estimate
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
GROUPS = 1000
"""Groups of rows whose surfaces are kept, at most."""


@dataclass(frozen=True, eq=False)
class JointMeans:
    """The mean score with two columns set to each pair of values.

    Parameters
    ----------
    values, interaction : ndarray, shape (n_first, n_second, n_outputs)
        The mean score; and what of it is no sum of an effect of each column.
    h_squared : tuple of Estimate
        For each output: share of the variance of the joint effect that is interaction.
    standard_errors, interaction_errors : ndarray or None, of the same shape
        Over rows: of the shape of the surface, and of the interaction; None with one row.
    interaction_sd, joint_sd, score_sd : tuple of float
        Standard deviation, in units of the score, of the interaction, of the joint effect, and
        of the scores of the rows as they are.
    """

    values: Floats
    interaction: Floats
    standard_errors: Floats | None
    interaction_errors: Floats | None
    h_squared: tuple[Estimate, ...]
    interaction_sd: tuple[float, ...]
    joint_sd: tuple[float, ...]
    score_sd: tuple[float, ...]


def joint_means(
    scores: Scores,
    table: EffectTable,
    places: Sequence[int],
    axes: Sequence[Axis],
    index: Index,
    weights: Floats,
    *,
    level: float = 0.95,
    progress: Callable[[int], None] | None = None,
) -> JointMeans:
    """Set two columns to each pair of values and average over rows.

    Parameters
    ----------
    scores : Scores
    table : EffectTable
    places : sequence of int, length 2
    axes : sequence of Axis, length 2
    index : ndarray of int, shape (n,)
    weights : ndarray, shape (n,)
        Of these rows.
    level : float
        Of the interval of H².
    progress : callable or None

    References
    ----------
    Friedman and Popescu 2008, Annals of Applied Statistics 2:916, doi:10.1214/07-AOAS148. Here
    each value counts with the share of the rows nearest to it, as if the two columns were
    independent: the joint effect then splits into its parts without remainder.
    """
    sums, mass = _sums_of_groups(scores, table, places, axes, index, weights, progress)
    shares = axes[0].shares, axes[1].shares
    values = sums.sum(axis=0) / mass.sum()
    outputs = range(len(scores.outputs))
    parts = [split_effect(values[:, :, place], *shares) for place in outputs]
    told = {"n": len(index), "level": level}
    errors = [
        surface_errors(part, sums[:, :, :, place], mass, *shares, **told)
        for place, part in zip(outputs, parts, strict=True)
    ]
    known = [each for each in errors if each is not None]
    return JointMeans(
        values=values,
        interaction=np.stack([part.interaction for part in parts], axis=2),
        standard_errors=np.stack([e.values for e in known], axis=2) if known else None,
        interaction_errors=np.stack([e.interaction for e in known], axis=2) if known else None,
        h_squared=tuple(
            _without_interval(part, **told) if error is None else error.h_squared
            for part, error in zip(parts, errors, strict=True)
        ),
        interaction_sd=tuple(part.interaction_sd for part in parts),
        joint_sd=tuple(part.joint_sd for part in parts),
        score_sd=_score_sd(scores, table, index, weights, progress),
    )


def _sums_of_groups(
    scores: Scores,
    table: EffectTable,
    places: Sequence[int],
    axes: Sequence[Axis],
    index: Index,
    weights: Floats,
    progress: Callable[[int], None] | None,
) -> tuple[Floats, Floats]:
    """Return weighted sums of scores, shape (n_groups, n_first, n_second, n_outputs), and weights.

    A group is a row; of more than 1,000 rows, every 1,000th goes to the same one.
    """
    first, second = len(axes[0]), len(axes[1])
    at = np.repeat(np.arange(first), second), np.tile(np.arange(second), first)
    columns = {
        place: gathered(axis.column, where)
        for place, axis, where in zip(places, axes, at, strict=True)
    }
    group = np.arange(len(index)) % GROUPS
    n_groups = min(GROUPS, len(index))
    sums = np.zeros((n_groups, first * second, len(scores.outputs)))
    for part, made in ask_grid(scores, table, index, columns, first * second, progress=progress):
        np.add.at(sums, group[part], weights[part, None, None] * made)
    mass = sums_by(group, weights, n_groups)
    return sums.reshape(n_groups, first, second, -1), mass


def _without_interval(part: SplitEffect, **about: Any) -> Estimate:  # noqa: ANN401
    about["conditional_on"] = GIVEN
    if part.h_squared is None:
        return Estimate.undefined(FLAT, **about)
    return Estimate(value=part.h_squared, reason="too few rows for an interval", **about)


def _score_sd(
    scores: Scores,
    table: EffectTable,
    index: Index,
    weights: Floats,
    progress: Callable[[int], None] | None,
) -> tuple[float, ...]:
    made = [each[:, 0] for _, each in ask_grid(scores, table, index, {}, 1, progress=progress)]
    answers = np.concatenate(made)
    mean = np.average(answers, axis=0, weights=weights)
    return tuple(np.sqrt(np.average((answers - mean) ** 2, axis=0, weights=weights)).tolist())
