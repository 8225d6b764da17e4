from itertools import combinations

import numpy as np
import pytest

from assay.explainability.shapley.design import most_pairs, paired_design
from assay.explainability.shapley.exact import every_coalition, shapley_values
from assay.explainability.shapley.kernel import (
    attribution_rows,
    prior_variances,
    rows_of_rest,
    similarity,
    variance_of_rest,
)


def by_subsets(signs, relevances, order):
    """Covariances of one order from the sum over all subsets of players."""
    n = signs.shape[1]
    kernel = np.zeros((len(signs), len(signs)))
    rows = np.zeros((len(signs), n))
    variances = np.zeros(n)
    for subset in combinations(range(n), order):
        weight = np.prod(relevances[list(subset)])
        product = np.prod(signs[:, subset], axis=1)
        kernel += weight * np.outer(product, product)
        for player in subset:
            rows[:, player] += 2 / order * weight * product
            variances[player] += 4 / order**2 * weight
    scale = kernel[0, 0]
    return kernel / scale, rows / scale, variances / scale


@pytest.fixture
def signs():
    return np.where(np.random.default_rng(0).random((12, 7)) < 0.5, 1.0, -1.0)


@pytest.mark.parametrize(("order", "name"), [(1, "first"), (3, "third"), (5, "fifth")])
@pytest.mark.parametrize("least", [0.02, 1.0])
def test_power_sums_give_the_sum_over_subsets(signs, order, name, least):
    relevances = np.random.default_rng(1).uniform(least, 1, 7)
    flat = np.ones(7) if order == 1 else relevances
    kernel, rows, variances = by_subsets(signs, flat, order)
    assert getattr(similarity(signs, relevances), name) == pytest.approx(kernel, abs=1e-10)
    assert getattr(attribution_rows(signs, relevances), name) == pytest.approx(rows, abs=1e-10)
    assert getattr(prior_variances(relevances), name) == pytest.approx(variances, abs=1e-10)


@pytest.mark.parametrize("n_players", [2, 4])
def test_orders_above_the_players_are_zero(n_players):
    signs = np.where(np.random.default_rng(0).random((5, n_players)) < 0.5, 1.0, -1.0)
    orders = similarity(signs, np.ones(n_players))
    assert not orders.fifth.any()
    assert orders.third.any() == (n_players > 2)


def test_the_diagonal_is_one_at_every_coalition(signs):
    orders = similarity(signs, np.linspace(0.02, 1, 7))
    for each in (orders.first, orders.third, orders.fifth):
        assert np.diag(each) == pytest.approx(np.ones(12))


def test_rows_of_the_rest_are_the_values_of_single_pairs():
    design = paired_design(5, 2 * most_pairs(5) + 2)
    on = design.signs > 0
    lines = {line.tobytes(): place for place, line in enumerate(on)}
    table = np.zeros((2**5, len(on)))
    for mask, line in enumerate(every_coalition(5)):
        table[mask, lines.get(line.tobytes(), 0)] += line.tobytes() in lines
        table[mask, lines.get((~line).tobytes(), 0)] -= (~line).tobytes() in lines
    expected = shapley_values(table).T
    expected[-1] = 0
    assert rows_of_rest(design.signs) == pytest.approx(expected, abs=1e-12)
    assert variance_of_rest(5) == pytest.approx((expected**2).sum(axis=0)[0])
