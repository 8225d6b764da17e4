"""McNemar's test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.contingency_tables import mcnemar as reference

from assay.stats.mcnemar import mcnemar

COUNTS = [(8, 2), (0, 3), (5, 5), (17, 40), (499, 501), (500, 500), (0, 1), (30, 0)]


@pytest.mark.parametrize(("b", "c"), COUNTS)
def test_exact_as_statsmodels(b, c):
    found = mcnemar(b, c)
    assert found.method == "exact"
    assert found.p_value == pytest.approx(reference([[9, b], [c, 4]], exact=True).pvalue)


@pytest.mark.parametrize(("b", "c"), [(600, 520), (501, 500), (5_000, 4_700)])
def test_many_discordant_rows_as_statsmodels(b, c):
    found = mcnemar(b, c)
    expected = reference([[9, b], [c, 4]], exact=False, correction=True)
    assert found.method.startswith("chi-square")
    assert found.p_value == pytest.approx(expected.pvalue)


def test_the_correction_never_makes_a_distance_of_none():
    assert mcnemar(600, 600).p_value == 1.0


def test_no_discordant_row_tells_nothing():
    assert mcnemar(0, 0).p_value == mcnemar(0, 0).mid_p == 1.0


@given(st.integers(0, 400), st.integers(0, 400))
def test_mid_p_takes_off_the_chance_of_just_these_counts(b, c):
    found = mcnemar(b, c)
    assert 0 < found.mid_p <= found.p_value <= 1
    assert found.p_value == mcnemar(c, b).p_value
    if b != c:
        just = binom.pmf(min(b, c), b + c, 0.5)
        assert found.mid_p == pytest.approx(found.p_value - just, abs=1e-12)


def test_both_laws_meet_where_they_change():
    exact, chi_square = mcnemar(540, 460), mcnemar(540, 460, most_exact=0)
    assert chi_square.p_value == pytest.approx(exact.p_value, rel=0.02)
