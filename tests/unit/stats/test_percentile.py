"""Bias-corrected accelerated percentiles."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from assay.stats.percentile import bca_interval
from assay.stats.spread import skewness


def test_without_bias_and_acceleration_they_are_plain_percentiles():
    drawn = np.linspace(-1, 1, 2_001)
    assert bca_interval(0.0, drawn) == pytest.approx((-0.95, 0.95))


def test_undefined_draws_are_left_out():
    drawn = np.concatenate([np.linspace(-1, 1, 2_001), np.full(50, np.nan)])
    assert bca_interval(0.0, drawn) == pytest.approx((-0.95, 0.95))
    assert bca_interval(0.3, np.full(5, np.nan)) == (0.3, 0.3)


def test_as_scipy_on_a_skewed_mean():
    rng = np.random.default_rng(0)
    x = rng.exponential(size=60)
    expected = bootstrap((x,), np.mean, n_resamples=40_000, method="BCa", rng=rng)
    counts = rng.multinomial(60, np.full(60, 1 / 60), size=40_000)
    influence = (x - x.mean()) / 60
    acceleration = skewness(np.sum(influence**3), np.sum(influence**2)) / 6
    found = bca_interval(x.mean(), counts @ x / 60, acceleration=acceleration)
    wanted = expected.confidence_interval
    assert found == pytest.approx((wanted.low, wanted.high), abs=0.01)


def test_it_always_holds_the_value():
    drawn = np.linspace(0.5, 0.6, 100)
    low, high = bca_interval(0.9, drawn)
    assert low <= 0.9 <= high


def test_no_influence_has_no_acceleration():
    assert skewness(0.0, 0.0) == 0.0
