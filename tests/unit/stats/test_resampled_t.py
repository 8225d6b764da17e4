"""The corrected resampled t-test against its formula, scipy and simulated folds."""

import math

import numpy as np
import pytest
from scipy import stats

from assay.stats.resampled_t import corrected_resampled_t


@pytest.mark.parametrize(("folds", "repeats"), [(5, 1), (10, 1), (5, 3), (10, 10)])
def test_the_corrected_t_is_the_plain_one_scaled(folds, repeats):
    values = np.random.default_rng(folds + repeats).normal(0.01, 0.02, folds * repeats)
    share = 1 / (folds - 1)
    found = corrected_resampled_t(values, share)
    plain = stats.ttest_1samp(values, 0.0)
    n = values.size
    assert found.uncorrected_t == pytest.approx(plain.statistic)
    assert found.uncorrected_p == pytest.approx(plain.pvalue)
    assert found.t == pytest.approx(plain.statistic * math.sqrt((1 / n) / (1 / n + share)))
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.t), n - 1))
    assert found.df == n - 1


def test_the_interval_ends_where_the_test_begins_to_reject():
    values = np.array([0.02, 0.01, 0.03, 0.00, 0.04])
    found = corrected_resampled_t(values, 0.25, level=0.9)
    for end in (found.low, found.high):
        assert corrected_resampled_t(values - end, 0.25).p_value == pytest.approx(0.1)


def test_folds_that_agree_leave_no_doubt():
    same = corrected_resampled_t(np.full(5, 0.5), 0.25)
    assert (same.low, same.high, same.p_value) == (0.5, 0.5, 0.0)
    assert same.t == math.inf
    none = corrected_resampled_t(np.zeros(5), 0.25)
    assert (none.t, none.p_value) == (0.0, 1.0)


def test_too_few_folds_are_refused():
    with pytest.raises(ValueError, match="at least 5 folds, not 4"):
        corrected_resampled_t(np.zeros(4), 0.25)
