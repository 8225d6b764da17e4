"""Spreads and intervals of means from moments."""

import numpy as np
import pytest
from scipy.stats import skew, ttest_1samp

from assay.metrics.moments import covariance, freedom_of, mean_estimate, moment_spread
from metric_tables import moments_of


def quantities(n=300):
    rng = np.random.default_rng(2)
    x = rng.exponential(size=n)
    return {"x": x, "y": x + rng.standard_normal(n)}, rng.gamma(1.0, size=n), rng


def test_covariance_as_numpy():
    values, _, _ = quantities()
    table = moments_of(values)
    expected = np.cov(np.stack(list(values.values())), bias=True) * 300
    assert covariance(table, table.s1) == pytest.approx(expected)


def test_the_spread_of_a_mean():
    values, _, _ = quantities()
    table = moments_of(values)
    spread = moment_spread(table, np.array([1.0, 0.0]), leading="x")
    assert spread.variance == pytest.approx(values["x"].var(ddof=1) / 300)
    assert spread.skew == pytest.approx(skew(values["x"]) / np.sqrt(300), rel=0.01)
    assert freedom_of(table, spread) == pytest.approx(299)


def test_without_skewness_the_interval_is_students():
    x = np.concatenate([np.arange(50.0), -np.arange(50.0)])
    found = mean_estimate(moments_of({"x": x}), "x")
    expected = ttest_1samp(x, 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_units_of_one_row_each_change_little():
    values, w, _ = quantities()
    plain = mean_estimate(moments_of(values, w), "y")
    grouped = mean_estimate(moments_of(values, w, unit=np.arange(300)), "y")
    assert grouped.unit == "group"
    assert (grouped.low, grouped.high) == pytest.approx((plain.low, plain.high), rel=0.01)
    assert grouped.n_effective == pytest.approx(plain.n_effective, rel=0.02)


def test_units_without_rows_are_not_counted():
    values, _, _ = quantities(40)
    found = mean_estimate(moments_of(values, unit=10 * (np.arange(40) % 8)), "x")
    assert found.too_few
    assert "8 groups" in found.warnings[0]


def test_ends_of_the_range_hold():
    x = np.concatenate([np.zeros(60), [0.5]])
    found = mean_estimate(moments_of({"x": x}), "x", lower=0.0, upper=1.0)
    assert found.low == 0.0
    assert found.value == pytest.approx(0.5 / 61)


def test_no_rows_no_mean():
    found = mean_estimate(moments_of({"x": np.zeros(0)}), "x")
    assert found.value is None
    assert found.reason == "the table has no rows"
