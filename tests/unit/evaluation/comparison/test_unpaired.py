"""Two estimates compared by their own intervals: against the textbook's two-sample z."""

from math import sqrt

import pytest
from scipy.stats import norm

from assay.evaluation.comparison.unpaired import compare_unpaired
from assay.result import Estimate


def normal(value, se, *, level=0.95, n=400):
    z = norm.ppf((1 + level) / 2)
    return Estimate(value=value, low=value - z * se, high=value + z * se, level=level, n=n)


def compared(new, old, **more):
    options = {"metric": "accuracy", "title": "Accuracy", "greater_is_better": True} | more
    return compare_unpaired(("new", "old"), (new, old), **options)


def test_symmetric_intervals_give_the_two_sample_z_test():
    found = compared(normal(0.84, 0.02), normal(0.80, 0.015))
    se = sqrt(0.02**2 + 0.015**2)
    assert found.difference.value == pytest.approx(0.04)
    assert found.difference.low == pytest.approx(0.04 - norm.ppf(0.975) * se)
    assert found.difference.high == pytest.approx(0.04 + norm.ppf(0.975) * se)
    assert found.p_value == pytest.approx(2 * norm.sf(0.04 / se))
    assert found.verdict == "not shown to be better"
    assert "npaired" in found.notes[0]


@pytest.mark.parametrize("gap", [-0.2, -0.06, -0.049, 0.049, 0.06, 0.3])
def test_p_is_below_five_per_cent_exactly_where_the_interval_leaves_zero_out(gap):
    lopsided = Estimate(value=0.5 + gap, low=0.49 + gap, high=0.54 + gap, n=100)
    found = compared(lopsided, Estimate(value=0.5, low=0.46, high=0.52, n=100))
    outside = found.difference.low > 0 or found.difference.high < 0
    assert (found.p_value < 0.05) == outside


def test_less_is_better_turns_the_sign_and_the_ends():
    more = compared(Estimate(value=3.0, low=2.9, high=3.4), Estimate(value=4.0, low=3.5, high=4.1))
    less = compared(
        Estimate(value=3.0, low=2.9, high=3.4),
        Estimate(value=4.0, low=3.5, high=4.1),
        greater_is_better=False,
    )
    assert less.difference.value == -more.difference.value == 1.0
    assert less.difference.low == pytest.approx(-more.difference.high)
    assert (less.verdict, more.verdict) == ("better", "worse")


def test_equal_numbers_have_no_difference():
    found = compared(normal(0.8, 0.01), normal(0.8, 0.01))
    assert found.p_value == 1.0
    assert found.difference.value == 0


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (Estimate.undefined("no positive row"), "no positive row"),
        (Estimate(value=0.5, n=3), "no interval"),
        (normal(0.5, 0.1, level=0.9), "levels differ"),
    ],
)
def test_what_cannot_be_compared_is_undefined_with_its_reason(other, reason):
    found = compared(normal(0.8, 0.01), other)
    assert reason in found.difference.reason
    assert found.p_value is None
    assert found.verdict == "not shown to be better"
