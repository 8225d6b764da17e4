"""Intervals of numbers that grow as a square."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.quadratic import quadratic_interval


def test_the_ends_are_those_of_the_noncentral_chi_square_law():
    from scipy.stats import ncx2

    low, high = quadratic_interval(40.0, 160.0, 5.0, dimensions=5, level=0.9)
    assert ncx2.cdf(40.0, 5, low) == pytest.approx(0.95)
    assert ncx2.cdf(40.0, 5, high) == pytest.approx(0.05)


@pytest.mark.parametrize("level", [0.95, 0.999, 0.99999])
@pytest.mark.parametrize("value", [0.5, 30.0, 1e4, 2e6])
def test_high_levels_have_ends_that_hold(value, level):
    from scipy.stats import ncx2

    low, high = quadratic_interval(value, 4 * value, 3.0, dimensions=3, level=level)
    tail = (1 - level) / 2
    assert ncx2.cdf(value, 3, high) == pytest.approx(tail, rel=0.02)
    if low > 0:
        assert ncx2.sf(value, 3, low) == pytest.approx(tail, rel=0.02)


@given(
    value=st.floats(0.01, 100),
    variance=st.floats(0.001, 100),
    bias=st.floats(0.0, 5.0),
    factor=st.floats(0.01, 100),
)
def test_the_scale_does_not_matter(value, variance, bias, factor):
    one = quadratic_interval(value, variance, bias)
    other = quadratic_interval(factor * value, factor**2 * variance, factor * bias)
    assert other.low == pytest.approx(factor * one.low, rel=1e-6, abs=1e-9)
    assert other.high == pytest.approx(factor * one.high, rel=1e-6, abs=1e-9)
    assert 0 <= one.low <= one.high


def test_a_value_of_0_has_an_upper_end_from_its_bias():
    low, high = quadratic_interval(0.0, 0.0, 0.02, dimensions=2)
    assert (low, high) == (0.0, 0.0)  # less than chance alone gives: no truth is small enough


def test_far_from_0_it_is_nearly_normal():
    low, high = quadratic_interval(100.0, 1.0, 0.0)
    assert (low, high) == pytest.approx((100 - 1.96, 100 + 1.96), abs=0.02)


@pytest.mark.parametrize("truth", [0.0, 2.0, 20.0])
def test_it_covers_sums_of_squares_with_weights_of_their_own(truth):
    rng = np.random.default_rng(5)
    scales = np.array([1.0, 0.7, 0.4])
    means = np.sqrt(truth / 3) * np.ones(3)
    held = 0
    for _ in range(1_500):
        x = means + scales * rng.standard_normal(3)
        value, variance = float(x @ x), float(4 * (x**2) @ scales**2)
        low, high = quadratic_interval(value, variance, float(scales @ scales), dimensions=3)
        held += low <= truth <= high
    assert held / 1_500 > 0.92
