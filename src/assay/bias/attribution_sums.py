"""Attributions by row in; their sums by group, which grow with features and not with rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Side:
    """Mean absolute attributions of one side of a comparison.

    Parameters
    ----------
    n : int
        Rows.
    n_effective : float
        Rows of equal weight.
    mean : ndarray of float, shape (n_features,)
        Mean |φ|.
    covariance : ndarray of float, shape (n_features, n_features)
        Of these means over samples.
    third : ndarray of float, shape (n_features,)
        Third central moment of each mean over samples.
    """

    n: int
    n_effective: float
    mean: Floats
    covariance: Floats
    third: Floats


@dataclass(frozen=True, eq=False)
class AttributionSums:
    """Sums over the rows of each group of weights, and of powers of weighted |φ|.

    Parameters
    ----------
    n : ndarray of int, shape (n_groups,)
    w : ndarray of float, shape (n_groups, 3)
        Σw, Σw², Σw³.
    first : ndarray of float, shape (n_groups, 3, n_features)
        Σw|φ|, Σw²|φ|, Σw³|φ|.
    products : ndarray of float, shape (n_groups, n_features, n_features)
        Σw²|φ||φ|ᵀ.
    squares, cubes : ndarray of float, shape (n_groups, n_features)
        Σw³|φ|² and Σw³|φ|³.
    rows_without : int
        Rows that were left out.
    """

    n: NDArray[np.int64]
    w: Floats
    first: Floats
    products: Floats
    squares: Floats
    cubes: Floats
    rows_without: int = 0

    def __add__(self, other: "AttributionSums") -> "AttributionSums":
        """Return the sums over the rows of both."""
        return AttributionSums(
            self.n + other.n,
            self.w + other.w,
            self.first + other.first,
            self.products + other.products,
            self.squares + other.squares,
            self.cubes + other.cubes,
            self.rows_without + other.rows_without,
        )

    def side(self, groups: NDArray[np.bool_]) -> Side:
        """Return the means over some groups, and how they vary over samples of rows."""
        n, w = int(self.n[groups].sum()), self.w[groups].sum(axis=0)
        first = self.first[groups].sum(axis=0)
        k = first.shape[1]
        if not n or w[0] <= 0:
            return Side(0, 0.0, np.zeros(k), np.zeros((k, k)), np.zeros(k))
        mean = first[0] / w[0]
        around = np.outer(mean, first[1])
        second = self.products[groups].sum(axis=0) - around - around.T
        second += np.outer(mean, mean) * w[1]
        grown = n / (n - 1) if n > 1 else 1.0
        covariance = grown * second / w[0] ** 2
        np.fill_diagonal(covariance, np.maximum(np.diag(covariance), 0.0))
        third = self.cubes[groups].sum(axis=0) - 3 * mean * self.squares[groups].sum(axis=0)
        third += 3 * mean**2 * first[2] - mean**3 * w[2]
        return Side(n, float(w[0] ** 2 / w[1]), mean, covariance, third / w[0] ** 3)


def attribution_sums(
    phi: NDArray[np.floating],
    group: NDArray[np.integer],
    n_groups: int,
    features: Sequence[str],
    *,
    weight: NDArray[np.floating] | None = None,
) -> AttributionSums:
    """Add up the attributions of each group.

    Parameters
    ----------
    phi : ndarray of float, shape (n_rows, n_features)
    group : ndarray of int, shape (n_rows,)
        0 to `n_groups` - 1; negative where the row is left out.
    n_groups : int
    features : sequence of str
    weight : ndarray of float or None, shape (n_rows,)

    Returns
    -------
    AttributionSums

    Raises
    ------
    InputError
        If the shapes do not fit.

    Examples
    --------
    >>> sums = attribution_sums(np.array([[1.0], [-3.0]]), np.array([0, 0]), 1, ["age"])
    >>> sums.side(np.array([True])).mean.tolist()
    [2.0]
    """
    values = np.abs(np.asarray(phi, dtype=np.float64))
    place = np.asarray(group, dtype=np.int64)
    if values.ndim != 2 or values.shape != (len(place), len(features)):
        msg = (
            f"attributions need one row for each of {len(place):,} rows and one column for each "
            f"of {len(features)} features; found the shape {values.shape}"
        )
        raise InputError(msg)
    held = np.ones(len(place)) if weight is None else np.asarray(weight, dtype=np.float64)
    kept = (place >= 0) & np.isfinite(values).all(axis=1) & np.isfinite(held)
    values, place, held = values[kept], place[kept], held[kept]
    order = np.argsort(place, kind="stable")
    values, place, held = values[order], place[order], held[order]
    ends = np.searchsorted(place, np.arange(n_groups + 1))
    k = len(features)
    powers = np.stack([held, held**2, held**3], axis=1)
    first = np.zeros((n_groups, 3, k))
    products = np.zeros((n_groups, k, k))
    w, squares, cubes = np.zeros((n_groups, 3)), np.zeros((n_groups, k)), np.zeros((n_groups, k))
    for one in np.unique(place).tolist():
        rows = slice(ends[one], ends[one + 1])
        mine, by = values[rows], powers[rows]
        w[one], first[one] = by.sum(axis=0), by.T @ mine
        products[one] = (mine * by[:, 1:2]).T @ mine
        squares[one], cubes[one] = by[:, 2] @ mine**2, by[:, 2] @ mine**3
    n = np.diff(ends).astype(np.int64)
    return AttributionSums(n, w, first, products, squares, cubes, int(len(kept) - kept.sum()))
