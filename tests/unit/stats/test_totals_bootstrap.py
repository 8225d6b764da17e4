"""Redraws of totals."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from assay.stats.totals_bootstrap import (
    bootstrap_p_value,
    bunched,
    redraw_totals,
    redrawn_statistic,
    sorted_parts,
    spread_of,
)


def mean_of(totals):
    return totals[..., 0] / totals[..., 1]


def columns(d):
    return np.column_stack([d, np.ones(len(d))])


def test_a_skewed_mean_as_scipy():
    rng = np.random.default_rng(0)
    d = rng.exponential(size=400) - 0.9
    wanted = bootstrap((d,), np.mean, n_resamples=20_000, method="BCa", rng=rng)
    found = redrawn_statistic(columns(d), mean_of, rng=rng, n_draws=20_000)
    low, high = found.interval()
    width = high - low
    expected = wanted.confidence_interval
    assert low == pytest.approx(expected.low, abs=0.03 * width)
    assert high == pytest.approx(expected.high, abs=0.03 * width)
    assert found.error == pytest.approx(d.std(ddof=1) / np.sqrt(len(d)))


def test_few_parts_are_widened_by_what_student_asks():
    rng = np.random.default_rng(1)
    d = rng.normal(size=8)
    low, high = redrawn_statistic(columns(d), mean_of, rng=rng, n_draws=20_000).interval()
    plain = bootstrap((d,), np.mean, n_resamples=20_000, method="percentile", rng=rng)
    widened = (high - low) / np.subtract(*plain.confidence_interval[::-1])
    assert 1.15 < widened < 1.4  # √(8/7) · 2.365 / 1.96 = 1.29 for a normal law


def test_a_smooth_ratio_has_the_error_of_the_delta_method():
    rng = np.random.default_rng(2)
    x, y = rng.gamma(3, size=500), rng.gamma(5, size=500)
    error, _ = spread_of(np.column_stack([x, y]), lambda t: t[..., 0] / t[..., 1])
    ratio = x.mean() / y.mean()
    assert error == pytest.approx(
        np.std(x - ratio * y, ddof=1) / y.mean() / np.sqrt(500), rel=1e-3
    )


def test_many_columns_are_drawn_as_few_are():
    rng = np.random.default_rng(3)
    totals = rng.normal(size=(50, 3))
    few = redraw_totals(totals, n_draws=4_000, rng=np.random.default_rng(0))
    many = redraw_totals(np.tile(totals, 5), n_draws=4_000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(many, np.tile(few, 5), atol=1e-9)
    np.testing.assert_allclose(few.std(axis=0), totals.std(axis=0) * np.sqrt(50), rtol=0.05)


def test_bunches_keep_totals_and_spread():
    rng = np.random.default_rng(4)
    totals = columns(rng.exponential(size=20_000))
    bunches = bunched(totals, rng=rng, most=500)
    assert len(bunches) == 500
    np.testing.assert_allclose(bunches.sum(axis=0), totals.sum(axis=0))
    assert set(bunches[:, 1]) == {40.0}
    assert bunches[:, 0].var() * 500 == pytest.approx(totals[:, 0].var() * 20_000, rel=0.2)


def test_rows_sorted_by_value_are_bunched_at_random():
    sorted_rows = columns(np.sort(np.random.default_rng(5).normal(size=30_000)))
    found = redrawn_statistic(sorted_rows, mean_of, rng=np.random.default_rng(0))
    assert found.drawn.std() == pytest.approx(found.error, rel=0.1)


def test_a_constant_difference_has_no_width():
    rng = np.random.default_rng(0)
    found = redrawn_statistic(columns(np.full(30, 0.25)), mean_of, rng=rng, n_draws=999)
    assert found.interval() == (0.25, 0.25)
    assert bootstrap_p_value(found.drawn) == pytest.approx(2 / 1_000)
    none = redrawn_statistic(columns(np.zeros(30)), mean_of, rng=rng, n_draws=999)
    assert none.p_value() == 1.0


def test_the_p_value_of_the_text_book():
    drawn = np.concatenate([np.full(30, -1.0), np.full(969, 1.0)])
    assert bootstrap_p_value(drawn) == pytest.approx(2 * 31 / 1_000)
    undefined = np.concatenate([drawn, [np.nan]])  # shows nothing: on both sides
    assert bootstrap_p_value(undefined) == pytest.approx(2 * 32 / 1_001)
    assert bootstrap_p_value(np.full(5, np.nan)) == 1.0


def test_few_parts_ask_for_more():
    drawn = np.random.default_rng(0).normal(2.0, 1.0, size=9_999)
    p = [bootstrap_p_value(drawn, n_parts=n) for n in (5, 20, 100_000)]
    assert p[0] > p[1] > p[2]
    assert p[2] == pytest.approx(bootstrap_p_value(drawn), rel=1e-3)


def test_one_part_has_no_spread():
    assert spread_of(np.ones((1, 2)), mean_of) == (0.0, 0.0)


def test_the_order_of_parts_changes_nothing():
    rng = np.random.default_rng(7)
    for totals in (columns(rng.normal(size=300)), np.round(rng.normal(size=(200, 2)), 1) + 9):
        found, moved = (
            redrawn_statistic(each, mean_of, rng=np.random.default_rng(0)).interval()
            for each in (totals, totals[rng.permutation(len(totals))])
        )
        assert moved == pytest.approx(found, rel=1e-12)


def test_parts_are_sorted_whole():
    totals = np.round(np.random.default_rng(8).normal(size=(50, 3)), 0)
    wanted = sorted(totals.tolist())
    assert sorted_parts(totals).tolist() == wanted
    one = np.column_stack([totals[:, 0], np.ones(50)])
    assert sorted_parts(one).tolist() == sorted(one.tolist())
    assert sorted_parts(np.ones((0, 2))).shape == (0, 2)
