import json
from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.linalg import cho_factor, cho_solve

from assay.explainability.shapley.exact import every_coalition, shapley_values
from assay.explainability.shapley.interactions import (
    MOST_OWN,
    PairRegression,
    exact_interactions,
    fit_interactions,
    interaction_matrix,
    prepare_interactions,
)
from assay.explainability.shapley.kernel import FLAT
from assay.explainability.shapley.pair_prior import PairPrior, even_kernels
from assay.explainability.shapley.tuning import MOST_TUNED_PAIRS


def by_derivatives(table):
    """The classic index: discrete derivatives, averaged over sizes and coalitions."""
    n = len(table).bit_length() - 1
    found = np.zeros((table.shape[1], n, n))
    for i, j in combinations(range(n), 2):
        for mask in range(2**n):
            if mask >> i & 1 or mask >> j & 1:
                continue
            with_i, with_j = mask | 1 << i, mask | 1 << j
            derived = table[with_i | with_j] - table[with_i] - table[with_j] + table[mask]
            weight = 1 / ((n - 1) * comb(n - 2, mask.bit_count()))
            found[:, i, j] += weight * derived
            found[:, j, i] = found[:, i, j]
    return found


def drawn_game(n, seed, orders=(1, 2, 3, 4)):
    """Values of all coalitions of a game with some coefficients of each order."""
    rng = np.random.default_rng(seed)
    signs = np.where(every_coalition(n), 1.0, -1.0)
    table = np.zeros((2**n, 2))
    for order in orders:
        for _ in range(4):
            chosen = rng.choice(n, order, replace=False)
            product = signs[:, chosen].prod(axis=1)
            table += product[:, None] * rng.normal(size=2) / 2**order
    return table


def even_half(n, n_pairs, table, seed=0):
    """Some pairs of coalitions, the full one last, and the even halves of a game there."""
    rng = np.random.default_rng(seed)
    masks = rng.choice(2 ** (n - 1) - 1, n_pairs, replace=False) + 1
    masks = np.append(masks, 2**n - 1)
    return every_coalition(n)[masks], (table[masks] + table[2**n - 1 - masks]) / 2


def true_rms(values):
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("n", [2, 3, 5, 7])
def test_all_coalitions_give_the_index_of_discrete_derivatives(n):
    table = np.random.default_rng(n).normal(size=(2**n, 3)) + 1e3
    np.testing.assert_allclose(exact_interactions(table), by_derivatives(table), atol=1e-10)


def test_a_product_of_two_players_is_their_interaction_and_nobody_elses():
    on = every_coalition(4)
    table = (3.0 * on[:, 1] * on[:, 2] + 5.0 * on[:, 0])[:, None]
    expected = np.zeros((4, 4))
    expected[1, 2] = expected[2, 1] = 3.0
    np.testing.assert_allclose(exact_interactions(table)[0], expected, atol=1e-12)


def test_one_player_has_no_pair():
    assert exact_interactions(np.array([[1.0], [3.0]])).tolist() == [[[0.0]]]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(-3, 3), st.floats(-3, 3))
def test_a_fixed_prior_is_linear_in_the_game(seed, a, b):
    on, one = even_half(7, 30, drawn_game(7, seed), seed)
    _, other = even_half(7, 30, drawn_game(7, seed + 1), seed)
    fitted = fit_interactions(on, one)
    expected = a * fitted.indices(one) + b * fitted.indices(other)
    np.testing.assert_allclose(fitted.indices(a * one + b * other), expected, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(-1e6, 1e6))
def test_a_constant_added_to_the_game_changes_nothing(seed, constant):
    on, even = even_half(7, 40, drawn_game(7, seed), seed)
    fitted, moved = fit_interactions(on, even), fit_interactions(on, even + constant)
    tolerance = 1e-6 * (1 + abs(constant) * 1e-6)
    np.testing.assert_allclose(
        moved.indices(even + constant), fitted.indices(even), atol=tolerance
    )


def test_players_in_another_order_give_the_same_indices():
    on, even = even_half(8, 60, drawn_game(8, 3))
    order = np.random.default_rng(0).permutation(8)
    found = fit_interactions(on, even).indices(even)
    turned = fit_interactions(on[:, order], even).indices(even)
    np.testing.assert_allclose(turned, found[:, order][:, :, order], atol=1e-8)


def every_pair(n):
    """One member of each pair of complements, the full coalition last; places in the table."""
    masks = np.arange(2 ** (n - 1), 2**n)
    return every_coalition(n)[masks], masks


def of_each_coalition(n, masks):
    """What the index gives the even half of each pair of complements, by derivatives."""
    table = np.zeros((2**n, len(masks)))
    table[masks, np.arange(len(masks))] = table[2**n - 1 - masks, np.arange(len(masks))] = 1.0
    return by_derivatives(table)


@pytest.mark.parametrize("random", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("own", [False, True])
def test_indices_and_errors_are_those_of_the_prior_written_out_subset_by_subset(own, random):
    n = 6
    rng = np.random.default_rng(5)
    w = rng.uniform(0.1, 1, n)
    weights = rng.uniform(0.1, 1, (n, n))
    prior = PairPrior(
        relevances=w,
        own=weights + weights.T if own else None,
        fourth=0.3,
        noise=0.05,
        random=random,
    )
    on, even = even_half(n, 20, drawn_game(n, 2))
    of_rest = of_each_coalition(n, every_pair(n)[1])
    of_seen = of_each_coalition(n, on @ (1 << np.arange(n)))
    rest = prior.noise * (1 - random)
    signs = np.where(on, 1.0, -1.0)
    subsets = [set(c) for k in (2, 4) for c in combinations(range(n), k)]
    features = np.column_stack([signs[:, sorted(c)].prod(axis=1) for c in subsets])
    four = np.array([np.prod(w[sorted(c)]) if len(c) == 4 else 0.0 for c in subsets])
    variances = prior.fourth * four / four.sum()
    for at, (i, j) in enumerate(combinations(range(n), 2)):
        variances[at] = prior.second[i, j]
    own_noise = prior.noise * np.eye(len(signs))
    kernel = FLAT + (features * variances) @ features.T + own_noise
    order2, order4 = even_kernels(signs, prior)
    factor = np.linalg.cholesky(FLAT + order2 + prior.fourth * order4 + own_noise)
    regression = PairRegression(signs=signs, prior=prior, factor=factor)
    found, errors = regression.indices(even), regression.standard_errors(even)
    centred = even - even.mean(axis=0)
    solver = cho_factor(kernel)
    inverse = np.linalg.inv(kernel)
    likeliest = (centred * (inverse @ centred)).mean(axis=0)
    left_out = (inverse @ centred) ** 2 / np.diag(inverse)[:, None]
    scale = np.maximum(likeliest, left_out.mean(axis=0))
    widened = stats.t(len(on)).ppf(0.975) / stats.norm.ppf(0.975)
    for i, j in combinations(range(n), 2):
        shares = np.array([4 / (len(c) - 1) if {i, j} <= c else 0.0 for c in subsets])
        functional = (features * variances) @ shares + rest * of_seen[:, i, j]
        np.testing.assert_allclose(found[:, i, j], functional @ cho_solve(solver, centred))
        variance = shares**2 @ variances + rest * (of_rest[:, i, j] ** 2).sum()
        left = variance - functional @ cho_solve(solver, functional)
        np.testing.assert_allclose(errors[:, i, j], widened * np.sqrt(left * scale), rtol=1e-6)
        np.testing.assert_array_equal(found[:, i, j], found[:, j, i])


@pytest.mark.parametrize("noise", [1e-5, 0.03])
def test_with_every_pair_of_complements_seen_the_regression_is_exact(noise):
    n = 7
    table = np.random.default_rng(1).normal(size=(2**n, 3))
    on, masks = every_pair(n)
    even = (table[masks] + table[2**n - 1 - masks]) / 2
    prior = PairPrior(relevances=np.linspace(0.3, 1, n), fourth=0.05, noise=noise)
    fitted = prepare_interactions(on, prior)
    np.testing.assert_allclose(fitted.indices(even), exact_interactions(table), atol=1e-8)
    assert fitted.standard_errors(even).max() < 1e-3 * true_rms(exact_interactions(table))


def test_half_of_all_coalitions_tell_how_much_of_high_orders_is_not_seen():
    n, rng = 9, np.random.default_rng(4)
    signs = np.where(every_coalition(n), 1.0, -1.0)
    sixes = np.stack([signs[:, c].prod(axis=1) for c in map(list, combinations(range(n), 6))])
    table = drawn_game(n, 0)[:, :1] + 0.02 * sixes.T @ rng.normal(size=(len(sixes), 40))
    on, even = even_half(n, 2 ** (n - 2), table)
    fitted, pairs = fit_interactions(on, even[:, :8]), np.triu_indices(n, 1)
    missed = (fitted.indices(even) - exact_interactions(table))[:, *pairs]
    errors = fitted.standard_errors(even)[:, *pairs]
    assert 0.92 < np.mean(np.abs(missed) <= 1.96 * errors) < 0.99
    assert 0.85 < true_rms(errors) / true_rms(missed) < 1.2
    as_noise = prepare_interactions(on, replace(fitted.prior, random=1.0))
    assert true_rms(missed) < 0.9 * true_rms(
        (as_noise.indices(even) - exact_interactions(table))[:, *pairs]
    )


def test_a_game_of_pairs_alone_is_found_from_few_calls():
    table = drawn_game(8, 1, orders=(1, 2))
    on, even = even_half(8, 60, table)
    found = fit_interactions(on, even).indices(even)
    np.testing.assert_allclose(found, exact_interactions(table), atol=1e-4)


def test_the_error_shrinks_with_the_calls_and_the_standard_error_knows_it():
    games = [drawn_game(9, seed) for seed in range(12)]
    truth = np.concatenate([exact_interactions(game) for game in games])
    pairs = np.triu_indices(9, 1)
    actual, claimed, held = [], [], []
    for n_pairs in (40, 70, 110):
        halves = [even_half(9, n_pairs, game, seed=7) for game in games]
        even = np.hstack([half for _, half in halves])
        fitted = fit_interactions(halves[0][0], even)
        missed = (fitted.indices(even) - truth)[:, *pairs]
        errors = fitted.standard_errors(even)[:, *pairs]
        actual.append(true_rms(missed))
        claimed.append(true_rms(errors))
        held.append(np.mean(np.abs(missed) <= 1.96 * errors + 1e-12))
    assert actual[2] < actual[1] < actual[0]
    assert actual[2] < actual[0] / np.sqrt(110 / 40)
    assert 0.85 < np.mean(held) <= 1
    assert all(0.5 < c / a < 2 for c, a in zip(claimed, actual, strict=True))


def test_weights_of_pairs_help_where_few_pairs_interact():
    rng = np.random.default_rng(3)
    on = np.vstack([rng.random((100, 24)) < 0.5, np.ones(24, dtype=bool)])
    signs = np.where(on, 1.0, -1.0)
    even = (signs[:, 3] * signs[:, 17] - 0.5 * signs[:, 5] * signs[:, 9])[:, None]
    even += 0.05 * rng.normal(size=even.shape)
    fitted = fit_interactions(on, even)
    truth = np.zeros((24, 24))
    truth[3, 17], truth[5, 9] = 4, -2
    missed = fitted.indices(even)[0] - truth - truth.T
    assert fitted.prior.own is not None
    assert true_rms(missed) < 0.15 * true_rms(truth)


def test_constant_values_have_no_interactions():
    on, _ = even_half(6, 12, drawn_game(6, 0))
    even = np.column_stack([np.full(13, 4.0), np.zeros(13)])
    fitted = fit_interactions(on, even)
    assert not fitted.indices(even).any()
    assert not fitted.standard_errors(even).any()


@pytest.mark.parametrize("n", [2, 3])
def test_two_and_three_players_have_no_fourth_order(n):
    table = drawn_game(n, 4, orders=(1, 2))
    masks = np.arange(2 ** (n - 1), 2**n)
    even = (table[masks] + table[2**n - 1 - masks]) / 2
    fitted = fit_interactions(every_coalition(n)[masks], even)
    assert fitted.prior.fourth == 0
    missed = np.abs(fitted.indices(even) - exact_interactions(table))
    assert (missed <= 3 * fitted.standard_errors(even) + 1e-9).all()


def test_a_noisy_model_gets_larger_standard_errors_that_hold():
    table = drawn_game(8, 6)
    on, even = even_half(8, 100, table)
    noisy = even + np.random.default_rng(0).normal(size=even.shape)
    fitted = fit_interactions(on, noisy, noise=np.full(2, 2.0))
    assert fitted.prior.random > 0.5
    missed = fitted.indices(noisy) - exact_interactions(table)
    errors = fitted.standard_errors(noisy)
    assert errors.max() > 3 * fit_interactions(on, even).standard_errors(even).max()
    assert np.mean(np.abs(missed) <= 1.96 * errors) > 0.85


def test_a_kept_prior_gives_the_same_numbers():
    on, even = even_half(8, 60, drawn_game(8, 3))
    fitted = fit_interactions(on, even)
    kept = PairPrior.from_dict(json.loads(json.dumps(fitted.prior.to_dict())))
    again = prepare_interactions(on, kept)
    np.testing.assert_array_equal(again.indices(even), fitted.indices(even))


def test_a_large_design_is_tuned_on_all_of_its_pairs():
    n = 12
    table = drawn_game(n, 4, orders=(1, 2, 2, 4))
    on, even = even_half(n, 2 * MOST_TUNED_PAIRS, table)
    even = even + 0.02 * np.random.default_rng(0).normal(size=even.shape)
    rows = np.append(np.arange(MOST_TUNED_PAIRS - 1), len(on) - 1)
    pairs, truth = np.triu_indices(n, 1), exact_interactions(table)
    whole = fit_interactions(on, even)
    missed = (whole.indices(even) - truth)[:, *pairs]
    of_beginning = fit_interactions(on[rows], even[rows]).indices(even[rows])
    assert true_rms(missed) < true_rms((of_beginning - truth)[:, *pairs])
    errors = whole.standard_errors(even)[:, *pairs]
    assert 0.85 < np.mean(np.abs(missed) <= 1.96 * errors) <= 1


def test_many_players_share_the_weights_of_players():
    n = MOST_OWN + 1
    rng = np.random.default_rng(2)
    on = np.vstack([rng.random((40, n)) < 0.5, np.ones(n, dtype=bool)])
    signs = np.where(on, 1.0, -1.0)
    even = signs[:, :1] * signs[:, 1:2]
    fitted = fit_interactions(on, even)
    assert fitted.prior.own is None
    found = fitted.indices(even)[0]
    assert found.shape == (n, n)
    assert np.unravel_index(np.argmax(found), found.shape) in ((0, 1), (1, 0))


def test_rows_of_the_matrix_sum_to_the_attributions():
    table = drawn_game(6, 8)
    values, indices = shapley_values(table).T, exact_interactions(table)
    matrix = interaction_matrix(values, indices)
    np.testing.assert_allclose(matrix.sum(axis=-1), values, atol=1e-12)
    np.testing.assert_allclose(matrix[:, 0, 1], indices[:, 0, 1] / 2)
