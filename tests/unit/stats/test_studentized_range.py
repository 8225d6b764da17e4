"""How wide an interval must be where its pair was chosen."""

import numpy as np
import pytest
from scipy import stats

from assay.stats.studentized_range import range_level


@pytest.mark.parametrize("n_groups", [2, 3, 10, 100])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_it_agrees_with_scipy(n_groups, level):
    q = stats.studentized_range.ppf(level, n_groups, np.inf)
    expected = 2 * stats.norm.cdf(q / np.sqrt(2)) - 1
    assert range_level(n_groups, level) == pytest.approx(expected, abs=1e-6)


def test_more_groups_ask_for_wider_intervals_but_never_wider_than_sidak():
    levels = [range_level(k) for k in (2, 5, 20, 100, 200)]
    assert levels == sorted(levels)
    for k, level in zip((2, 5, 20, 100, 200), levels, strict=True):
        assert level <= 0.95 ** (2 / (k * (k - 1))) + 1e-9


def test_the_largest_difference_is_covered():
    rng = np.random.default_rng(0)
    drawn = rng.standard_normal((40_000, 12))
    half = stats.norm.ppf((1 + range_level(12)) / 2) * np.sqrt(2)
    assert (np.ptp(drawn, axis=1) <= half).mean() == pytest.approx(0.95, abs=0.005)
