"""Several tests at once, and the rows a test would need."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from assay.stats.multiple import bonferroni_level, holm
from assay.stats.rows_needed import rows_needed


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_as_statsmodels(p_values):
    expected = multipletests(p_values, method="holm")[1]
    np.testing.assert_allclose(holm(p_values), expected, atol=1e-12)


def test_no_test_and_one_test():
    assert holm([]).tolist() == []
    assert holm([0.3]).tolist() == [0.3]
    assert bonferroni_level(0.95, 1) == pytest.approx(0.95)
    assert bonferroni_level(0.95, 0) == pytest.approx(0.95)


def test_as_many_rows_as_needed_give_the_power():
    error, n = 0.04, 300
    needed = rows_needed(n, error, 0.05)
    then = error * np.sqrt(n / needed)
    assert norm.sf(norm.ppf(0.975) - 0.05 / then) == pytest.approx(0.8, abs=0.002)


def test_what_no_number_of_rows_shows():
    assert rows_needed(100, 0.1, 0.0) is None
    assert rows_needed(100, 0.0, 0.1) is None
    assert rows_needed(100, 0.1, -0.1) == rows_needed(100, 0.1, 0.1)
