"""Intervals on the logit, log and Fisher scales."""

from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.transforms import log_interval, logit_interval


def test_logit_by_hand():
    low, high = logit_interval(0.5, 0.1, 2.0)  # half-width 2 * 0.1 / 0.25 = 0.8 on the logit scale
    assert low == pytest.approx(1 / (1 + exp(0.8)))
    assert high == pytest.approx(1 / (1 + exp(-0.8)))


def test_log_is_symmetric_on_its_scale():
    low, high = log_interval(4.0, 1.0, 2.0)
    assert log(high / 4) == pytest.approx(log(4 / low)) == pytest.approx(0.5)


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0, 100))
def test_they_stay_inside_their_range_around_the_value(value, error):
    low, high = logit_interval(value, error, 1.96)
    assert 0 <= low <= value <= high <= 1
    low, high = log_interval(value, error, 1.96)
    assert 0 <= low <= value <= high < float("inf")


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_end_of_the_range_has_no_width(value):
    assert logit_interval(value, 0.1, 1.96) == (value, value)
    assert log_interval(0.0, 0.1, 1.96) == (0.0, 0.0)
