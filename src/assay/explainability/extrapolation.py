"""How many masked rows are unlike any row of the data."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.background import summarize_background
from assay.explainability.clustering import measure_rows
from assay.explainability.players import Player
from assay.explainability.pool import RowPool, pool_rows

Floats = NDArray[np.float64]
MASKED_ROWS = 1000
DATA_ROWS = 2000
MIN_ROWS = 50
USUAL = 0.99
MAX_LEVELS = 50


def extrapolation_share(
    rows: Any,  # noqa: ANN401  the model's container
    data: Any,  # noqa: ANN401
    players: Sequence[Player],
    *,
    seed: int = 0,
) -> float | None:
    """Estimate the share of masked rows that lie further from the data than data do.

    A masked row is a row of which random players have the values of a random row of the data. It
    is far where its nearest row of the data is further away than 99 % of the data's rows are
    from theirs; numbers are standardised, and an unequal category counts 1. Where the players
    are independent the share is about 1 %.

    Parameters
    ----------
    rows, data : pandas or Polars frames, or ndarrays, of one kind
        The explained rows, and those that the background stands for. At most 1,000 masked rows
        and 2,000 rows of data are looked at; columns of text with more than 50 values are not.
    players : sequence of Player
    seed : int

    Returns
    -------
    float or None
        In [0, 1]; None with fewer than 50 rows of data.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(500, 1))
    >>> one = [Player("x0", (0,)), Player("x1", (1,))]
    >>> extrapolation_share(np.hstack([x, x])[:50], np.hstack([x, x]), one) > 0.4
    True
    """
    from sklearn.neighbors import NearestNeighbors

    sample = summarize_background(data, "sample", n=DATA_ROWS, seed=seed).rows
    pool = pool_rows([rows, sample])
    n_rows = len(rows)
    if len(pool) - n_rows < MIN_ROWS or not n_rows:
        return None
    draw = np.random.default_rng(seed)
    there = draw.integers(n_rows, len(pool), MASKED_ROWS)
    here = draw.integers(0, n_rows, MASKED_ROWS)
    on = np.ones((MASKED_ROWS, len(pool.columns)), dtype=bool)
    for player in players:
        on[:, list(player.columns)] = draw.random((MASKED_ROWS, 1)) < 0.5
    points, owners = _points(pool, n_rows)
    masked = np.where(on[:, owners], points[here], points[there])
    real = points[n_rows:]
    neighbours = NearestNeighbors().fit(real)
    own = neighbours.kneighbors(real, n_neighbors=2)[0][:, 1]
    far = neighbours.kneighbors(masked, n_neighbors=1)[0][:, 0]
    return float((far > np.quantile(own, USUAL)).mean())


def _points(pool: RowPool, n_rows: int) -> tuple[Floats, NDArray[np.intp]]:
    """Return rows as points, and the column that each coordinate is of.

    Numbers are scaled by their spread in the data; a category is a coordinate a value.
    """
    weights = np.zeros(len(pool))
    weights[n_rows:] = 1 / (len(pool) - n_rows)
    measured = measure_rows(pool, weights)
    parts, owners = [measured.scaled], list(measured.numeric)
    for place, codes in zip(measured.categorical, measured.codes.T, strict=True):
        known = np.unique(codes)
        if len(known) <= MAX_LEVELS:
            parts.append((codes[:, None] == known) / np.sqrt(2))
            owners += [place] * len(known)
    return np.hstack(parts), np.array(owners, dtype=np.intp)
