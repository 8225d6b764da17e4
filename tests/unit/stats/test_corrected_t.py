"""The corrected resampled t test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from assay.stats.corrected_t import corrected_t


@given(
    st.lists(st.integers(-50, 50), min_size=5, max_size=30).filter(lambda d: len(set(d)) > 1),
    st.floats(0.05, 1.0),
)
def test_the_scaling_identity(differences, share):
    d = [each / 100 for each in differences]
    n = len(d)
    found = corrected_t(d, share)
    expected = found.uncorrected_t * np.sqrt((1 / n) / (1 / n + share))
    assert found.t == pytest.approx(expected, abs=1e-12)
    assert found.p_value >= found.uncorrected_p_value - 1e-12


def test_uncorrected_as_scipy():
    d = np.random.default_rng(0).normal(0.3, 1, size=12)
    found = corrected_t(d, 0.25)
    wanted = ttest_1samp(d, 0.0)
    assert found.uncorrected_t == pytest.approx(wanted.statistic)
    assert found.uncorrected_p_value == pytest.approx(wanted.pvalue)
    assert found.p_value == pytest.approx(2 * student.sf(abs(found.t), 11))


def test_the_interval_leaves_zero_out_with_the_test():
    rng = np.random.default_rng(1)
    for _ in range(50):
        found = corrected_t(rng.normal(0.5, 1, size=10), 1 / 9)
        low, high = found.interval()
        assert (low > 0 or high < 0) == (found.p_value < 0.05)


def test_ten_by_ten_folds_by_hand():
    d = np.tile([0.01, 0.03], 50)
    found = corrected_t(d, 1 / 9)
    variance = 0.01**2 * 100 / 99
    assert found.error == pytest.approx(np.sqrt((1 / 100 + 1 / 9) * variance))
    assert found.mean == pytest.approx(0.02)


def test_differences_that_do_not_vary():
    assert corrected_t([0.0] * 5, 0.25).p_value == 1.0
    same = corrected_t([0.1] * 5, 0.25)
    assert (same.t, same.p_value) == (None, 0.0)
    assert same.interval() == pytest.approx((0.1, 0.1))
