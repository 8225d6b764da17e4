"""Miettinen and Nurminen's interval of a ratio of rates."""

from math import inf

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from assay.stats.ratio import miettinen_nurminen_ratio


@pytest.mark.parametrize(
    ("a", "n", "b", "m"), [(10, 20, 5, 20), (56, 70, 48, 80), (3, 200, 9, 150), (19, 20, 5, 100)]
)
def test_as_statsmodels(a, n, b, m):
    expected = confint_proportions_2indep(
        a, n, b, m, method="score", compare="ratio", correction=True
    )
    assert miettinen_nurminen_ratio(a, n, b, m) == pytest.approx(expected, rel=1e-4)


def test_swapping_the_groups_gives_the_inverse():
    one = miettinen_nurminen_ratio(10, 40, 15, 30)
    other = miettinen_nurminen_ratio(15, 30, 10, 40)
    assert one == pytest.approx((1 / other.high, 1 / other.low), rel=1e-8)


def test_no_success_on_top_has_a_lower_end_of_zero():
    low, high = miettinen_nurminen_ratio(0, 20, 5, 20)
    assert low == 0
    assert 0 < high < 1.5


def test_no_success_below_has_no_upper_end():
    low, high = miettinen_nurminen_ratio(5, 20, 0, 20)
    assert high == inf
    assert low > 0.5


def test_nothing_on_either_side_says_nothing():
    assert miettinen_nurminen_ratio(0, 20, 0, 20) == (0.0, inf)
