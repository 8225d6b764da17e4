"""Numbers that vary together in, the half-width that holds for all of them at once out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.stats.interval import two_sided_quantile
from assay.stats.special import normal_cdf

Floats = NDArray[np.float64]
N_DRAWS = 10_000
MIN_DRAWS = 2_000
_PRODUCTS = 2_000_000_000  # multiplications of all draws of a block
_ENTRIES_AT_ONCE = 2_000_000
_MUCH_LONGER = 4
_JITTER = 1e-10  # of unit variances: numbers that are sums of others stay drawable
_BISECTIONS = 60
_WIDEST = 40.0


class MaxQuantile(NamedTuple):
    """How wide intervals must be so that all hold together.

    Parameters
    ----------
    critical : float
        Standard errors on each side.
    level : float
        Coverage of a single interval of that width, 2Φ(critical) - 1.
    n_numbers : int
        Numbers that were taken into account.
    """

    critical: float
    level: float
    n_numbers: int


def max_abs_quantile(
    blocks: Sequence[Floats],
    *,
    level: float = 0.95,
    n_alone: int = 0,
    rng: np.random.Generator,
    n_draws: int | None = None,
) -> MaxQuantile:
    """Return the quantile of the largest |Z| among jointly normal numbers.

    Numbers of one block are drawn with the normals they share; blocks, and the numbers that stand
    alone, count as independent of each other. By the Gaussian correlation inequality the true
    chance that all lie within the bounds is never smaller: the result errs to the safe side.

    Parameters
    ----------
    blocks : sequence of ndarray of float, shape (n_parts, n_numbers)
        For each number its influences times the standard deviation of what they multiply, one row
        for each independent part (cell, unit): the numbers' covariance is ``block.T @ block``.
        A column of zeros counts as a number that stands alone.
    level : float
        Coverage of all together, in (0, 1).
    n_alone : int
        Numbers of which nothing is known but that they are normal.
    rng : numpy.random.Generator
    n_draws : int or None
        Draws for each block; None makes 10,000, down to 2,000 for large blocks.

    Returns
    -------
    MaxQuantile
        With no number at all, that of a single one.

    References
    ----------
    Westfall and Young 1993, Resampling-Based Multiple Testing; Royen 2014, Far East Journal of
    Theoretical Statistics 48:139, arXiv:1408.1028 (the inequality).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> round(max_abs_quantile([], n_alone=10, rng=rng).critical, 3)
    2.8
    >>> same = np.ones((5, 1)) @ np.ones((1, 10))
    >>> abs(max_abs_quantile([same], rng=rng).critical - 1.96) < 0.05
    True
    """
    maxima: list[Floats] = []
    n_numbers = n_alone
    for block in blocks:
        length = np.sqrt(np.einsum("ij,ij->j", block, block))
        varies = length > 0
        n_alone += int(np.count_nonzero(~varies))
        n_numbers += block.shape[1]
        if varies.any():
            directions = block[:, varies] / length[varies]
            maxima.append(_largest(directions, n_draws, rng))
    critical = _solve(maxima, n_alone, level)
    return MaxQuantile(critical, 2 * normal_cdf(critical) - 1, n_numbers)


def _largest(directions: Floats, n_draws: int | None, rng: np.random.Generator) -> Floats:
    """Return the largest |Z| of each draw, ascending, shape (n_draws,)."""
    if _MUCH_LONGER * directions.shape[1] <= directions.shape[0]:
        directions = _root(directions.T @ directions)
    n_parts, n_numbers = directions.shape
    affordable = _PRODUCTS // max(n_parts * n_numbers, 1)
    wanted = n_draws or int(min(N_DRAWS, max(MIN_DRAWS, affordable)))
    short = directions.astype(np.float32)
    at_once = max(1, _ENTRIES_AT_ONCE // max(n_parts, n_numbers))
    found: list[Floats] = []
    for start in range(0, wanted, at_once):
        normals = rng.standard_normal((min(at_once, wanted - start), n_parts), dtype=np.float32)
        drawn = normals @ short
        largest = np.maximum(drawn.max(axis=1), -drawn.min(axis=1))
        found.append(largest.astype(np.float64))
    return np.sort(np.concatenate(found))


def _root(products: Floats) -> Floats:
    """Return a square matrix with the same products of its columns, and so the same law."""
    root = np.linalg.cholesky(products + _JITTER * np.eye(len(products)))
    return root.T.astype(np.float64)


def _solve(maxima: Sequence[Floats], n_alone: int, level: float) -> float:
    """Return where the product of all chances to stay within reaches the level."""
    low = two_sided_quantile(level)  # one number alone needs that much
    high = _WIDEST
    if not maxima and n_alone < 2:
        return low
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        chance = (2 * normal_cdf(middle) - 1) ** n_alone
        for largest in maxima:
            chance *= np.searchsorted(largest, middle, side="right") / len(largest)
        if chance >= level:
            high = middle
        else:
            low = middle
    return high
