"""Means of sums and maxima of absolute differences."""

import numpy as np
import pytest

from assay.stats.interval import Interval
from assay.stats.largest import freed_of_excess, mean_of_largest, mean_of_sum

DIFFERENCES = np.array([0.3, -0.1, 0.0, 0.9])
ERRORS = np.array([0.4, 0.2, 0.3, 0.1])


def drawn():
    return np.abs(DIFFERENCES + ERRORS * np.random.default_rng(0).standard_normal((200_000, 4)))


def test_the_mean_of_a_sum_is_that_of_draws():
    assert mean_of_sum(DIFFERENCES, ERRORS) == pytest.approx(drawn().sum(axis=1).mean(), abs=0.005)


def test_the_mean_of_the_largest_is_that_of_draws():
    found = mean_of_largest(DIFFERENCES, ERRORS)
    assert found == pytest.approx(drawn().max(axis=1).mean(), abs=0.005)


def test_differences_without_error_stay_as_they_are():
    assert mean_of_sum(DIFFERENCES, np.zeros(4)) == pytest.approx(1.3)
    assert mean_of_largest(DIFFERENCES, np.full(4, 1e-9)) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("largest", [False, True])
def test_ends_below_what_chance_gives_are_0(largest):
    x, errors = np.array([0.5, -0.5]), np.array([1.0, 1.0])
    value = 0.5 if largest else 1.0
    low, high = freed_of_excess(Interval(0.1, 0.3), value, x, errors, largest=largest)
    assert low == 0.0
    assert high <= 0.3


@pytest.mark.parametrize("largest", [False, True])
def test_far_from_0_nothing_is_taken_off(largest):
    x, errors = np.array([50.0, -1.0]), np.array([0.1, 0.1])
    value = 50.0 if largest else 51.0
    found = freed_of_excess(Interval(value - 1, value + 1), value, x, errors, largest=largest)
    assert found == pytest.approx((value - 1, value + 1), abs=0.3)


def test_no_difference_keeps_the_upper_end():
    zero = np.zeros(2)
    assert freed_of_excess(Interval(-0.2, 0.2), 0.0, zero, zero, largest=True) == (0.0, 0.2)
