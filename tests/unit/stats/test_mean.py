"""Intervals of a mean, with and without skewness."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from assay.stats.mean import mean_interval


def test_without_skew_it_is_students():
    x = np.array([1.0, 2.0, 4.0, 9.0])
    expected = ttest_1samp(x, 0).confidence_interval(0.9)
    error = x.std(ddof=1) / 2
    found = mean_interval(x.mean(), error, freedom=3, level=0.9)
    assert found == pytest.approx((expected.low, expected.high))


def test_hall_by_hand():
    # skew 0.6, z = 2: inner 1 + 0.6 (2 - 0.1) = 2.14; root 1.2887; t = 3 / 0.6 * 0.2887
    low, _ = mean_interval(0.0, 1.0, skew=0.6, level=0.9544997361036416)
    assert low == pytest.approx(-5 * (2.14 ** (1 / 3) - 1))


def test_a_skewed_mean_reaches_further_to_the_long_side():
    low, high = mean_interval(1.0, 0.1, skew=0.3)
    assert high - 1 > 1 - low
    assert mean_interval(-1.0, 0.1, skew=-0.3) == pytest.approx((-high, -low))


def test_a_tiny_skew_changes_nothing():
    assert mean_interval(1, 0.1, skew=1e-6) == pytest.approx(mean_interval(1, 0.1), abs=1e-5)


def test_it_covers_the_mean_of_skewed_terms_better_than_the_plain_one():
    rng = np.random.default_rng(3)
    x = rng.exponential(size=(4_000, 40)) ** 1.5
    truth = 1.3293403881791370  # Γ(2.5)
    mean, error = x.mean(axis=1), x.std(axis=1, ddof=1) / np.sqrt(40)
    third = ((x - mean[:, None]) ** 3).mean(axis=1) / x.std(axis=1) ** 3 / np.sqrt(40)
    shares = []
    for skews in (np.zeros(len(x)), third):
        found = [
            mean_interval(m, e, skew=s, freedom=39)
            for m, e, s in zip(mean, error, skews, strict=True)
        ]
        shares.append(np.mean([i.low <= truth <= i.high for i in found]))
    assert shares[1] > shares[0] + 0.01
