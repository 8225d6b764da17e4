"""Random orders of players: exact values by enumeration, and errors that hold."""

import numpy as np
import pytest
from scipy import stats

from assay.explainability.series.orders import draw_orders, order_masks, order_scores
from assay.explainability.series.walk import Step
from assay.explainability.shapley.exact import shapley_values

GAMES = 200


def block(n_players):
    """A step of so many players of one cell each."""
    cells = tuple(np.array([place]) for place in range(n_players))
    return Step(np.arange(n_players), cells, 0, np.zeros(n_players, dtype=np.intp))


def games(n_players, rng):
    """Values of all coalitions; players add less, pairs less still, and so on."""
    places = np.arange(2**n_players)
    signs = np.array([[(-1.0) ** (a & b).bit_count() for b in places] for a in places.tolist()])
    orders = np.array([place.bit_count() for place in places.tolist()])
    return signs @ (rng.normal(size=(2**n_players, GAMES)) * 0.5 ** orders[:, None])


def estimated(table, drawn):
    n_players = drawn.shape[1]
    steps = [block(n_players)]
    masks = order_masks(steps, [drawn])
    return order_scores(steps, [drawn], table[masks @ (1 << np.arange(n_players))], n_players)


def all_or_nothing(n_players, rng):
    """Nothing more than the sum of the players is earned until all are there."""
    places = np.arange(2**n_players)
    on = places[:, None] >> np.arange(n_players) & 1
    return on @ rng.normal(size=(n_players, GAMES)) + on.all(axis=1)[:, None]


@pytest.mark.parametrize("n_orders", [3, 4, 6, 10])
@pytest.mark.parametrize("n_players", [5, 8])
@pytest.mark.parametrize(
    ("kind", "least", "most"), [(games, 0.93, 0.99), (all_or_nothing, 0.86, 1)]
)
def test_intervals_hold_however_few_orders_there_are(n_players, n_orders, kind, least, most):
    rng = np.random.default_rng(n_orders)
    table = kind(n_players, rng)
    truth = shapley_values(table)
    held = []
    for _ in range(60):
        scores, errors = estimated(table, draw_orders(n_players, n_orders, rng))
        held.append(np.abs(scores - truth) <= 1.96 * errors)
    assert least < np.mean(held) <= most


def test_the_error_is_students_of_the_spread_over_orders():
    rng = np.random.default_rng(0)
    table, drawn = games(8, rng), draw_orders(8, 5, rng)
    scores, errors = estimated(table, drawn)
    gains = np.zeros((5, 8, GAMES))
    for place, order in enumerate(drawn.tolist()):
        on = 0
        for player in order:
            gains[place, player] = table[on | 1 << player] - table[on]
            on |= 1 << player
    own = gains.var(axis=0, ddof=1)
    spread = np.sqrt((own + own.mean(axis=0)) / 2 / 5)  # as many draws of all as of its own
    widened = stats.t(5).ppf(0.975) / stats.norm.ppf(0.975)
    np.testing.assert_allclose(scores, gains.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(errors, widened * spread, rtol=1e-9)


def test_all_orders_leave_no_error_and_one_tells_none():
    table = games(3, np.random.default_rng(1))
    scores, errors = estimated(table, draw_orders(3, 6, np.random.default_rng(0)))
    np.testing.assert_allclose(scores, shapley_values(table), atol=1e-12)
    assert not errors.any()
    assert np.isnan(estimated(table, np.array([[2, 0, 1]]))[1]).all()
