"""Tango's interval of paired rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from assay.stats.mcnemar import mcnemar
from assay.stats.paired_rate_difference import paired_rate_difference


def test_a_published_interval():
    # Fagerland, Lydersen and Laake 2014, Statistics in Medicine 33:2850: airway reactivity
    low, high = paired_rate_difference(1, 7, 21)
    assert (round(low, 3), round(high, 3)) == (-0.517, -0.026)


@pytest.mark.parametrize(("b", "c", "n"), [(12, 2, 44), (3, 9, 60), (40, 35, 500), (1, 1, 10)])
def test_the_ends_are_where_the_score_test_stops_to_reject(b, c, n):
    """The other rate by maximising the likelihood, not by its closed form."""
    for end in paired_rate_difference(b, c, n):

        def unlikely(rate, end=end):
            shares = np.array([rate + end, rate, 1 - 2 * rate - end])
            return -np.array([b, c, n - b - c]) @ np.log(np.maximum(shares, 1e-300))

        bounds = (max(0.0, -end) + 1e-12, (1 - end) / 2 - 1e-12)
        rate = minimize_scalar(
            unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}
        ).x
        score = (b - c - n * end) / np.sqrt(n * (2 * rate + end - end**2))
        assert abs(score) == pytest.approx(norm.ppf(0.975), abs=1e-3)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60))
def test_it_holds_the_value_and_turns_round(b, c, more):
    n = b + c + more
    if not n:
        return
    low, high = paired_rate_difference(b, c, n)
    assert -1 <= low <= (b - c) / n <= high <= 1
    assert low < high
    other = paired_rate_difference(c, b, n)
    assert (low, high) == pytest.approx((-other.high, -other.low), abs=1e-9)


def test_it_leaves_zero_out_where_the_plain_mcnemar_test_rejects():
    for b in range(60):
        low, _ = paired_rate_difference(b, 20, 400)
        if b > 20:
            assert (low > 0) == ((b - 20) ** 2 / (b + 20) > norm.ppf(0.975) ** 2)
    assert mcnemar(40, 20).p_value < 0.05
