"""Random orders of a block's players, and the mean of what each adds in them."""

from collections.abc import Iterator, Sequence
from itertools import islice, permutations
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from assay.explainability.maskers.series import Floats, Mask
from assay.explainability.series.walk import Step

MOST_LISTED = 5_040
"""Up to so many orders they are listed and drawn without repeats."""
MOST_FACTORIAL = 13
POOLED = 4
"""So many more draws are taken to vary as the block's players do on average."""
Orders = NDArray[np.intp]


def draw_orders(n_players: int, n_orders: int, rng: np.random.Generator) -> Orders:
    """Return distinct random orders, or all of them where no more are asked for.

    Returns
    -------
    ndarray of int, shape (n, n_players)
        With more than 7 players repeats are possible, and hardly ever happen.

    Examples
    --------
    >>> draw_orders(2, 5, np.random.default_rng(0)).tolist()
    [[0, 1], [1, 0]]
    """
    if _every(n_players) > MOST_LISTED:
        return np.array([rng.permutation(n_players) for _ in range(n_orders)], dtype=np.intp)
    listed = np.array(list(islice(permutations(range(n_players)), MOST_LISTED)), dtype=np.intp)
    if n_orders >= len(listed):
        return listed
    return listed[rng.choice(len(listed), n_orders, replace=False)]


def are_all(drawn: Orders) -> bool:
    """Whether every order of the players was drawn."""
    return len(drawn) == _every(drawn.shape[1])


def _every(n_players: int) -> int:
    """Return how many orders there are; of very many players so many that no draw has all."""
    return factorial(min(n_players, MOST_FACTORIAL))


def order_masks(steps: Sequence[Step], orders: Sequence[Orders]) -> Mask:
    """Return the coalitions that the orders of each block pass, ends included."""
    return np.concatenate(
        [step.masks(_prefixes(drawn)) for step, drawn in zip(steps, orders, strict=True)]
    )


def order_cost(sizes: Sequence[int], n_orders: int) -> int:
    """Return how many coalitions so many orders of each block ask at most."""
    return 1 + sum(n_orders * (size - 1) + 1 for size in sizes)


def order_scores(
    steps: Sequence[Step], orders: Sequence[Orders], values: Floats, n_players: int
) -> tuple[Floats, Floats]:
    """Return mean contributions and their standard errors, each of shape (n_players, horizon).

    The errors are NaN where a single one of several orders was drawn, and 0 where all were. A
    spread that comes from few orders is itself uncertain: Student's factor is in the errors, so
    that ±1.96 of them cover what they should. It has as many degrees of freedom as there are
    orders: one less from a player's own, and one for what the others of its block add.
    """
    scores = np.zeros((n_players, values.shape[1]))
    errors = np.zeros_like(scores)
    for step, drawn, table in _tables(steps, orders, values):
        gains = np.diff(table, axis=1)  # order × place in it × horizon
        mine = np.empty_like(gains)
        np.put_along_axis(mine, drawn[:, :, None], gains, axis=1)
        scores[step.players] = mine.mean(axis=0)
        errors[step.players] = _errors(mine)
    return scores, errors


def _errors(mine: Floats) -> Floats:
    """Return the standard error of the mean over orders drawn without repeats, widened."""
    drawn, players = mine.shape[:2]
    every = _every(players)
    if drawn == every:
        return np.zeros(mine.shape[1:])
    if drawn == 1:
        return np.full(mine.shape[1:], np.nan)
    left = 1 - drawn / every if every <= MOST_LISTED else 1.0
    own = mine.var(axis=0, ddof=1)
    # A few equal draws are no proof that a player adds the same in every order: one that seldom
    # adds anything would seem sure. One that never adds anything keeps 0.
    pooled = ((drawn - 1) * own + POOLED * own.mean(axis=0)) / (drawn - 1 + POOLED)
    spread = np.sqrt(np.where(mine.any(axis=0), pooled, 0.0) * left / drawn)
    few, many = special.stdtrit([float(drawn), np.inf], 0.975)
    return spread * float(few / many)


def _prefixes(drawn: Orders) -> Mask:
    """Return for each order the sets of its first 0, 1, … players, one order after the other."""
    n_orders, n_players = drawn.shape
    place = np.argsort(drawn, axis=1)
    on = place[:, None, :] < np.arange(n_players + 1)[None, :, None]
    return on.reshape(n_orders * (n_players + 1), n_players)


def _tables(
    steps: Sequence[Step], orders: Sequence[Orders], values: Floats
) -> Iterator[tuple[Step, Orders, Floats]]:
    at = 0
    for step, drawn in zip(steps, orders, strict=True):
        n_orders, n_players = drawn.shape
        size = n_orders * (n_players + 1)
        yield step, drawn, values[at : at + size].reshape(n_orders, n_players + 1, -1)
        at += size
