"""Ratio of two shares of the same rows."""

from math import inf, log, sqrt

import numpy as np
import pytest

from assay.stats.paired_ratio import paired_ratio


def by_the_printed_formula(both: int, only: int, other: int, z: float) -> tuple[float, float]:
    """Bonett and Price's formulas (1) to (3), as printed: counts, not shares."""
    first, second, n = both + only, both + other, both + only + other
    a = sqrt((only + other + 2) / ((first + 1) * (second + 1)))
    b = sqrt((1 - (first + 1) / (n + 2)) / (first + 1))
    c = sqrt((1 - (second + 1) / (n + 2)) / (second + 1))
    z *= a / (b + c)

    def end(count: int, sign: int) -> float:
        root = sqrt(z**2 + 4 * count * (1 - count / n))
        return (2 * count + z**2 + sign * z * root) / (2 * (n + z**2))

    return end(first, -1) / end(second, 1), end(first, 1) / end(second, -1)


@pytest.mark.parametrize("counts", [(1, 1, 7), (59, 6, 16), (40, 10, 5), (3, 0, 4)])
def test_the_printed_formula(counts):
    assert paired_ratio(*counts) == pytest.approx(by_the_printed_formula(*counts, 1.959964))


def test_for_many_rows_it_is_the_interval_of_the_log_ratio():
    low, high = paired_ratio(40_000, 10_000, 5_000)
    error = sqrt(15_000 / (50_000 * 45_000))
    assert log(high / low) == pytest.approx(2 * 1.959964 * error, rel=1e-3)


def test_swapping_the_kinds_inverts_the_ends():
    low, high = paired_ratio(12, 7, 3)
    turned = paired_ratio(12, 3, 7)
    assert (low, high) == pytest.approx((1 / turned.high, 1 / turned.low))


def test_nothing_of_either_kind():
    assert paired_ratio(0, 5, 0).high == inf
    assert paired_ratio(0, 5, 0).low > 0
    assert paired_ratio(0, 0, 5).low == 0


@pytest.mark.parametrize("freedom", [None, 1])
def test_any_level(freedom):
    ends = [paired_ratio(12, 7, 3, level=at, freedom=freedom) for at in (0.5, 0.95, 0.99999)]
    assert np.all(np.diff([end.low for end in ends]) < 0)
    assert np.all(np.diff([end.high for end in ends]) > 0)
