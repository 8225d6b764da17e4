"""The effect of two columns together, and the part of it that neither has alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.axis import Axis
from assay.explainability.effects.curves import ask_grid
from assay.explainability.effects.table import EffectTable, gathered
from assay.explainability.scores import Scores
from assay.result import Estimate
from assay.stats.interval import two_sided_quantile

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
GROUPS = 20
"""Groups of rows of which each is left out once, for the interval of H²."""
NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class JointMeans:
    """The mean score with two columns set to each pair of values.

    Parameters
    ----------
    values, interaction : ndarray, shape (n_first, n_second, n_outputs)
        The mean score; and what of it is no sum of an effect of each column.
    h_squared : tuple of Estimate
        For each output: share of the variance of the joint effect that is interaction.
    interaction_sd, joint_sd, score_sd : tuple of float
        Standard deviation, in units of the score, of the interaction, of the joint effect, and
        of the scores of the rows as they are.
    """

    values: Floats
    interaction: Floats
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
        Of the interval of H², by the jackknife over 20 groups of rows.
    progress : callable or None

    References
    ----------
    Friedman and Popescu 2008, Annals of Applied Statistics 2:916, doi:10.1214/07-AOAS148. Here
    each value counts with the share of the rows nearest to it, as if the two columns were
    independent: the joint effect then splits into its parts without remainder.
    """
    first, second = len(axes[0]), len(axes[1])
    at = np.repeat(np.arange(first), second), np.tile(np.arange(second), first)
    columns = {
        place: gathered(axis.column, where)
        for place, axis, where in zip(places, axes, at, strict=True)
    }
    n_groups = min(GROUPS, len(index))
    sums = np.zeros((n_groups, first * second, len(scores.outputs)))
    for part, made in ask_grid(scores, table, index, columns, first * second, progress=progress):
        group = np.arange(part.start, part.stop) % n_groups
        np.add.at(sums, group, weights[part, None, None] * made)
    mass = np.bincount(np.arange(len(index)) % n_groups, weights=weights)
    shape = (first, second, len(scores.outputs))
    shares = axes[0].shares, axes[1].shares
    values = (sums.sum(axis=0) / mass.sum()).reshape(shape)
    left_out = (sums.sum(axis=0) - sums) / np.maximum(mass.sum() - mass, NOTHING)[:, None, None]
    parts = [split_effect(values[:, :, place], *shares) for place in range(shape[2])]
    scattered = [
        [split_effect(each.reshape(shape)[:, :, place], *shares).h_squared for each in left_out]
        for place in range(shape[2])
    ]
    return JointMeans(
        values=values,
        interaction=np.stack([part.interaction for part in parts], axis=2),
        h_squared=tuple(
            _estimate(part.h_squared, some, n=len(index), level=level)
            for part, some in zip(parts, scattered, strict=True)
        ),
        interaction_sd=tuple(part.interaction_sd for part in parts),
        joint_sd=tuple(part.joint_sd for part in parts),
        score_sd=_score_sd(scores, table, index, weights, progress),
    )


@dataclass(frozen=True, eq=False)
class SplitEffect:
    """A joint effect taken apart.

    Parameters
    ----------
    interaction : ndarray, shape (n_first, n_second)
    h_squared : float or None
        None where the joint effect is flat.
    interaction_sd, joint_sd : float
    """

    interaction: Floats
    h_squared: float | None
    interaction_sd: float
    joint_sd: float


def split_effect(values: Floats, first: Floats, second: Floats) -> SplitEffect:
    """Take from a joint effect its mean and what each of the two columns does alone.

    Parameters
    ----------
    values : ndarray, shape (n_first, n_second)
    first, second : ndarray, shapes (n_first,) and (n_second,)
        Share of the rows at each value; each sums to 1.

    Examples
    --------
    >>> even = np.array([0.5, 0.5])
    >>> split_effect(np.array([[1.0, -1.0], [-1.0, 1.0]]), even, even).h_squared
    1.0
    >>> split_effect(np.array([[0.0, 1.0], [2.0, 3.0]]), even, even).h_squared
    0.0
    """
    both = np.outer(first, second)
    mean = float((both * values).sum())
    apart = values - mean
    rows, columns = apart @ second, first @ apart
    interaction = apart - rows[:, None] - columns[None, :]
    joint = float((both * apart**2).sum())
    held = float((both * interaction**2).sum())
    size = max(float(np.abs(values).max(initial=0.0)), 1e-300)
    if held <= (NOTHING * size) ** 2:
        held, interaction = 0.0, np.zeros_like(interaction)
    if joint <= (NOTHING * size) ** 2:
        return SplitEffect(interaction, None, 0.0, 0.0)
    return SplitEffect(interaction, min(held / joint, 1.0), sqrt(held), sqrt(joint))


def _estimate(
    value: float | None, left_out: Sequence[float | None], *, n: int, level: float
) -> Estimate:
    about = {"n": n, "level": level, "conditional_on": "the fitted model and the grid"}
    if value is None:
        return Estimate.undefined("neither column moves the mean score", **about)
    known = [each for each in left_out if each is not None]
    if len(known) < len(left_out) or len(known) < 2:
        reason = "too few rows for an interval"
        return Estimate(value=value, reason=reason, **about)
    spread = np.array(known)
    n_groups = len(known)
    error = sqrt((n_groups - 1) / n_groups * float(((spread - spread.mean()) ** 2).sum()))
    half = two_sided_quantile(level, freedom=n_groups - 1) * error
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    method = f"jackknife over {n_groups} groups of rows"
    return Estimate(value=value, low=low, high=high, method=method, **about)


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
