"""Labels and units of train rows in; nested subsets of growing size out."""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
N_SIZES = 5
SMALLEST_SHARE = 0.1
FEWEST_ROWS = 50
ROWS_A_CLASS = 10


def curve_sizes(n: int, *, n_classes: int = 0) -> NDArray[np.int64]:
    """Return the sizes of a learning curve: geometric, up to all rows.

    Parameters
    ----------
    n : int
        Train rows.
    n_classes : int
        0 for a quantity.

    Returns
    -------
    ndarray of int
        Five sizes from a tenth of the rows, or fewer where a tenth is below 50 rows or 10 rows a
        class; () where not even two sizes fit.

    Examples
    --------
    >>> curve_sizes(10_000).tolist()
    [1000, 1778, 3162, 5623, 10000]
    >>> curve_sizes(40).tolist()
    []
    """
    least = max(FEWEST_ROWS, ROWS_A_CLASS * n_classes, round(SMALLEST_SHARE * n))
    if least * 1.5 > n:
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.round(np.geomspace(least, n, N_SIZES)).astype(np.int64))


def nested_order(
    strata: NDArray[np.generic] | None,
    unit: NDArray[np.int64] | None,
    n: int,
    rng: np.random.Generator,
) -> Places:
    """Return an order of the rows of which every beginning is a fair subset.

    With classes every beginning has about their shares; with units the rows of one unit stay
    together.

    Parameters
    ----------
    strata : ndarray or None, shape (n,)
        Class of each row; ignored where there are units.
    unit : ndarray of int or None, shape (n,)
    n : int
        Rows.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> order = nested_order(np.array([0] * 90 + [1] * 10), None, 100, np.random.default_rng(0))
    >>> int((order[:50] >= 90).sum())
    5
    """
    if unit is not None:
        _, codes = np.unique(unit, return_inverse=True)
        place = rng.permutation(int(codes.max()) + 1)[codes]
        return np.argsort(place, kind="stable")
    at = rng.random(n)
    if strata is not None:
        _, codes, rows = np.unique(strata, return_inverse=True, return_counts=True)
        by_class = np.lexsort((at, codes))
        first = np.concatenate([[0], np.cumsum(rows)[:-1]])
        rank = np.empty(n)
        rank[by_class] = np.arange(n) - first[codes[by_class]]
        at = (rank + at) / rows[codes]
    return np.argsort(at, kind="stable")
