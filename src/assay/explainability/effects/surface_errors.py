"""Surfaces of groups of rows in; how sure their mean and its interaction part are, out."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.partial import effective_rows
from assay.explainability.effects.split_effect import NOTHING, SplitEffect, centre_twice
from assay.result import Estimate
from assay.stats.interval import Interval
from assay.stats.quadratic import quadratic_interval

Floats = NDArray[np.float64]
FLAT = "neither column moves the mean score"
GIVEN = "the fitted model and the grid"
METHOD = "non-central chi-square law over rows"


@dataclass(frozen=True, eq=False)
class SurfaceErrors:
    """How sure a joint effect is, over rows.

    Parameters
    ----------
    values, interaction : ndarray, shape (n_first, n_second)
        Standard errors: of the shape of the surface, and of its interaction part.
    h_squared : Estimate
    """

    values: Floats
    interaction: Floats
    h_squared: Estimate


def surface_errors(
    split: SplitEffect,
    sums: Floats,
    mass: Floats,
    first: Floats,
    second: Floats,
    *,
    n: int,
    level: float = 0.95,
) -> SurfaceErrors | None:
    """Tell from how rows' surfaces differ how far their mean would move with other rows.

    Each group's surface is centred as the mean is: the standard error of a cell is that of the
    mean of rows' centred values there, and of the interaction part that of their values centred
    by both columns.

    Parameters
    ----------
    split : SplitEffect
        Of the mean over all rows.
    sums : ndarray, shape (n_groups, n_first, n_second)
        Weighted sums of rows' scores with the columns set to each pair; a group may be one row.
    mass : ndarray, shape (n_groups,)
        Weights of the groups.
    first, second : ndarray, shapes (n_first,) and (n_second,)
        Share of the rows at each value.
    n : int
        Rows.
    level : float
        Of the interval of H².

    Returns
    -------
    SurfaceErrors or None
        None where one row, or one weight, is all there is.
    """
    freedom = effective_rows(mass) - 1
    if freedom <= NOTHING:
        return None
    mean = sums.sum(axis=0) / mass.sum()
    moved = (sums - mass[:, None, None] * mean) / mass.sum() * sqrt((freedom + 1) / freedom)
    apart, interaction = centre_twice(moved, first, second)
    size = NOTHING * float(np.abs(sums).max()) / mass.sum()
    for each in (apart, interaction):
        each[np.abs(each) <= size] = 0.0
    both = np.outer(first, second)
    ends = _ends_of_share(split, apart, interaction, both, freedom=freedom, level=level)
    return SurfaceErrors(
        values=np.sqrt(np.square(apart).sum(axis=0)),
        interaction=np.sqrt(np.square(interaction).sum(axis=0)),
        h_squared=_estimate(split.h_squared, ends, n=n, level=level),
    )


def _ends_of_share(
    split: SplitEffect,
    apart: Floats,
    interaction: Floats,
    both: Floats,
    *,
    freedom: float,
    level: float,
) -> Interval | None:
    """Return the interval of H².

    H² is a sum of squares near 0, where noise alone makes it larger than 0, and so is what it
    lacks to 1: each has the law of such sums, scaled by its variance (delta method) and by how
    much the noise adds to it on average. Where the interaction itself may be noise alone, the
    interval begins at 0, however small the rest of the effect.
    """
    value = split.h_squared
    if value is None:
        return None
    joint = split.joint_sd**2
    alone = apart - interaction
    by_interaction = np.einsum("gij,ij->g", interaction, both * split.interaction)
    by_columns = np.einsum("gij,ij->g", alone, both * (split.apart - split.interaction))
    shift = 2 * ((1 - value) * by_interaction - value * by_columns) / joint
    variance, own = (float(np.square(e).sum()) for e in (shift, 2 * by_interaction / joint))
    added = [float((both * np.square(each)).sum()) / joint for each in (interaction, alone)]
    dimensions = float(max((both.shape[0] - 1) * (both.shape[1] - 1), 1))
    told = {"dimensions": dimensions, "freedom": freedom, "level": level}
    ends = quadratic_interval(value, variance, (1 - value) * added[0], **told)
    if value > 0.5:
        lacks = quadratic_interval(1 - value, variance, value * added[1], **told)
        ends = Interval(min(ends.low, 1 - lacks.high), 1 - lacks.low)
    if quadratic_interval(value, own, added[0], **told).low <= 0:
        ends = Interval(0.0, ends.high)
    return ends.clipped(0.0, 1.0).around(value)


def _estimate(value: float | None, ends: Interval | None, *, n: int, level: float) -> Estimate:
    about = {"n": n, "level": level, "conditional_on": GIVEN}
    if value is None or ends is None:
        return Estimate.undefined(FLAT, **about)
    return Estimate(value=value, low=ends.low, high=ends.high, method=METHOD, **about)
