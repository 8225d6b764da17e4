"""Tables of totals in, the same tables as other samples would have given them out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ENTRIES_AT_ONCE = 4_000_000


def redraw_counts(
    n: NDArray[np.int64], *, n_draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Redraw the cells of a table of counts: exactly the bootstrap of its rows.

    Parameters
    ----------
    n : ndarray of int, shape (n_cells,)
        Rows in each cell.
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n_draws, n_cells)
        Each row sums to ``n.sum()``.
    """
    total = int(n.sum())
    return rng.multinomial(total, n / total, size=n_draws)


def redraw_weighted(
    n: NDArray[np.int64], w: Floats, w2: Floats, *, n_draws: int, rng: np.random.Generator
) -> Floats:
    """Redraw the weight in each cell: counts first, then how much weight that many rows bring.

    A cell that is drawn N times gets N times its mean weight, plus what the sum of N weights
    varies by. Redrawing the weights alone as if they were counts covers far too little.

    Parameters
    ----------
    n : ndarray of int, shape (n_cells,)
        Rows in each cell.
    w, w2 : ndarray of float, shape (n_cells,)
        Sums of weights and of squared weights.
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (n_draws, n_cells)
        Never negative.
    """
    counts = redraw_counts(n, n_draws=n_draws, rng=rng).astype(np.float64)
    rows = np.maximum(n, 1)
    mean = w / rows
    spread = np.maximum(w2 / rows - mean**2, 0.0)
    noise = rng.standard_normal(counts.shape) * np.sqrt(counts * spread)
    return np.maximum(counts * mean + noise, 0.0)


def redraw_units(totals: Floats, *, n_draws: int, rng: np.random.Generator) -> Floats:
    """Redraw whole units with replacement and add up what they hold.

    Parameters
    ----------
    totals : ndarray of float, shape (n_units, n_columns)
        What each unit holds.
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (n_draws, n_columns)
    """
    n_units = len(totals)
    at_once = max(1, _ENTRIES_AT_ONCE // n_units)
    even = np.full(n_units, 1 / n_units)
    parts = [
        rng.multinomial(n_units, even, size=min(at_once, n_draws - start)) @ totals
        for start in range(0, n_draws, at_once)
    ]
    return np.concatenate(parts)
