"""P-values of many tests in; each adjusted for how many there were out."""

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p-values so that those below q hold a share of at most q false ones on average.

    Parameters
    ----------
    p_values : sequence of (float or None)
        In [0, 1]; None for a test that could not be made, which does not count.

    Returns
    -------
    tuple of (float or None)
        In the order given, each at least its p-value and at most 1.

    References
    ----------
    Benjamini and Hochberg 1995, JRSS B 57:289; valid for independent tests and for those that
    depend on each other positively (Benjamini and Yekutieli 2001).

    Examples
    --------
    >>> [round(p, 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    >>> benjamini_hochberg([0.5, None])
    (0.5, None)
    """
    made = [place for place, p in enumerate(p_values) if p is not None]
    if not made:
        return tuple(p_values)
    p = np.array([p_values[place] for place in made], dtype=np.float64)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    smallest_above = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1.0)
    found: list[float | None] = [None] * len(p_values)
    for rank, adjusted in zip(order.tolist(), smallest_above.tolist(), strict=True):
        found[made[rank]] = adjusted
    return tuple(found)
