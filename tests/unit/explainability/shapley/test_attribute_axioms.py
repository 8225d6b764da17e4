"""What makes a Shapley value one, held by the estimator and not only by its limit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.explainability.shapley.attribute import attribute
from assay.explainability.shapley.attributed import Budget, join_attributed
from assay.explainability.shapley.design import most_pairs, paired_design
from assay.explainability.shapley.exact import shapley_values
from assay.explainability.shapley.function_games import FunctionGames
from assay.explainability.shapley.regression import prepare_regression
from assay.explainability.shapley.tuning import Tuning

N_PLAYERS = 10
EXACT, SAMPLED = 1024, 200
cheap = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 10_000)


def game(seed):
    """A game as a table, with a lookup that takes coalitions."""
    table = np.random.default_rng(seed).normal(size=2**N_PLAYERS)
    return lambda on: table[on @ (1 << np.arange(N_PLAYERS))]


def found(value, calls, **options):
    games = FunctionGames(value, N_PLAYERS)
    budget = Budget(calls=calls, tolerance=None)
    return join_attributed(list(attribute(games, budget, **options)))


@cheap
@given(seeds, st.sampled_from([EXACT, SAMPLED, 20, 2]))
def test_efficiency(seed, calls):
    result = found(game(seed), calls)
    assert result.values.sum() == pytest.approx((result.predictions - result.base).item())


@cheap
@given(seeds)
def test_a_dummy_gets_nothing(seed):
    value = game(seed)

    def without_last(on):
        kept = on.copy()
        kept[:, -1] = False
        return value(kept)

    assert found(without_last, EXACT).values[0, -1, 0] == pytest.approx(0, abs=1e-12)


@cheap
@given(seeds)
def test_a_dummy_is_within_its_error_where_calls_are_few(seed):
    alone = np.random.default_rng(seed).normal(size=N_PLAYERS)
    alone[-1] = 0
    result = found(lambda on: np.tanh(on @ alone), SAMPLED)
    assert abs(result.values[0, -1, 0]) <= 6 * result.standard_errors[0, -1, 0] + 1e-9


@cheap
@given(seeds)
def test_symmetric_players_get_the_same(seed):
    value = game(seed)

    def symmetric(on):
        swapped = on.copy()
        swapped[:, [0, 1]] = on[:, [1, 0]]
        return value(on) + value(swapped)

    result = found(symmetric, EXACT)
    assert result.values[0, 0, 0] == pytest.approx(result.values[0, 1, 0], abs=1e-12)


@cheap
@given(seeds, st.floats(-5, 5), st.floats(-5, 5))
def test_linearity_of_the_exact_values(seed, a, b):
    f, g = game(seed), game(seed + 1)
    mixed = found(lambda on: a * f(on) + b * g(on), EXACT)
    apart = a * found(f, EXACT).values + b * found(g, EXACT).values
    assert mixed.values == pytest.approx(apart, abs=1e-10)


@cheap
@given(seeds, st.floats(-5, 5), st.floats(-5, 5))
def test_linearity_of_the_regression_with_kept_hyper_parameters(seed, a, b):
    f, g = game(seed), game(seed + 1)
    tuned = {}
    first = found(f, SAMPLED, tuned=tuned, retune=False)
    second = found(g, SAMPLED, tuned=tuned, retune=False)
    mixed = found(lambda on: a * f(on) + b * g(on), SAMPLED, tuned=tuned, retune=False)
    assert mixed.values == pytest.approx(a * first.values + b * second.values, abs=1e-9)


@cheap
@given(seeds)
def test_outputs_that_sum_to_one_have_attributions_that_sum_to_zero(seed):
    value = game(seed)

    def shares(on):
        first = 1 / (1 + np.exp(-value(on)))
        return np.column_stack([first, 1 - first])

    assert np.abs(found(shares, SAMPLED).values.sum(axis=2)).max() < 1e-12


def test_a_duplicated_player_shares_alike():
    alone = np.array([1.0, 1.0, *np.linspace(-1, 1, N_PLAYERS - 2)])
    result = found(lambda on: np.tanh(on @ alone), SAMPLED)
    gap = abs(result.values[0, 0, 0] - result.values[0, 1, 0])
    assert gap <= 4 * np.hypot(*result.standard_errors[0, :2, 0])


def test_weights_reproduce_games_of_the_orders_of_the_prior():
    # a game of orders 1 and 3 alone, seen almost whole: the regression has nothing to guess
    draw = np.random.default_rng(0)
    design = paired_design(8, 250)
    tuning = Tuning(third=0.5, fifth=0.0, noise=1e-7, relevances=(1.0,) * 8)
    regression = prepare_regression(design.signs, tuning)
    alone = draw.normal(size=8)
    odd = design.signs @ alone + 0.7 * design.signs[:, [1, 4, 6]].prod(axis=1)
    expected = 2 * alone
    expected[[1, 4, 6]] += 2 / 3 * 0.7
    fitted = regression.apply(odd[:, None])
    assert fitted.values[:, 0] == pytest.approx(expected, abs=1e-6)
    assert fitted.standard_errors.max() < 1e-3
    assert fitted.misfit[0] < 1e-6


def test_regression_and_enumeration_meet():
    alone = np.linspace(-0.5, 1, N_PLAYERS)

    def bent(on):
        return np.tanh(on @ alone) + on.sum(axis=1) ** 2 / 20

    nearly, exact = found(bent, EXACT - 1), found(bent, EXACT)
    assert not nearly.exact.any()
    assert nearly.values == pytest.approx(exact.values, abs=1e-4)


def test_with_every_pair_seen_the_regression_is_exact():
    # the border between regression and enumeration is no jump, whatever the hyper-parameters
    design = paired_design(7, 2 * most_pairs(7) + 2)
    table = np.random.default_rng(5).normal(size=(2**7, 2))
    masks = (design.signs > 0) @ (1 << np.arange(7))
    odd = (table[masks] - table[2**7 - 1 - masks]) / 2
    for noise in (1e-4, 0.2):
        tuning = Tuning(third=0.5, fifth=0.3, noise=noise, relevances=(1.0,) * 7)
        fitted = prepare_regression(design.signs, tuning).apply(odd)
        assert fitted.values == pytest.approx(shapley_values(table), abs=1e-6)
        assert fitted.standard_errors.max() < 1e-3
