"""Values along a time in; what their mean would be in other stretches of time out."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def block_length(n: int, *, horizon: int = 1) -> int:
    """Return how long blocks are: the cube root of the times, at least the horizon.

    Examples
    --------
    >>> block_length(1_000), block_length(1_000, horizon=24)
    (10, 24)
    """
    return max(1, min(n, max(horizon, ceil(n ** (1 / 3) - 1e-9))))


def redraw_block_means(
    values: Floats,
    *,
    length: int,
    n_draws: int,
    rng: np.random.Generator,
    stationary: bool = True,
) -> Floats:
    """Redraw the mean of a series by blocks of neighbours, the end joined to the beginning.

    Parameters
    ----------
    values : ndarray of float, shape (n_times,)
        In the order of time.
    length : int
        Of a block; the mean length where blocks are of random length.
    n_draws : int
    rng : numpy.random.Generator
    stationary : bool
        Whether the length of a block is geometric, which makes the redrawn series stationary;
        else all are of one length (the last one is cut).

    Returns
    -------
    ndarray of float, shape (n_draws,)

    References
    ----------
    Politis and Romano 1994, JASA 89:1303, doi:10.1080/01621459.1994.10476870. Politis and Romano
    1992, in Exploring the Limits of Bootstrap, for circular blocks of one length.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> redraw_block_means(np.ones(30), length=4, n_draws=3, rng=rng).tolist()
    [1.0, 1.0, 1.0]
    """
    n = len(values)
    through = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values]))])
    out = np.empty(n_draws)
    for draw in range(n_draws):
        sizes = _sizes(n, length, stationary, rng)
        start = rng.integers(n, size=len(sizes))
        out[draw] = (through[start + sizes] - through[start]).sum() / n
    return out


def _sizes(n: int, length: int, stationary: bool, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return lengths of blocks that add up to n."""
    if not stationary:
        sizes = np.full(ceil(n / length), length, dtype=np.int64)
    else:
        sizes = np.zeros(0, dtype=np.int64)
        while sizes.sum() < n:
            more = rng.geometric(1 / length, size=ceil(1.5 * n / length) + 5)
            sizes = np.concatenate([sizes, np.minimum(more, n)])
    through = np.cumsum(sizes)
    last = int(np.searchsorted(through, n))
    sizes = sizes[: last + 1]
    sizes[-1] -= through[last] - n
    return sizes
