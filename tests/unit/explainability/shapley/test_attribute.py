import json
from itertools import pairwise

import numpy as np
import pytest

from assay.errors import InputError
from assay.explainability.shapley.attribute import attribute
from assay.explainability.shapley.attributed import Budget, join_attributed
from assay.explainability.shapley.exact import every_coalition, shapley_values
from assay.explainability.shapley.function_games import FunctionGames


class CurvedGames:
    """Games with effects, pairs and a bend, so that all orders are there."""

    def __init__(self, n_rows, n_players, n_outputs=1, *, varying=None, noise=0.0, seed=0):
        draw = np.random.default_rng(seed)
        self.n_rows, self.n_players, self.n_outputs = n_rows, n_players, n_outputs
        self._alone = draw.normal(size=(n_rows, n_players, n_outputs)) * 0.3
        self._pairs = draw.normal(size=(n_rows, n_players, n_players, n_outputs)) * 0.05
        self._varying = np.ones((n_rows, n_players), bool) if varying is None else varying
        self.noise = np.full(n_outputs, noise)
        self._draw = np.random.default_rng(1)
        self.asked = 0

    def varying(self):
        return self._varying

    def values(self, rows, coalitions):
        self.asked += len(rows) * len(coalitions)
        on = coalitions[None] & self._varying[rows][:, None]
        x = on.astype(float)
        bent = np.tanh(
            x @ self._alone[rows] + np.einsum("rmi,rijo,rmj->rmo", x, self._pairs[rows], x)
        )
        return bent + self._draw.normal(size=bent.shape) * np.sqrt(self.noise)


def exact(games):
    n = games.n_players
    table = games.values(np.arange(games.n_rows), every_coalition(n))
    columns = table.transpose(1, 0, 2).reshape(2**n, -1)
    shape = (n, games.n_rows, games.n_outputs)
    return shapley_values(columns).reshape(shape).transpose(1, 0, 2)


def run(games, calls=None, **options):
    precision = {key: options.pop(key) for key in ("tolerance", "settle_top") if key in options}
    budget = Budget(calls=calls, **{"tolerance": None, **precision})
    return join_attributed(list(attribute(games, budget, **options)))


def error(found, games):
    return float(np.sqrt(np.mean((found.values - exact(games)) ** 2)))


def test_all_coalitions_give_the_exact_values():
    games = CurvedGames(3, 9, 2)
    found = run(games, 512)
    assert found.values == pytest.approx(exact(games), abs=1e-8)
    assert found.exact.all()
    assert found.converged.all()
    assert not found.standard_errors.any()
    assert found.method == "enumeration"
    assert found.calls.tolist() == [512] * 3


def test_one_call_less_than_all_is_a_regression_that_comes_close():
    games = CurvedGames(3, 9, 2)
    found = run(games, 511)
    assert found.method == "paired odd-Walsh regression"
    assert not found.exact.any()
    assert error(found, games) < 1e-3


def test_the_sum_is_the_prediction_less_the_base_at_every_budget():
    games = CurvedGames(4, 12, 2)
    for calls in (2, 3, 7, 24, 64, 300):
        found = run(games, calls)
        gap = found.values.sum(axis=1) - (found.predictions - found.base)
        assert np.abs(gap).max() < 1e-12
        assert (found.calls <= calls).all()


def test_the_error_falls_as_the_budget_grows():
    games = CurvedGames(6, 12)
    errors = [error(run(games, calls), games) for calls in (32, 128, 512)]
    for more, less in pairwise(errors):
        assert less < more / 2  # as 1/sqrt(budget), or faster


def test_standard_errors_are_honest_also_where_calls_are_few():
    games = CurvedGames(40, 12)
    truth = exact(games)
    for calls in (2, 16, 64, 256):
        found = run(games, calls)
        off = np.abs(found.values - truth)
        covered = np.mean(off <= 1.96 * found.standard_errors)
        assert 0.85 < covered <= 1.0
        ratio = np.sqrt(np.mean(found.standard_errors**2) / np.mean(off**2))
        assert 0.7 < ratio < (1.5 if calls >= 64 else 7)


def test_an_additive_game_is_found_from_few_calls():
    alone = np.arange(20.0)
    found = run(FunctionGames(lambda on: 5 + on @ alone, 20), 64)
    assert found.values[0, :, 0] == pytest.approx(alone, abs=1e-6)
    assert found.standard_errors.max() < 1e-3


def test_a_constant_game_is_zero_and_settled():
    found = run(FunctionGames(lambda on: np.full(len(on), 0.1), 20), 256, tolerance=0.01)
    assert not found.values.any()
    assert not found.standard_errors.any()
    assert found.converged.all()
    assert found.calls[0] < 256


def test_players_that_do_not_vary_get_zero_and_are_not_asked():
    varying = np.zeros((4, 6), bool)
    varying[1, 2] = True
    varying[2, [0, 3]] = True
    varying[3] = True
    games = CurvedGames(4, 6, varying=varying)
    parts = list(attribute(games, Budget()))
    found = join_attributed(parts)
    assert games.asked == 1 + 2 + 4 + 64
    assert found.exact.all()
    assert not found.values[~varying].any()
    assert found.values == pytest.approx(exact(games), abs=1e-10)
    assert {part.method for part in parts} == {"nothing varies", "difference", "enumeration"}


def test_many_different_sets_share_one_design_and_keep_their_zeros():
    draw = np.random.default_rng(0)
    varying = draw.random((60, 12)) < 0.8
    games = CurvedGames(60, 12, varying=varying)
    found = run(games, 128)
    assert not found.values[~varying].any()
    assert error(found, games) < 0.02
    gap = found.values.sum(axis=1) - (found.predictions - found.base)
    assert np.abs(gap).max() < 1e-12


def test_precise_rows_ask_no_more():
    games = CurvedGames(24, 12)
    found = run(games, 2048, tolerance=0.01)
    assert found.converged.all()
    assert found.calls.max() < 2048
    assert games.asked == found.calls.sum()
    allowed = 0.01 * np.abs(found.values).sum(axis=1)
    assert (found.standard_errors.max(axis=1) <= allowed).all()


def test_a_row_that_goes_on_ends_where_a_direct_run_ends():
    games = CurvedGames(8, 12)
    stepped = run(games, 512, tolerance=0.0)
    assert not stepped.converged.any()
    assert (stepped.values == run(games, 512).values).all()


def test_the_order_of_the_largest_settles_before_all_is_precise():
    games = CurvedGames(8, 12)
    found = run(games, 512, settle_top=1)
    assert found.converged.any()
    largest = np.argmax(np.abs(exact(games)), axis=1)
    assert (np.argmax(np.abs(found.values), axis=1) == largest).mean() > 0.8
    assert found.calls.mean() < 512


def test_seeds_choose_other_coalitions_and_the_same_seed_the_same():
    games = CurvedGames(3, 20)
    first, again, other = (run(games, 128, seed=seed).values for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_going_on_with_what_was_kept_gives_the_same_numbers():
    games = CurvedGames(30, 12, 2)
    budget = Budget(calls=256, tolerance=0.002)
    whole = join_attributed(list(attribute(games, budget, interactions=True)))
    tuned = {}
    begun = attribute(games, budget, tuned=tuned, interactions=True)
    parts = [next(begun), next(begun)]
    begun.close()
    done = {int(row) for part in parts for row in part.rows}
    kept = json.loads(json.dumps(tuned))
    more = list(attribute(games, budget, tuned=kept, done=done, interactions=True))
    assert not done & {int(row) for part in more for row in part.rows}
    joined = join_attributed([*parts, *more])
    pairs = ("interactions", "interaction_errors")
    for name in ("rows", "values", "standard_errors", "calls", "converged", *pairs):
        assert (getattr(joined, name) == getattr(whole, name)).all()


def test_rows_that_are_half_done_are_found_as_in_a_whole_run():
    games = CurvedGames(10, 12)
    whole = run(games, 128)
    rest = run(games, 128, done=[0, 3])
    assert rest.rows.tolist() == [1, 2, 4, 5, 6, 7, 8, 9]
    assert (rest.values == whole.values[rest.rows]).all()


def test_only_the_wanted_rows_are_asked_about():
    games = CurvedGames(30, 12)
    found = run(games, 64, rows=[7, 21])
    assert found.rows.tolist() == [7, 21]
    assert games.asked == 2 * 64


def test_a_stop_gives_out_the_rows_in_work_with_larger_errors():
    games = CurvedGames(20, 12)
    found = run(games, 1024, tolerance=0.0, stop=lambda: games.asked >= 8 * 64)
    assert found.rows.tolist() == list(range(8))
    assert found.calls.tolist() == [64] * 8
    assert not found.converged.any()
    assert (found.standard_errors > 0).all()


def test_a_stop_need_not_wait_for_several_enumerated_rows():
    games, whole = CurvedGames(20, 4), run(CurvedGames(20, 4))
    found = run(games, stop=lambda: games.asked >= 2 * 16)
    assert found.rows.tolist() == [0, 1, 2]  # pieces of 1, 2, 4, 8 rows
    np.testing.assert_allclose(found.values, whole.values[:3], atol=1e-14)


def test_progress_counts_rows():
    told = []
    run(CurvedGames(20, 4), progress=lambda done, total: told.append((done, total)))
    assert told == [(8, 20), (16, 20), (20, 20)]


def test_a_noisy_model_is_never_exact():
    games = CurvedGames(4, 6, noise=1e-4)
    found = run(games, 64)
    assert not found.exact.any()
    assert (found.standard_errors > 0).all()


def test_the_noise_of_the_model_is_in_the_standard_error():
    games, quiet = CurvedGames(40, 12, noise=0.01), CurvedGames(40, 12)
    found, truth = run(games, 256), exact(quiet)
    off = np.abs(found.values - truth)
    assert 0.88 < np.mean(off <= 1.96 * found.standard_errors) <= 1.0
    assert found.standard_errors.mean() < 4 * off.mean()
    assert found.standard_errors.mean() > 1.5 * run(quiet, 256).standard_errors.mean()


def test_interactions_come_from_the_same_calls():
    games = CurvedGames(4, 10)
    sampled = run(games, 256, interactions=True)
    assert games.asked == 4 * 256
    full = run(games, 1024, interactions=True)
    assert sampled.interactions.shape == (4, 10, 10, 1)
    off = sampled.interactions - full.interactions
    assert np.sqrt(np.mean(off**2)) < 0.3 * np.sqrt(np.mean(full.interactions**2))


def test_standard_errors_of_interactions_are_honest():
    games = CurvedGames(40, 10)
    truth = run(games, 1024, interactions=True)
    i, j = np.triu_indices(10, 1)
    for calls in (64, 256, 800):
        found = run(games, calls, interactions=True)
        off = np.abs(found.interactions - truth.interactions)[:, i, j]
        claimed = found.interaction_errors[:, i, j]
        assert 0.88 < np.mean(off <= 1.96 * claimed) < 1
        assert 0.7 < np.sqrt(np.mean(claimed**2) / np.mean(off**2)) < 1.5
        symmetric = found.interaction_errors.transpose(0, 2, 1, 3)
        assert (symmetric == found.interaction_errors).all()
        assert not found.interaction_errors[:, range(10), range(10)].any()


def test_interactions_from_all_coalitions_and_of_players_that_do_not_vary_have_no_error():
    varying = np.ones((6, 9), bool)
    varying[:, 4] = False
    varying[3, :7] = False
    games = CurvedGames(6, 9, 2, varying=varying)
    found = run(games, 200, interactions=True)
    assert found.exact.tolist() == [False, False, False, True, False, False]
    assert not found.interaction_errors[3].any()
    assert not found.interaction_errors[:, 4].any()
    off_diagonal = ~np.eye(9, dtype=bool)
    off_diagonal[4] = off_diagonal[:, 4] = False
    assert (found.interaction_errors[0][off_diagonal] > 0).all()
    assert not found.interaction_errors[0][~off_diagonal].any()


def test_the_noise_of_the_model_is_in_the_standard_errors_of_interactions():
    i, j = np.triu_indices(8, 1)
    games, quiet = CurvedGames(40, 8, noise=0.01), CurvedGames(40, 8)
    truth = run(quiet, 256, interactions=True).interactions[:, i, j]
    for calls in (200, 256):
        found = run(games, calls, interactions=True)
        off = np.abs(found.interactions[:, i, j] - truth)
        claimed = found.interaction_errors[:, i, j]
        assert 0.88 < np.mean(off <= 1.96 * claimed) < 0.99
        assert 0.7 < np.sqrt(np.mean(claimed**2) / np.mean(off**2)) < 1.5


def test_more_players_than_calls_can_tell_apart_are_said_to_be_unknown():
    alone = np.random.default_rng(0).normal(size=300)
    found = run(FunctionGames(lambda on: on @ alone, 300), 100)
    off = np.abs(found.values[0, :, 0] - alone)
    assert found.standard_errors.mean() > 0.3 * off.mean()
    assert np.mean(off <= 1.96 * found.standard_errors[0, :, 0]) > 0.8


def test_very_many_players_take_least_squares():
    alone = np.random.default_rng(0).normal(size=600)
    found = run(FunctionGames(lambda on: np.tanh(on @ alone / 20), 600), 2600)
    assert found.method == "paired least squares"
    assert found.values.sum() == pytest.approx((found.predictions - found.base).item())
    slope = found.values[0, :, 0] @ alone / (alone @ alone)
    assert np.corrcoef(found.values[0, :, 0], alone)[0, 1] > 0.99
    assert 0 < slope < 0.05


@pytest.mark.parametrize("calls", [-1, 0, 1])
def test_too_few_calls_are_refused_before_any_work(calls):
    with pytest.raises(InputError, match="at least 2 calls"):
        attribute(CurvedGames(1, 3), Budget(calls=calls))


@pytest.mark.parametrize(
    ("budget", "seed", "what"),
    [
        (Budget(tolerance=-0.1), 0, "tolerance"),
        (Budget(tolerance=float("nan")), 0, "tolerance"),
        (Budget(settle_top=0), 0, "settle_top"),
        (Budget(), -1, "seed"),
    ],
)
def test_what_is_out_of_range_is_refused(budget, seed, what):
    with pytest.raises(InputError, match=what):
        attribute(CurvedGames(1, 3), budget, seed=seed)
