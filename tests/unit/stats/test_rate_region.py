"""Ranges of functions of two rates over a score region."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.difference import newcombe_difference
from assay.stats.rate import wilson
from assay.stats.rate_region import distance_over_region, rate_region, score_ends

rates = st.floats(0.0, 1.0)


@given(rate=rates, n=st.integers(1, 500), level=st.floats(0.5, 0.99999))
def test_the_ends_are_wilsons(rate, n, level):
    from assay.stats.interval import two_sided_quantile

    z = two_sided_quantile(level)
    low, high = score_ends(rate, n, np.array([z, -z]))
    expected = wilson(rate, n, level=level)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
def test_a_difference_is_nearly_newcombes(level):
    first, second = rate_region((0.62, 0.47), (400, 300), level=level)
    gap = first - second
    expected = newcombe_difference(0.62, 400, 0.47, 300, level=level)
    assert gap.min() == pytest.approx(expected.low, abs=0.002)
    assert gap.max() == pytest.approx(expected.high, abs=0.002)


def test_estimates_that_move_together_differ_less():
    apart = rate_region((0.5, 0.4), (100, 100))
    together = rate_region((0.5, 0.4), (100, 100), correlation=0.9)
    width = [np.ptp(first - second) for first, second in (apart, together)]
    assert width[1] == pytest.approx(width[0] * np.sqrt(0.1), rel=0.05)


def test_few_units_widen_the_region():
    normal, student = (rate_region((0.5, 0.4), (50, 50), freedom=f)[0] for f in (None, 5))
    assert np.ptp(student) > np.ptp(normal)


@given(a=rates, d=rates, n=st.integers(2, 200), m=st.integers(2, 200))
def test_the_range_of_a_distance_holds_its_value_and_0_where_equal_rates_are_held(a, d, n, m):
    region = rate_region((a, d), (n, m))
    low, high = distance_over_region(lambda x, y: np.abs(x - y), region)
    assert 0 <= low <= abs(a - d) + 1e-9
    assert high >= abs(a - d) - 0.02
    if (
        newcombe_difference(a, n, d, m, level=0.9).low
        < 0
        < newcombe_difference(a, n, d, m, level=0.9).high
    ):
        assert low == 0


def test_an_infinite_distance_keeps_its_lower_end():
    region = rate_region((0.5, 0.0), (100, 100))
    with np.errstate(divide="ignore"):
        low, high = distance_over_region(
            lambda a, d: np.where(d > 0, a / np.maximum(d, 1e-300), np.inf), region
        )
    assert 1 < low < np.inf
    assert high == np.inf
