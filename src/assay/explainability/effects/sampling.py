"""Which rows are asked about, when there are more than are needed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.counting import weights_given
from assay.explainability.effects.reading import Reading

Floats = NDArray[np.float64]
Index = NDArray[np.intp]


def check_weights(weights: Sequence[float] | Floats | None, n_rows: int) -> Floats:
    """Return the weight of each row, 1 where none are given.

    Raises
    ------
    InputError
        If there are not as many as rows, or one is negative or not finite, or all are 0.
    """
    if weights is None:
        return np.ones(n_rows)
    given = weights_given(weights)
    if given.shape != (n_rows,):
        msg = f"{given.size:,} weights were given for {n_rows:,} rows; give one for each row"
        raise InputError(msg)
    if not (np.isfinite(given).all() and (given >= 0).all() and given.sum() > 0):
        msg = "weights must be finite and not negative, and one of them above 0"
        raise InputError(msg)
    return given


def draw_rows(
    reading: Reading | None, weights: Floats, rows: int | None, rng: np.random.Generator
) -> Index:
    """Return the rows to ask about: one of each of `rows` equal parts of the ordered column.

    Parameters
    ----------
    reading : Reading or None
        The column by whose order the parts are made; None takes the order of the table.
    weights : ndarray, shape (n_rows,)
        Rows of weight 0 are never taken.
    rows : int or None
        None: all of them.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int
        In the order of the column where there was a choice, else ascending.
    """
    known = np.flatnonzero(weights > 0)
    if rows is None or len(known) <= rows:
        return known
    if reading is not None:
        key = reading.codes()[0] if reading.numbers is None else reading.numbers
        known = known[np.argsort(key[known], kind="stable")]
    edges = np.linspace(0, len(known), rows + 1)
    part = edges[:-1] + rng.random(rows) * np.diff(edges)
    return known[np.minimum(part.astype(np.intp), len(known) - 1)]
