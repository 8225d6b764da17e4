"""The interval of the pseudo-median holds exactly the shifts that Wilcoxon's test keeps."""

import numpy as np
import pytest
from scipy.stats import wilcoxon

from assay.stats.pseudomedian import pseudomedian


@pytest.mark.parametrize("n", [6, 9, 20])
@pytest.mark.parametrize("seed", range(5))
def test_the_interval_inverts_the_test(n, seed):
    d = np.random.default_rng(seed).normal(0.4, 1, n)
    value, interval = pseudomedian(d)
    assert interval.low <= value <= interval.high
    for end, inward in ((interval.low, 1e-9), (interval.high, -1e-9)):
        assert wilcoxon(d - (end + inward)).pvalue > 0.05
        assert wilcoxon(d - (end - inward)).pvalue <= 0.05


def test_many_differences_use_the_normal_distribution():
    d = np.random.default_rng(1).normal(0.1, 1, 200)
    _, interval = pseudomedian(d)
    assert wilcoxon(d - (interval.low + 1e-9)).pvalue > 0.049
    assert wilcoxon(d - (interval.low - 0.02)).pvalue < 0.051


def test_five_differences_have_no_interval_at_95_per_cent():
    assert pseudomedian(np.arange(5.0)) == (2.0, None)


def test_equal_differences_have_an_interval_of_one_point():
    value, interval = pseudomedian(np.full(8, 0.25))
    assert value == interval.low == interval.high == 0.25
