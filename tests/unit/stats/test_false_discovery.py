"""Benjamini and Hochberg against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.false_discovery import benjamini_hochberg


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_equals_scipy(p_values: list[float]) -> None:
    from scipy.stats import false_discovery_control

    expected = false_discovery_control(p_values, method="bh")
    np.testing.assert_allclose(benjamini_hochberg(p_values), expected, atol=1e-12)


def test_tests_that_were_not_made_do_not_count() -> None:
    assert benjamini_hochberg([None, 0.02, None, 0.5]) == (None, 0.04, None, 0.5)
    assert benjamini_hochberg([]) == ()
    assert benjamini_hochberg([None]) == (None,)


def test_worked_by_hand() -> None:
    assert benjamini_hochberg([0.03, 0.01, 0.02]) == pytest.approx((0.03, 0.03, 0.03))
