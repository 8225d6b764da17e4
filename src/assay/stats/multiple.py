"""P-values of several tests in, p-values that allow for their number out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def holm(p_values: Sequence[float] | Floats) -> Floats:
    """Adjust so that the chance of any false rejection stays below the level: step-down.

    Parameters
    ----------
    p_values : sequence of float, length m
        In [0, 1].

    Returns
    -------
    ndarray of float, shape (m,)
        In the order given: the largest of (m - rank + 1) p over all p-values no larger, at
        most 1.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6:65.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _in_order(steps, order)


def benjamini_hochberg(p_values: Sequence[float] | Floats) -> Floats:
    """Adjust so that the expected share of false ones among the rejections stays below the level.

    Holds for independent tests and for those that depend positively on one another.

    Parameters
    ----------
    p_values : sequence of float, length m
        In [0, 1].

    Returns
    -------
    ndarray of float, shape (m,)
        In the order given: the smallest of m p / rank over all p-values no smaller, at most 1.

    References
    ----------
    Benjamini and Hochberg 1995, JRSS B 57:289, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    return _in_order(np.minimum.accumulate(steps[::-1])[::-1], order)


def bonferroni_level(level: float, n_intervals: int) -> float:
    """Return the level of each interval so that all hold together at least as often as `level`.

    Examples
    --------
    >>> round(bonferroni_level(0.95, 5), 4)
    0.99
    """
    return 1 - (1 - level) / max(n_intervals, 1)


def _in_order(steps: Floats, order: NDArray[np.intp]) -> Floats:
    out = np.empty(len(steps))
    out[order] = np.minimum(steps, 1.0)
    return out
