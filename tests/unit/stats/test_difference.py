"""Newcombe's interval: his published example and its symmetries."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from assay.stats.difference import newcombe_difference


def test_published_example():
    # Newcombe 1998, table II, method 10: 56/70 against 48/80
    assert newcombe_difference(56 / 70, 70, 48 / 80, 80) == pytest.approx(
        (0.0524, 0.3339), abs=5e-5
    )


@pytest.mark.parametrize(("a", "n", "b", "m"), [(9, 10, 3, 10), (0, 20, 0, 10), (5, 56, 0, 29)])
def test_as_statsmodels(a, n, b, m):
    expected = confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff")
    assert newcombe_difference(a / n, n, b / m, m) == pytest.approx(expected, abs=1e-10)


def test_swapping_the_groups_turns_the_sign():
    one, other = newcombe_difference(0.3, 40, 0.6, 25), newcombe_difference(0.6, 25, 0.3, 40)
    assert one == pytest.approx((-other.high, -other.low))


def test_equal_certain_rates_still_have_width():
    low, high = newcombe_difference(0.0, 10, 0.0, 10)
    assert low < 0 < high
