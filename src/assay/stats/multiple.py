"""P-values of several tests in, p-values that allow for their number out.

For the expected share of false rejections see `false_discovery`.
"""

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
    out = np.empty(len(p))
    out[order] = np.minimum(steps, 1.0)
    return out


def bonferroni_level(level: float, n_intervals: int) -> float:
    """Return the level of each interval so that all hold together at least as often as `level`.

    Examples
    --------
    >>> round(bonferroni_level(0.95, 5), 4)
    0.99
    """
    return 1 - (1 - level) / max(n_intervals, 1)
