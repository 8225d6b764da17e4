"""When train rows are scored better than others, and when that counts."""

import pytest

from assay.evaluation.fit.gap import train_gap
from assay.result import Estimate


def estimate(value, half, n=500):
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def gap(train, judged, *, greater=True):
    return train_gap("m", "M", greater_is_better=greater, train=train, judged=judged)


@pytest.mark.parametrize(
    ("train", "judged", "large"),
    [
        ((0.95, 0.01), (0.80, 0.02), True),
        ((0.95, 0.01), (0.87, 0.02), False),  # 0.08 is less than a tenth of 0.95
        ((0.20, 0.005), (0.16, 0.005), True),  # 0.04 is above 0.03 and a tenth of 0.2
        ((0.20, 0.005), (0.175, 0.005), False),  # below 0.03
        ((0.95, 0.2), (0.80, 0.2), False),  # the interval reaches 0
        ((0.80, 0.01), (0.95, 0.01), False),  # better on others
    ],
)
def test_a_gap_of_scores_counts_by_size_and_interval(train, judged, large):
    assert gap(estimate(*train), estimate(*judged)).large is large


def test_a_gap_of_errors_is_positive_where_train_errors_are_smaller():
    found = gap(estimate(20.0, 1.0), estimate(26.0, 1.5), greater=False)
    assert found.difference.value == pytest.approx(6.0)
    assert found.difference.low == pytest.approx(6 - (1 + 1.5**2) ** 0.5)
    assert found.difference.high == pytest.approx(6 + (1 + 1.5**2) ** 0.5)
    assert found.bound == pytest.approx(2.6)
    assert found.large


def test_without_a_value_or_an_interval_there_is_no_gap():
    one = estimate(0.9, 0.01)
    assert gap(Estimate.undefined("no positive", n=5), one) == (
        "M is undefined on the train rows: no positive"
    )
    assert gap(one, Estimate(value=0.8, n=1, reason="one row")) == (
        "M has no interval on the judged rows"
    )
