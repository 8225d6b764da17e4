"""Ends of intervals and their quantiles."""

import pytest
from scipy.stats import norm, t

from assay.stats.interval import Interval, two_sided_quantile


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_quantiles_as_scipy(level):
    assert two_sided_quantile(level) == pytest.approx(norm.ppf((1 + level) / 2))
    expected = t.ppf((1 + level) / 2, 7)
    assert two_sided_quantile(level, freedom=7) == pytest.approx(expected)


def test_clipping_and_widening():
    assert Interval(-0.2, 1.3).clipped(0, 1) == (0, 1)
    assert Interval(0.2, 0.3).around(0.5) == (0.2, 0.5)
