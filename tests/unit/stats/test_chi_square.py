"""Tests that shares are alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.chi_square import chi_square_p, two_laws_p, two_rates_p

counts = st.lists(st.integers(1, 60), min_size=2, max_size=5)


def pearson_p(table):
    """Pearson's test by scipy, times (n - 1)/n."""
    from scipy.stats import chi2, chi2_contingency

    found = chi2_contingency(table, correction=False)
    n = np.sum(table)
    return chi2.sf(found.statistic * (n - 1) / n, found.dof)


@given(first=counts, second=counts)
def test_plain_rows_are_pearsons_test(first, second):
    k = min(len(first), len(second))
    a, d = np.array(first[:k], float), np.array(second[:k], float)
    found = two_laws_p(a / a.sum(), d / d.sum(), (a.sum(), d.sum()))
    assert found == pytest.approx(pearson_p([a, d]), rel=1e-9, abs=1e-12)
    if k == 2:
        shares = a[1] / a.sum(), d[1] / d.sum()
        assert two_rates_p(shares, (a.sum(), d.sum())) == pytest.approx(found, rel=1e-9, abs=1e-12)


def test_the_f_law_nears_chi_squares_as_units_grow():
    assert chi_square_p(7.0, 3, freedom=1e7) == pytest.approx(chi_square_p(7.0, 3), rel=1e-4)
    assert chi_square_p(7.0, 3, freedom=8) > chi_square_p(7.0, 3)


def test_a_covariance_twice_as_large_halves_the_statistic():
    from scipy.stats import chi2

    a, d = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.4, 0.3])
    plain = sum((np.diag(p) - np.outer(p, p)) / n for p, n in ((a, 100), (d, 50)))
    same = two_laws_p(a, d, (100, 50), covariance=plain)
    assert same == pytest.approx(two_laws_p(a, d, (100, 50)))
    doubled = two_laws_p(a, d, (100, 50), covariance=2 * plain)
    assert doubled == pytest.approx(chi2.sf(chi2.isf(same, 2) / 2, 2))


def test_equal_rates_of_nobody_do_not_differ():
    assert two_rates_p((0.0, 0.0), (10, 20)) == 1.0
    assert two_rates_p((0.0, 1.0), (10, 20)) < 1e-6


def test_p_values_are_even_under_equal_rates():
    rng = np.random.default_rng(3)
    x, y = rng.binomial(800, 0.3, 4_000), rng.binomial(200, 0.3, 4_000)
    found = np.array(
        [two_rates_p((i / 800, j / 200), (800, 200)) for i, j in zip(x, y, strict=True)]
    )
    assert np.mean(found < 0.05) == pytest.approx(0.05, abs=0.01)
    assert np.mean(found < 0.5) == pytest.approx(0.5, abs=0.03)


def test_p_values_are_even_for_several_classes():
    rng = np.random.default_rng(4)
    law = [0.4, 0.3, 0.2, 0.1]
    a, d = rng.multinomial(800, law, 4_000), rng.multinomial(200, law, 4_000)
    found = np.array([two_laws_p(i / 800, j / 200, (800, 200)) for i, j in zip(a, d, strict=True)])
    assert np.mean(found < 0.05) == pytest.approx(0.05, abs=0.01)
