"""Spearman's correlation with its influence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assay.stats.rank_correlation import spearman_of

columns = arrays(np.float64, st.shared(st.integers(4, 40), key="n"), elements=st.integers(-5, 5))


@given(x=columns, y=columns)
def test_it_is_scipys_with_ties(x, y):
    from scipy.stats import spearmanr

    found = spearman_of(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert found is None
        return
    assert found.value == pytest.approx(spearmanr(x, y).statistic, abs=1e-9)


@given(x=columns, y=columns, data=st.data())
def test_a_weight_counts_as_so_many_rows(x, y, data):
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    weight = data.draw(arrays(np.float64, len(x), elements=st.integers(1, 4)))
    found = spearman_of(x, y, weight)
    repeat = weight.astype(int)
    again = spearman_of(np.repeat(x, repeat), np.repeat(y, repeat))
    assert found.value == pytest.approx(again.value, abs=1e-9)
    assert float(weight @ found.influence) == pytest.approx(0, abs=1e-9)
    assert found.influence == pytest.approx(again.influence[np.cumsum(repeat) - 1], abs=1e-9)


def test_the_influence_is_the_derivative_by_weight():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 8, 30).astype(float)
    y = x + rng.integers(-4, 4, 30)
    weight = rng.uniform(0.5, 2, 30)
    found = spearman_of(x, y, weight)
    step = 1e-5
    for at in range(30):
        up, down = weight.copy(), weight.copy()
        up[at] += step
        down[at] -= step
        slope = (spearman_of(x, y, up).value - spearman_of(x, y, down).value) / (2 * step)
        assert found.influence[at] == pytest.approx(slope, abs=1e-7)
