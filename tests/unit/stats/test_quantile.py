"""Weighted quantiles and intervals of order statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.quantile import quantile_interval, weighted_median, weighted_quantile

values = st.lists(st.integers(-50, 50), min_size=1, max_size=30)


@settings(deadline=None)
@given(values)
def test_the_median_is_numpys(numbers):
    distinct, n = np.unique(np.array(numbers, dtype=float), return_counts=True)
    assert weighted_median(distinct, n.astype(float)) == pytest.approx(np.median(numbers))


@settings(deadline=None)
@given(values, st.integers(1, 5))
def test_scaling_the_weights_changes_nothing(numbers, factor):
    distinct, n = np.unique(np.array(numbers, dtype=float), return_counts=True)
    plain = weighted_quantile(distinct, n.astype(float), 0.3)
    assert weighted_quantile(distinct, factor * n.astype(float), 0.3) == plain


def test_weight_counts_as_repetition():
    assert weighted_median(np.array([1.0, 2.0]), np.array([1.0, 3.0])) == 2.0


def test_it_covers_the_median_of_any_law():
    rng = np.random.default_rng(1)
    x = np.sort(rng.exponential(size=(3_000, 101)), axis=1)
    found = [quantile_interval(row, np.ones(101), 0.5, n_effective=101) for row in x]
    share = np.mean([i.low <= np.log(2) <= i.high for i in found])
    assert 0.94 <= share <= 0.97


def test_it_widens_with_fewer_effective_rows():
    x, w = np.arange(100.0), np.ones(100)
    wide, narrow = (quantile_interval(x, w, 0.5, n_effective=n) for n in (25, 100))
    assert wide.low < narrow.low < narrow.high < wide.high
