"""Spreads of estimates from influences summed by unit."""

import numpy as np
import pytest

from assay.stats.spread import Spread, skewness, unit_spread


def test_units_of_one_row_give_the_variance_of_rows():
    x = np.array([1.0, 2.0, 4.0, 9.0])
    psi = (x - x.mean()) / 4
    found = unit_spread(psi, plain_variance=float(np.sum(psi**2)), n=4, unit="group")
    assert found.variance == pytest.approx(x.var(ddof=1) / 4)
    assert found.n_effective == pytest.approx(3)
    assert found.freedom == 3


def test_rows_that_repeat_in_a_unit_count_once():
    x = np.array([1.0, 2.0, 4.0, 9.0])
    psi = (x - x.mean()) / 4
    twice = unit_spread(psi, plain_variance=float(np.sum(psi**2)) / 2, n=8, unit="group")
    assert twice.n_effective == pytest.approx(3)


def test_no_variance_leaves_the_number_of_units():
    found = unit_spread(np.zeros(5), plain_variance=0.0, n=50, unit="block")
    assert (found.error, found.n_effective, found.unit) == (0.0, 5.0, "block")


def test_a_single_unit_has_one_degree_of_freedom():
    assert unit_spread(np.array([0.5]), plain_variance=1.0, n=3, unit="group").freedom == 1


def test_skewness():
    assert skewness(8.0, 4.0) == 1.0
    assert skewness(1.0, 0.0) == 0.0
    assert Spread(0.04).error == pytest.approx(0.2)
