from itertools import permutations

import numpy as np
import pytest

from assay.explainability.shapley.exact import (
    every_coalition,
    noise_of_values,
    shapley_values,
)


def by_permutations(table):
    """The definition: what a player adds, averaged over all orders of arrival."""
    n = len(table).bit_length() - 1
    values = np.zeros((n, table.shape[1]))
    orders = list(permutations(range(n)))
    for order in orders:
        mask = 0
        for player in order:
            values[player] += table[mask | 1 << player] - table[mask]
            mask |= 1 << player
    return values / len(orders)


@pytest.mark.parametrize("n_players", [1, 2, 3, 5, 6])
def test_values_are_the_average_over_all_orders(n_players):
    table = np.random.default_rng(n_players).normal(size=(2**n_players, 3))
    assert shapley_values(table) == pytest.approx(by_permutations(table), abs=1e-12)


def test_glove_game_by_hand():
    # a left glove (player 0) is worth 1 with either right glove (players 1 and 2)
    worth = [float(mask & 1 and mask & 6 != 0) for mask in range(8)]
    assert shapley_values(np.array(worth)[:, None]).ravel() == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_a_large_constant_costs_no_digits():
    table = np.random.default_rng(0).normal(size=(2**10, 1))
    moved = shapley_values(table + 2.0**30)
    assert moved == pytest.approx(shapley_values((table + 2.0**30) - 2.0**30), abs=1e-12)


def test_the_order_of_coalitions_is_that_of_bit_masks():
    on = every_coalition(3)
    assert (on @ [1, 2, 4]).tolist() == list(range(8))
    assert not on.flags.writeable


def test_noise_of_values_against_the_sum_of_squared_weights():
    # each coalition alone worth 1 gives the weight with which it counts for player 0
    weights = shapley_values(np.eye(2**5))[0]
    assert noise_of_values(5) == pytest.approx(float(weights @ weights))
