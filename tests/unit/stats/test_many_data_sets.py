"""Models over many data sets."""

import numpy as np
import pytest
from scipy.stats import friedmanchisquare, studentized_range, wilcoxon

from assay.stats.many_data_sets import mean_ranks, signed_ranks

# Demsar 2006, table 6: AUC of C4.5 with four settings on 14 data sets
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)


def test_the_ranks_and_the_distance_of_demsar():
    found = mean_ranks(DEMSAR)
    assert found.ranks.round(3).tolist() == [3.143, 2.0, 2.893, 1.964]
    assert found.critical_distance == pytest.approx(1.25, abs=0.01)
    assert mean_ranks(DEMSAR, level=0.9).critical_distance == pytest.approx(1.12, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_friedman_as_scipy(seed):
    scores = np.random.default_rng(seed).normal(size=(9, 4)).round(1 if seed % 2 else 6)
    found, wanted = mean_ranks(scores), friedmanchisquare(*scores.T)
    assert found.statistic == pytest.approx(wanted.statistic)
    assert found.p_value == pytest.approx(wanted.pvalue)


def test_nemenyi_as_the_studentised_range():
    scores = np.random.default_rng(2).normal(size=(12, 5))
    found = mean_ranks(scores)
    error = np.sqrt(5 * 6 / (12 * 12))
    expected = studentized_range.sf(
        np.abs(found.ranks[:, None] - found.ranks[None]) / error, 5, np.inf
    )
    np.testing.assert_allclose(found.pair_p_values, expected, atol=1e-4)
    assert found.critical_distance == pytest.approx(
        studentized_range.ppf(0.95, 5, np.inf) * error, rel=1e-4
    )


def test_everything_tied():
    found = mean_ranks(np.ones((6, 3)))
    assert (found.statistic, found.p_value) == (0.0, 1.0)
    assert found.ranks.tolist() == [2.0, 2.0, 2.0]


def test_wilcoxon_as_scipy_and_zeros_left_out():
    d = np.random.default_rng(0).normal(0.5, 1, size=15)
    wanted = wilcoxon(d)
    found = signed_ranks(d)
    assert (found.statistic, found.p_value) == pytest.approx((wanted.statistic, wanted.pvalue))
    assert signed_ranks([*d, 0.0, 0.0]) == found
    assert signed_ranks([0.0] * 6).p_value == 1.0
