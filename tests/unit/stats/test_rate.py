"""Wilson against statsmodels and by hand; Clopper and Pearson against scipy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from assay.stats.rate import clopper_pearson, wilson

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_by_hand():
    # z = 2 (level 0.9545): centre (0.5 + 4/8) / (1 + 4/4) = 0.5, half 1 * sqrt(1/16 + 1/16)
    low, high = wilson(0.5, 4, level=0.9544997361036416)
    assert (low, high) == pytest.approx((0.5 - 0.125**0.5, 0.5 + 0.125**0.5))


@settings(deadline=None)
@given(counts)
def test_wilson_as_statsmodels(pair):
    k, n = pair
    expected = proportion_confint(k, n, method="wilson")
    assert wilson(k / n, n) == pytest.approx(expected, abs=1e-10)


@settings(deadline=None)
@given(counts)
def test_clopper_pearson_as_scipy(pair):
    k, n = pair
    expected = binomtest(k, n).proportion_ci(method="exact")
    assert clopper_pearson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-8)


@settings(deadline=None)
@given(counts, st.floats(0.5, 0.99))
def test_intervals_hold_the_rate_and_grow_with_the_level(pair, level):
    k, n = pair
    for make in (lambda q: wilson(k / n, n, level=q), lambda q: clopper_pearson(k, n, level=q)):
        narrow, wide = make(level), make((1 + level) / 2)
        assert 0 <= wide.low <= narrow.low <= k / n <= narrow.high <= wide.high <= 1


@settings(deadline=None)
@given(counts)
def test_a_rate_and_its_complement_mirror(pair):
    k, n = pair
    one, other = wilson(k / n, n), wilson((n - k) / n, n)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-12)


def test_fewer_degrees_of_freedom_widen():
    assert wilson(0.3, 50, freedom=5).high > wilson(0.3, 50).high
