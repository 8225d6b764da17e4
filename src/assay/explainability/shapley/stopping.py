"""When a row has been asked about often enough."""

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.attributed import Budget

Floats = NDArray[np.float64]
FIRST_CALLS = 64


def ladder(n_players: int, calls: int) -> list[int]:
    """Return the numbers of calls at which precision is looked at, the last the most allowed.

    64 doubled until there are two pairs a player, and from there on: before that neither the
    attributions nor their errors can be told.

    Examples
    --------
    >>> ladder(30, 600)
    [128, 256, 512, 600]
    """
    step = FIRST_CALLS
    while (step - 2) // 2 < 2 * n_players:
        step *= 2
    steps: list[int] = []
    while step < calls:
        steps.append(step)
        step *= 2
    return [*steps, calls]


def is_precise(values: Floats, errors: Floats, budget: Budget) -> NDArray[np.bool_]:
    """Tell the rows whose attributions are as precise as asked, in every output.

    Parameters
    ----------
    values, errors : ndarray, shape (n_rows, n_players, n_outputs)
    budget : Budget

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        All False where no precision is asked.
    """
    found = np.zeros(len(values), dtype=bool)
    if budget.tolerance is not None:
        allowed = budget.tolerance * np.abs(values).sum(axis=1)
        found |= (errors.max(axis=1) <= allowed).all(axis=1)
    if budget.settle_top is not None:
        found |= _is_settled(np.abs(values), errors, budget.settle_top).all(axis=1)
    return found


def _is_settled(sizes: Floats, errors: Floats, top: int) -> NDArray[np.bool_]:
    """Tell where each of the largest differs by two standard errors from the next one."""
    order = np.argsort(-sizes, axis=1, kind="stable")[:, : top + 1]
    size, error = (np.take_along_axis(each, order, axis=1) for each in (sizes, errors))
    gap = size[:, :-1] - size[:, 1:]
    return np.all(gap > 2 * np.hypot(error[:, :-1], error[:, 1:]), axis=1)
