"""A joint effect of two columns in; its mean, what each does alone, and their interaction out."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NOTHING = 1e-12
"""Differences of scores smaller than this share of the largest score are none."""


@dataclass(frozen=True, eq=False)
class SplitEffect:
    """A joint effect taken apart.

    Parameters
    ----------
    apart : ndarray, shape (n_first, n_second)
        The joint effect less its mean.
    interaction : ndarray, shape (n_first, n_second)
        What of it is no sum of an effect of each column.
    h_squared : float or None
        Share of the variance of the joint effect that is interaction; None where it is flat.
    interaction_sd, joint_sd : float
    """

    apart: Floats
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
    apart, interaction = centre_twice(values, first, second)
    both = np.outer(first, second)
    joint = float((both * apart**2).sum())
    held = float((both * interaction**2).sum())
    size = max(float(np.abs(values).max(initial=0.0)), 1e-300)
    if held <= (NOTHING * size) ** 2:
        held, interaction = 0.0, np.zeros_like(interaction)
    if joint <= (NOTHING * size) ** 2:
        return SplitEffect(apart, interaction, None, 0.0, 0.0)
    return SplitEffect(apart, interaction, min(held / joint, 1.0), sqrt(held), sqrt(joint))


def centre_twice(values: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Return surfaces less their mean, and less what each of the two columns does alone.

    Parameters
    ----------
    values : ndarray, shape (..., n_first, n_second)
        One surface, or one for each row.
    first, second : ndarray, shapes (n_first,) and (n_second,)
        Share of the rows at each value.
    """
    mean = np.einsum("...ij,i,j->...", values, first, second)
    apart = values - mean[..., None, None]
    rows, columns = apart @ second, np.einsum("...ij,i->...j", apart, first)
    return apart, apart - rows[..., :, None] - columns[..., None, :]
