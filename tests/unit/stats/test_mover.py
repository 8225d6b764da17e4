"""Sums of estimates from their intervals."""

import numpy as np
import pytest

from assay.stats.interval import Interval
from assay.stats.mover import mover_ratio, mover_sum


def test_by_hand():
    parts = [Interval(0.47, 0.54), Interval(0.36, 0.44)]
    low, high = mover_sum([0.5, 0.4], parts)
    assert low == pytest.approx(0.9 - np.hypot(0.03, 0.04))
    assert high == pytest.approx(0.9 + np.hypot(0.04, 0.04))


def test_a_negative_coefficient_swaps_the_ends():
    low, high = mover_sum(
        [0.5, 0.4], [Interval(0.4, 0.7), Interval(0.4, 0.5)], coefficients=[1, -1]
    )
    assert low == pytest.approx(0.1 - np.hypot(0.1, 0.1))
    assert high == pytest.approx(0.1 + 0.2)


def test_full_correlation_adds_plainly_and_cancels():
    parts = [Interval(0.4, 0.6), Interval(0.2, 0.4)]
    together = mover_sum([0.5, 0.3], parts, correlation=np.ones((2, 2)))
    assert together == pytest.approx((0.6, 1.0))
    apart = mover_sum([0.5, 0.3], parts, coefficients=[1, -1], correlation=np.ones((2, 2)))
    assert apart == pytest.approx((0.2, 0.2))


def test_normal_parts_give_the_normal_interval():
    z, errors = 1.96, (0.1, 0.2)
    parts = [Interval(-z * e, z * e) for e in errors]
    assert mover_sum([0, 0], parts).high == pytest.approx(z * np.hypot(*errors))


@pytest.mark.parametrize("correlation", [0.0, 0.4, -0.3])
def test_at_the_ends_of_a_ratio_the_interval_of_the_difference_reaches_zero(correlation):
    first, of_first = 0.3, Interval(0.22, 0.4)
    second, of_second = 0.5, Interval(0.41, 0.58)
    ends = mover_ratio(first, of_first, second, of_second, correlation=correlation)
    law = np.array([[1, correlation], [correlation, 1]])
    low, high = (
        mover_sum([first, second], [of_first, of_second], coefficients=[1, -end], correlation=law)
        for end in ends
    )
    assert low.low == pytest.approx(0, abs=1e-12)
    assert high.high == pytest.approx(0, abs=1e-12)
    assert ends.low < first / second < ends.high


def test_a_ratio_of_nothing_starts_at_zero_and_one_over_perhaps_nothing_has_no_end():
    low, high = mover_ratio(0.0, Interval(0.0, 0.2), 0.5, Interval(0.0, 0.9))
    assert low == 0
    assert high == np.inf
