"""Regression metrics by hand, against scikit-learn, and where they are undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from assay.metrics.regression.adjusted_r2 import adjusted_r2
from assay.metrics.regression.from_rows import (
    distribution_of_rows,
    error_moments,
    relative_moments,
)
from assay.metrics.regression.mae import mae
from assay.metrics.regression.mape import mape
from assay.metrics.regression.max_error import max_error
from assay.metrics.regression.mean_error import mean_error
from assay.metrics.regression.median_absolute_error import median_absolute_error
from assay.metrics.regression.mse import mse
from assay.metrics.regression.quantities import regression_quantities
from assay.metrics.regression.r2 import WORSE_THAN_MEAN, r2
from assay.metrics.regression.rmse import rmse
from assay.metrics.regression.wape import wape
from assay.tables.distribution import Distribution, DistributionRows
from metric_tables import moments_of


def sample(n=500):
    rng = np.random.default_rng(41)
    y = 30 + 5 * rng.standard_normal(n)
    return y, y + rng.standard_t(6, size=n) + 0.2, rng.gamma(1.0, size=n)


PEERS = {
    mse: sk.mean_squared_error,
    rmse: sk.root_mean_squared_error,
    mae: sk.mean_absolute_error,
    r2: sk.r2_score,
    mean_error: lambda y, p, sample_weight: np.average(p - y, weights=sample_weight),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", PEERS)
def test_as_scikit_learn(metric, weighted):
    y, p, w = sample()
    w = w if weighted else None
    found = metric(error_moments(y, p, w))
    assert found.value == pytest.approx(PEERS[metric](y, p, sample_weight=w), abs=1e-10)
    assert found.low < found.value < found.high


@pytest.mark.parametrize("weighted", [False, True])
def test_percentages_medians_and_maxima_as_scikit_learn(weighted):
    y, p, w = sample()
    w = w if weighted else None
    sizes = distribution_of_rows(np.abs(y), w)
    expected = sk.mean_absolute_percentage_error(y, p, sample_weight=w)
    assert mape(relative_moments(y, p, w), sizes).value == pytest.approx(expected, abs=1e-10)
    errors = distribution_of_rows(np.abs(y - p), w)
    expected = sk.median_absolute_error(y, p, sample_weight=w)
    assert median_absolute_error(errors).value == pytest.approx(expected, abs=1e-10)
    assert max_error(error_moments(y, p)).value == pytest.approx(sk.max_error(y, p))


def test_the_two_ways_to_count_rows_agree():
    y, p, w = sample()
    one, other = error_moments(y, p, w), moments_of(regression_quantities(y, p), w)
    for name in ("s1", "s2", "s3", "minimum", "maximum"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


def test_by_hand():
    y, p = np.array([1.0, 2.0, 6.0]), np.array([2.0, 2.0, 4.0])
    table = error_moments(y, p)
    assert mse(table).value == pytest.approx(5 / 3)
    assert mae(table).value == pytest.approx(1)
    assert mean_error(table).value == pytest.approx(-1 / 3)
    assert wape(table).value == pytest.approx(3 / 9)
    assert r2(table).value == pytest.approx(1 - 5 / 14)
    assert adjusted_r2(table, n_features=1).value == pytest.approx(1 - 5 / 14 * 2 / 1)
    assert median_absolute_error(distribution_of_rows(np.abs(p - y))).value == 1


@settings(deadline=None)
@given(st.floats(-1e4, 1e4), st.floats(0.01, 100))
def test_moving_and_scaling_the_target(shift, scale):
    y, p, _ = sample(60)
    plain, moved = error_moments(y, p), error_moments(scale * y + shift, scale * p + shift)
    assert r2(moved).value == pytest.approx(r2(plain).value, rel=1e-4)
    assert rmse(moved).value == pytest.approx(scale * rmse(plain).value, rel=1e-6)
    assert mae(moved).high == pytest.approx(scale * mae(plain).high, rel=1e-6)


def test_the_shift_of_the_target_changes_nothing():
    y, p, w = sample()
    plain = r2(moments_of(regression_quantities(y, p), w))
    shifted = r2(moments_of(regression_quantities(y, p, shift=30.0), w))
    for name in ("value", "low", "high", "n_effective"):
        assert getattr(shifted, name) == pytest.approx(getattr(plain, name), rel=1e-8)


def test_scaling_the_weights_changes_nothing():
    y, p, w = sample()
    for metric in (*PEERS, wape):
        one, other = metric(error_moments(y, p, w)), metric(error_moments(y, p, 7 * w))
        assert (one.low, one.high) == pytest.approx((other.low, other.high))
        assert one.n_effective == pytest.approx(other.n_effective)


def test_worse_than_the_mean_says_so():
    y = np.arange(40.0)
    found = r2(error_moments(y, y[::-1].copy()))
    assert found.value == pytest.approx(-3)
    assert WORSE_THAN_MEAN in found.warnings


def test_a_constant_target_has_no_r2():
    for constant in (0.0, 5.0, 1e6):
        found = r2(error_moments(np.full(9, constant), np.arange(9.0)))
        assert found.reason == "the target is constant"


def test_adjusted_r2_where_it_has_no_answer():
    y, p, _ = sample(50)
    table = error_moments(y, p)
    assert "not known" in adjusted_r2(table).reason
    assert "n must exceed k + 1" in adjusted_r2(table, n_features=49).reason
    marked = adjusted_r2(table, n_features=6).warnings
    assert marked == ("6 features for 50 rows: fewer than ten rows a feature",)
    assert adjusted_r2(table, n_features=5).warnings == ()
    assert adjusted_r2(table, n_features=5).value < r2(table).value
    assert adjusted_r2(table, n_features=0).value == pytest.approx(r2(table).value)


def test_mape_is_refused_near_zero():
    y, p = np.array([0.0, 5.0, 6.0]), np.array([1.0, 5.0, 6.0])
    found = mape(relative_moments(y, p), distribution_of_rows(np.abs(y)))
    assert found.value is None
    assert "near 0 (the smallest size is 0, the median 5)" in found.reason
    y[0] = 0.06  # above 1 % of the median
    assert mape(relative_moments(y, p), distribution_of_rows(np.abs(y))).value is not None


def test_mape_of_a_binned_target_looks_at_the_ends_of_the_bins():
    one = np.array([2, 2])
    binned = Distribution(
        np.array([5.0, 9.0]),
        one,
        one * 1.0,
        one * 1.0,
        low=np.array([0.01, 8]),
        high=np.array([6, 9]),
    )
    table = relative_moments(np.ones(4), np.ones(4))
    assert "0.01" in mape(table, binned).reason


def test_the_median_in_bins_reaches_to_their_ends():
    n = np.full(10, 20)
    value = np.arange(10) + 0.5
    exact = Distribution(value, n, n * 1.0, n * 1.0)
    binned = Distribution(value, n, n * 1.0, n * 1.0, low=value - 0.5, high=value + 0.5)
    one, other = median_absolute_error(exact), median_absolute_error(binned)
    assert other.low == pytest.approx(one.low - 0.5)
    assert other.high == pytest.approx(one.high + 0.5)
    assert "ends of their bins" in other.method


def grouped_distribution(errors, unit):
    """Make the table that keeps its rows by unit."""
    value, level, n = np.unique(errors, return_inverse=True, return_counts=True)
    rows = DistributionRows(
        level.astype(np.int32),
        np.ones(errors.size),
        unit.astype(np.int32),
        int(unit.max()) + 1,
    )
    return Distribution(value, n, n * 1.0, n * 1.0, rows=rows)


def test_the_median_of_rows_that_are_their_own_units_is_that_of_rows():
    errors = np.random.default_rng(0).gamma(2.0, size=500)
    plain = median_absolute_error(distribution_of_rows(errors))
    own = median_absolute_error(grouped_distribution(errors, np.arange(500)), unit="group")
    assert own.value == plain.value
    assert own.unit == "group"
    assert own.high - own.low == pytest.approx(plain.high - plain.low, rel=0.05)


def test_the_median_of_groups_covers_where_that_of_rows_does_not():
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(80), 10)
    truth = float(np.quantile(np.exp(rng.normal(size=(10**6)) * np.sqrt(2)), 0.5))
    held = {"group": 0, "row": 0}
    for _ in range(400):
        shared = rng.normal(size=80)[unit]
        errors = np.exp(shared + rng.normal(size=800))
        by_group = median_absolute_error(grouped_distribution(errors, unit), unit="group")
        held["group"] += by_group.covers(truth)
        held["row"] += median_absolute_error(distribution_of_rows(errors)).covers(truth)
    assert 0.92 <= held["group"] / 400 <= 0.98
    assert held["row"] / 400 < 0.75


def test_few_groups_are_too_few_for_a_median():
    errors = np.random.default_rng(2).gamma(2.0, size=100)
    found = median_absolute_error(
        grouped_distribution(errors, np.repeat(np.arange(5), 20)), unit="group"
    )
    assert found.too_few


def test_the_median_of_grouped_rows_without_their_units_withholds_its_interval():
    found = median_absolute_error(distribution_of_rows(np.arange(50.0)), unit="group")
    assert found.value == 24.5
    assert found.low is None
    assert "which rows are of one group" in found.reason


def test_one_row_has_values_without_intervals():
    table = error_moments(np.array([2.0]), np.array([3.0]))
    for metric in (mse, rmse, mae, mean_error, wape):
        found = metric(table)
        assert found.value is not None
        assert found.low is None
        assert found.too_few
    assert "two rows" in r2(table).reason


def test_few_rows_are_marked():
    y, p, _ = sample(29)
    assert mae(error_moments(y, p)).too_few
    assert not mae(error_moments(*sample(30)[:2])).too_few


def test_rows_without_a_term_are_counted():
    y, p = np.array([1.0, np.nan, 3.0, 4.0]), np.array([1.0, 2.0, 3.0, 5.0])
    found = mae(error_moments(y, p))
    assert found.n == 3
    assert "1 rows were left out: a term is not finite there" in found.warnings
