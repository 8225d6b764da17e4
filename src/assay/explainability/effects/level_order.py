"""An order of categories in which neighbours are alike in the other columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.explainability.effects.reading import Reading
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
POINTS = 100
TIED = 9


def order_levels(
    codes: Codes, n_levels: int, others: Sequence[Reading], weights: Floats
) -> list[int]:
    """Order categories by how alike the other columns are in them.

    The distance of two categories is the sum over the other columns of Kolmogorov and Smirnov's
    distance (numbers) or the total variation distance (categories); classical scaling lays them
    on a line. Equal places are ordered by frequency, and the most frequent category lies in the
    first half.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Category of each row, by frequency; -1 is passed over.
    n_levels : int
    others : sequence of Reading
        The other columns, of the same rows.
    weights : ndarray, shape (n,)

    Returns
    -------
    list of int
        The categories in their new order.

    References
    ----------
    Apley and Zhu 2020, JRSS B 82:1059, doi:10.1111/rssb.12377, appendix.
    """
    if n_levels <= 2:
        return list(range(n_levels))
    distance = np.zeros((n_levels, n_levels))
    for other in others:
        if other.reason is None:
            distance += _distances(codes, n_levels, other, weights)
    line = np.round(_on_a_line(distance), TIED)
    frequency = sums_by(codes[codes >= 0], weights[codes >= 0], n_levels)
    most = int(np.argmax(frequency))
    if line[most] > 0:
        line = -line
    return np.lexsort((-frequency, line)).tolist()


def _distances(codes: Codes, n_levels: int, other: Reading, weights: Floats) -> Floats:
    if other.numbers is None:
        values = other.codes()[0]
        return _apart(_table(codes, values, n_levels, weights), total_variation=True)
    known = np.isfinite(other.numbers)
    if not known.any():
        return np.zeros((n_levels, n_levels))
    shares = np.linspace(0, 1, POINTS + 1)[1:]
    edges = np.unique(np.quantile(other.numbers[known], shares, method="inverted_cdf"))
    values = np.where(known, np.searchsorted(edges, other.numbers), -1)
    return _apart(_table(codes, values, n_levels, weights).cumsum(axis=1), total_variation=False)


def _table(codes: Codes, values: Codes, n_levels: int, weights: Floats) -> Floats:
    """Return the share of each value within each category, shape (n_levels, n_values)."""
    both = (codes >= 0) & (values >= 0)
    width = int(values.max(initial=0)) + 1
    joint = codes[both] * width + values[both]
    table = sums_by(joint, weights[both], n_levels * width).reshape(n_levels, width)
    mass = table.sum(axis=1, keepdims=True)
    return np.divide(table, mass, out=np.full_like(table, np.nan), where=mass > 0)


def _apart(shares: Floats, *, total_variation: bool) -> Floats:
    out = np.zeros((len(shares), len(shares)))
    for place, row in enumerate(shares):
        gap = np.abs(shares - row)
        out[place] = gap.sum(axis=1) / 2 if total_variation else gap.max(axis=1)
    return np.nan_to_num(out)


def _on_a_line(distance: Floats) -> Floats:
    """Return classical scaling to one dimension."""
    n = len(distance)
    middle = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * middle @ distance**2 @ middle)
    return vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
