"""Shapley and Owen values by their definitions, for small games."""

from collections.abc import Callable
from itertools import permutations

import numpy as np

Value = Callable[[frozenset[int]], np.ndarray]


def shapley(value: Value, n: int) -> np.ndarray:
    """Average each player's gain over all orders."""
    return owen(value, [[player] for player in range(n)])


def owen(value: Value, groups: list[list[int]]) -> np.ndarray:
    """Average over orders in which the members of a group follow each other.

    Groups enter in every order, and within one group members in every order.
    """
    players = sorted(player for group in groups for player in group)
    cache: dict[frozenset[int], np.ndarray] = {}

    def at(on: frozenset[int]) -> np.ndarray:
        if on not in cache:
            cache[on] = np.asarray(value(on), dtype=float)
        return cache[on]

    total = np.zeros((len(players), *at(frozenset()).shape))
    for place, group in enumerate(groups):
        count = 0
        for order in permutations(range(len(groups))):
            before = order[: order.index(place)]
            wholes = frozenset(p for each in before for p in groups[each])
            for inner in permutations(group):
                on = wholes
                for player in inner:
                    total[player] += at(on | {player}) - at(on)
                    on = on | {player}
                count += 1
        total[group] /= count
    return total
