"""What is said of explanations that mislead, and the silence on sound ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay.explainability.background import summarize_background
from assay.explainability.background_error import BackgroundError, measure_background
from assay.explainability.checks import (
    check_background,
    check_codes,
    check_extrapolation,
    check_players,
    check_rows,
    check_scale,
)
from assay.explainability.correlated import CorrelatedGroup, correlated_groups
from assay.explainability.extrapolation import extrapolation_share
from assay.explainability.maskers.table import TableGames
from assay.explainability.noise import measure_noise
from assay.explainability.players import make_players
from assay.explainability.pool import pool_rows
from assay.explainability.scores import Scores


def rules(findings):
    return [(each.rule, each.severity) for each in findings]


def table_games(rows, background, ask, output="raw"):
    pool = pool_rows([rows, background])
    n = len(background)
    players = make_players(pool.columns)
    return TableGames(pool, len(rows), np.full(n, 1 / n), Scores(ask, ("p",), output), players)


@pytest.mark.parametrize(
    ("n", "kind", "expected"),
    [
        (1, "all", [("single_row_background", "info")]),
        (1, "median", [("single_row_background", "info")]),
        (2, "all", [("small_background", "warning")]),
        (9, "all", [("small_background", "warning")]),
        (10, "all", []),
    ],
)
def test_small_backgrounds_are_told(n, kind, expected):
    assert rules(check_background(summarize_background(np.ones((n, 2)), kind))) == expected


@pytest.mark.parametrize(
    ("share", "error", "expected"),
    [
        (0.019, 0.0, []),
        (0.03, 0.006, []),
        (0.03, 0.004, [("background_off", "info")]),
        (0.13, 0.01, [("background_off", "warning")]),
    ],
)
def test_a_background_that_is_off_is_told_beyond_chance(share, error, expected):
    made = summarize_background(np.arange(200.0)[:, None])
    assert rules(check_background(made, BackgroundError(share, error, 1000))) == expected
    middle = summarize_background(np.arange(200.0)[:, None], "median")
    assert "background_off" not in str(
        rules(check_background(middle, BackgroundError(share, error, 1000)))
    )


def test_the_error_is_that_of_the_mean_score_in_ranges():
    rows = np.arange(11.0)[:, None]
    made = summarize_background(rows, "median")
    scores = Scores(
        lambda some: np.column_stack([some[:, 0] ** 2, np.ones(len(some))]), ("a", "b")
    )
    found = measure_background(made, rows, scores)
    assert found == BackgroundError(pytest.approx((35 - 25) / 100), 0.0, 11)
    assert measure_background(summarize_background(rows), rows, scores) is None
    weights = np.where(rows[:, 0] < 2, 1.0, 0.0)
    half = summarize_background(rows, "median", weights=weights)
    weighed = measure_background(half, rows, scores, weights=weights)
    assert weighed.share == pytest.approx(0.5)


def test_the_errors_standard_error_holds_over_samples():
    rows = np.random.default_rng(1).normal(size=(4000, 1))
    scores = Scores(lambda some: some[:, 0], ("p",))
    made = summarize_background(rows, "median")
    found = [measure_background(made, rows, scores, seed=seed) for seed in range(40)]
    signed = []
    for seed in range(40):
        sample = summarize_background(rows, "sample", n=1000, seed=seed).rows
        signed.append((made.rows[0, 0] - sample.mean()) / np.ptp(np.append(sample, made.rows)))
    told = np.mean([each.standard_error for each in found])
    assert told == pytest.approx(np.std(signed), rel=0.35)


def test_rows_that_equal_the_background_and_constant_scores():
    varying = np.array([[True, False], [False, False]])
    zeros = np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 2, 1))
    (finding,) = check_rows(varying, *zeros, rows=[7, 9])
    assert (finding.rule, finding.where) == ("row_equals_background", {"rows": [9]})
    (finding,) = check_rows(varying[:1], *(part[:1] for part in zeros))
    assert finding.rule == "score_constant"
    moved = zeros[2].copy()
    moved[0, 0], moved[0, 1] = 1.0, -1.0
    assert check_rows(varying[:1], zeros[0][:1], zeros[1][:1], moved[:1]) == ()
    assert check_rows(varying[:1], zeros[0][:1] + 1, zeros[1][:1], moved[:1]) == ()
    assert check_rows(varying[:0], zeros[0][:0], zeros[1][:0], moved[:0]) == ()


def correlated_frame(n=400, seed=0):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=n)
    kind = draw.choice(list("abc"), n)
    return pd.DataFrame(
        {
            "x": x,
            "other": draw.normal(size=n),
            "cubed": np.where(draw.random(n) < 0.3, np.nan, -(x**3)),
            "kind": kind,
            "word": pd.Categorical([f"word {each}" for each in kind]),
            "free": draw.choice(list("pq"), n),
            "note": [f"n{i}" for i in range(n)],
            "flat": 1.0,
        }
    )


@pytest.mark.parametrize("wrap", [lambda frame: frame, pl.from_pandas])
def test_columns_that_go_together_are_grouped(wrap):
    found = correlated_groups(wrap(correlated_frame()))
    assert [group.columns for group in found] == [("x", "cubed"), ("kind", "word")]
    assert found[0].strongest == pytest.approx(1.0)
    assert found[1].strongest == pytest.approx(1.0)


def test_groups_hang_together_and_few_rows_say_nothing():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(3000, 1))
    near = np.hstack([x + draw.normal(size=(3000, 1)) * 0.3 * i for i in range(3)])
    assert [group.columns for group in correlated_groups(near)] == [("x0", "x1")]
    chain = np.hstack([x, x, draw.normal(size=(3000, 1)), x])
    assert correlated_groups(chain) == (CorrelatedGroup(("x0", "x1", "x3"), 1.0),)
    assert correlated_groups(chain[:29]) == ()
    assert correlated_groups(draw.normal(size=(500, 1))) == ()


def test_split_groups_come_with_the_call_that_joins_them():
    columns = ("a", "b", "c")
    groups = [CorrelatedGroup(("a", "c"), 0.97)]
    (finding,) = check_players(groups, make_players(columns), columns)
    assert finding.rule == "correlated_players"
    assert "players=[['a', 'c']]" in finding.advice
    assert check_players(groups, make_players(columns, [["a", "c"]]), columns) == ()
    kept = make_players(columns, ["a", "b"], rest="kept")
    assert check_players(groups, kept, columns) == ()
    assert check_players([], make_players(columns), columns) == ()


def test_masked_rows_of_independent_columns_are_like_data():
    draw = np.random.default_rng(0)
    data = draw.normal(size=(1500, 8))
    shares = [
        extrapolation_share(data[:100], data, make_players([f"x{i}" for i in range(8)]), seed=seed)
        for seed in range(4)
    ]
    assert max(shares) < 0.05
    assert check_extrapolation(max(shares)) == ()


def test_masked_rows_of_columns_that_go_together_are_not_and_groups_help():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(800, 1))
    data = pd.DataFrame(np.hstack([x + draw.normal(size=(800, 1)) * 0.01 for _ in range(4)]))
    data["kind"] = np.where(x[:, 0] > 0, "high", "low")
    data["note"] = [str(i) for i in range(800)]
    names = [str(name) for name in data.columns]
    share = extrapolation_share(data.iloc[:50], data, make_players(names))
    assert share > 0.6
    assert rules(check_extrapolation(share)) == [("explained_by_unlikely_rows", "warning")]
    joined = make_players(names, [names[:5]])
    assert extrapolation_share(data.iloc[:50], data, joined) < 0.05
    assert extrapolation_share(data.iloc[:5], data.iloc[:20], make_players(names)) is None
    assert check_extrapolation(None) == ()


def test_codes_are_suspected_where_k_means_averaged_them():
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "code": draw.integers(0, 5, 300),
            "yes": draw.integers(0, 2, 300),
            "count": draw.integers(0, 100, 300),
            "half": draw.integers(0, 5, 300) / 2,
        }
    )
    (finding,) = check_codes(frame, summarize_background(frame))
    assert (finding.severity, finding.where) == ("info", {"columns": ["code"]})
    assert check_codes(frame, summarize_background(frame, "medoids")) == ()
    assert check_codes(frame[["yes", "half"]], summarize_background(frame[["yes", "half"]])) == ()


def test_log_odds_are_recommended_where_they_add_up():
    draw = np.random.default_rng(0)
    rows, weights = draw.normal(size=(200, 6)), np.array([3.0, -3, 2, 4, 1, 2])
    steep = lambda some: 1 / (1 + np.exp(-some @ weights))  # noqa: E731
    games = table_games(rows[:20], rows[20:], steep, "probability")
    assert rules(check_scale(games)) == [("log_odds_add_up", "info")]
    flat = lambda some: 1 / (1 + np.exp(-0.1 * some @ weights))  # noqa: E731
    assert check_scale(table_games(rows[:20], rows[20:], flat, "probability")) == ()
    mixed = lambda some: 1 / (1 + np.exp(-3 * some[:, 0] * some[:, 1] - some[:, 2]))  # noqa: E731
    assert check_scale(table_games(rows[:20], rows[20:], mixed, "probability")) == ()
    raw = table_games(rows[:20], rows[20:], steep)
    assert check_scale(raw) == ()
    assert raw.scores.tally.made == 0


def test_noise_is_measured_and_a_steady_model_has_none():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(30, 4))
    steady = table_games(rows[:5], rows[5:], lambda some: some.sum(axis=1))
    told = measure_noise(steady)
    assert told.variance.tolist() == [0.0]
    assert told.finding is None

    def noisy(some):
        return some.sum(axis=1) + draw.normal(0, 0.5, len(some))

    games = table_games(rows[:5], rows[5:], noisy)
    games.merge = False
    noise = measure_noise(games)
    assert noise.variance[0] == pytest.approx(0.25 / 25, rel=0.7)
    assert rules([noise.finding]) == [("model_not_deterministic", "warning")]

    def rounding(some):
        return some.sum(axis=1) * (1 + 1e-9 * draw.random())

    assert measure_noise(table_games(rows[:5], rows[5:], rounding)).finding is None
    assert measure_noise(table_games(rows[:0], rows, noisy)).finding is None
