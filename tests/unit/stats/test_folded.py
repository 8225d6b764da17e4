"""Sums of absolute values of normal numbers, against draws and the folded normal law."""

import numpy as np
import pytest
from scipy.stats import foldnorm

from assay.stats.folded import folded_moments


@pytest.mark.parametrize("mean", [0.0, 0.5, -2.0])
def test_one_number_is_folded_normal(mean):
    law = foldnorm(abs(mean) / 1.5, scale=1.5)
    found = folded_moments(np.array([mean]), np.array([[2.25]]))
    assert found == pytest.approx((law.mean(), law.var()))


def test_without_variance_the_absolute_values_are_left():
    assert folded_moments(np.array([1.0, -2.0]), np.zeros((2, 2))) == pytest.approx((3.0, 0.0))


@pytest.mark.parametrize("size", [0.0, 0.3, 3.0])
def test_dependent_numbers_against_draws(size):
    rng = np.random.default_rng(0)
    root = rng.normal(size=(4, 4))
    covariance = root @ root.T
    mean = size * rng.normal(size=4)
    drawn = np.abs(rng.multivariate_normal(mean, covariance, 200_000)).sum(axis=1)
    found = folded_moments(mean, covariance)
    assert found[0] == pytest.approx(drawn.mean(), rel=0.01)
    assert found[1] == pytest.approx(drawn.var(), rel=0.1)  # two terms of the expansion
