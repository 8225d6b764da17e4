"""What a rest of the even half says of pairs, against sums over all coalitions."""

import numpy as np
import pytest

from assay.explainability.shapley.exact import every_coalition
from assay.explainability.shapley.interactions import exact_interactions
from assay.explainability.shapley.pair_rest import (
    noise_of_interactions,
    rest_indices,
    rest_of_pairs,
    variance_of_rest,
)


def complements(n):
    """One of each pair of complements, and where both stand in the table."""
    masks = np.arange(2 ** (n - 1), 2**n)
    return np.where(every_coalition(n)[masks], 1.0, -1.0), masks, 2**n - 1 - masks


@pytest.mark.parametrize("n", [2, 3, 6])
def test_the_index_is_the_weighted_sum_of_the_even_halves(n):
    table = np.random.default_rng(n).normal(size=(2**n, 1))
    signs, one, other = complements(n)
    even = (table[one, 0] + table[other, 0]) / 2
    i, j = np.triu_indices(n, 1)
    expected = exact_interactions(table)[0][i, j]
    np.testing.assert_allclose(even @ rest_of_pairs(signs, i, j), expected, atol=1e-12)
    np.testing.assert_allclose(rest_indices(signs, even)[i, j], expected, atol=1e-12)
    np.testing.assert_allclose(rest_indices(-signs, even)[i, j], expected, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_variances_are_sums_of_squared_weights(n):
    signs, _, _ = complements(n)
    weights = rest_of_pairs(signs, np.array([0]), np.array([n - 1]))
    assert variance_of_rest(n) == pytest.approx(float((weights**2).sum()))
    single = exact_interactions(np.eye(2**n))[:, 0, n - 1]
    assert noise_of_interactions(n) == pytest.approx(float(single @ single))


def test_very_many_players_overflow_nowhere():
    signs = np.ones((2, 3000))
    signs[0, 1500:] = -1
    made = rest_of_pairs(signs, np.array([0]), np.array([2999]))
    assert np.isfinite(made).all()
    assert noise_of_interactions(3000) > 0
    assert noise_of_interactions(1) == 0
