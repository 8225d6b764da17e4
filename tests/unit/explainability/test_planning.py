"""What an explanation costs, and how much of it fits a limit."""

import numpy as np
import pytest

from assay.explainability import planning
from assay.explainability.maskers.table import TableGames
from assay.explainability.planning import Speed, measure_speed, plan_explanation
from assay.explainability.players import make_players
from assay.explainability.pool import pool_rows
from assay.explainability.scores import Scores

DRAW = np.random.default_rng(0)


def games(n_rows=20, n_background=50, n_columns=30, ask=lambda rows: rows[:, 0]):
    pool = pool_rows([DRAW.normal(size=(n, n_columns)) for n in (n_rows, n_background)])
    weights = np.full(n_background, 1 / n_background)
    return TableGames(pool, n_rows, weights, Scores(ask, ("p",)), make_players(pool.columns))


def test_without_limits_all_rows_get_the_usual_calls():
    plan = plan_explanation(games())
    assert (plan.rows, plan.calls, plan.n_background, plan.predictions) == (20, 512, 50, 512_000)
    assert not plan.is_cut
    assert plan.seconds is None
    assert plan.told() == "20 rows × 512 calls × 50 background rows = 512,000 predictions"
    assert plan_explanation(games(), calls=100).predictions == 100_000


def test_few_players_are_exact_and_cost_no_more_than_all_coalitions():
    plan = plan_explanation(games(n_columns=5), calls=1000)
    assert plan.calls == 32
    assert plan.is_exact
    assert plan.told().endswith("; exact")
    assert not plan_explanation(games(n_columns=5), calls=31).is_exact


def test_limits_take_calls_first_and_then_rows():
    fewer = plan_explanation(games(), limit_predictions=128_000)
    assert (fewer.rows, fewer.calls) == (20, 128)
    assert fewer.error_factor == 2
    assert (
        "512 calls a row were wanted, so that standard errors are about 2.0 times" in fewer.told()
    )
    rows = plan_explanation(games(), limit_predictions=10_000)
    assert (rows.rows, rows.calls) == (3, 64)
    assert rows.predictions <= 10_000
    assert rows.told().endswith("the limit leaves 17 rows unexplained")
    none = plan_explanation(games(), limit_predictions=10)
    assert none.rows == 0
    assert plan_explanation(games(), limit_predictions=10**9).calls == 512


def test_seconds_count_where_the_speed_is_known():
    speed = Speed(per_prediction=1e-3)
    plan = plan_explanation(games(), seconds=128.0, speed=speed)
    assert plan.predictions == 128_000
    assert plan.seconds == pytest.approx(128.0)
    assert "about 2.13 minutes" in plan.told()
    both = plan_explanation(games(), seconds=256.0, limit_predictions=128_000, speed=speed)
    assert both.predictions == 128_000
    assert plan_explanation(games(), seconds=1.0).predictions == 512_000
    assert "about 8.53 minutes" in plan_explanation(games(), speed=speed).told()


def test_nothing_that_varies_needs_one_call():
    pool = pool_rows([np.ones((3, 2)), np.ones((4, 2))])
    same = TableGames(
        pool,
        3,
        np.full(4, 0.25),
        Scores(lambda rows: rows[:, 0], ("p",)),
        make_players(pool.columns),
    )
    plan = plan_explanation(same)
    assert (plan.varying, plan.calls, plan.is_exact) == (0, 1, True)


class Clock:
    """A clock that the model alone moves."""

    now = 0.0

    def perf_counter(self):
        return self.now


def test_speed_is_measured_by_two_batches(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(planning, "time", clock)

    def ask(rows):
        clock.now += 0.02 + 2e-5 * len(rows)
        return rows[:, 0]

    slow = games(ask=ask)
    slow.merge = False
    speed = measure_speed(slow)
    assert speed.per_prediction == pytest.approx(2e-5)
    assert speed.per_call == pytest.approx(0.02)
    assert slow.scores.tally.asked == 18 * 50
    assert measure_speed(games(n_rows=0)).per_prediction == 0.0
