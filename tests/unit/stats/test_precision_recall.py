"""Average precision against scikit-learn, and its influences against derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from assay.stats.levels import Levels
from assay.stats.precision_recall import average_precision_of

weights = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


@settings(deadline=None)
@given(weights)
def test_as_scikit_learn_with_ties(pairs):
    positive, negative = np.array(pairs).T
    positive[0] += 1
    place = np.arange(len(positive))
    s = np.concatenate([np.repeat(place, positive), np.repeat(place, negative)])
    y = np.repeat([True, False], [positive.sum(), negative.sum()])
    found = average_precision_of(Levels(positive.astype(float), negative.astype(float)))
    assert found.value == pytest.approx(average_precision_score(y, s), abs=1e-12)


@settings(deadline=None)
@given(weights)
def test_influences_are_derivatives_and_sum_to_zero(pairs):
    positive, negative = np.array(pairs, dtype=float).T + 0.5
    found, step = average_precision_of(Levels(positive, negative)), 1e-6
    total = np.dot(positive, found.positive) + np.dot(negative, found.negative)
    assert total == pytest.approx(0, abs=1e-9)
    for place in range(len(positive)):
        bump = step * (np.arange(len(positive)) == place)
        up = average_precision_of(Levels(positive + bump, negative)).value
        down = average_precision_of(Levels(positive - bump, negative)).value
        assert (up - down) / (2 * step) == pytest.approx(found.positive[place], abs=1e-6)
        up = average_precision_of(Levels(positive, negative + bump)).value
        down = average_precision_of(Levels(positive, negative - bump)).value
        assert (up - down) / (2 * step) == pytest.approx(found.negative[place], abs=1e-6)


def test_one_score_for_all_is_the_prevalence():
    found = average_precision_of(Levels(np.array([3.0]), np.array([7.0])))
    assert found.value == pytest.approx(0.3)


def test_levels_without_weight_on_top_change_nothing():
    one = average_precision_of(Levels(np.array([1.0, 2.0]), np.array([2.0, 1.0])))
    other = average_precision_of(Levels(np.array([1.0, 2.0, 0.0]), np.array([2.0, 1.0, 0.0])))
    assert other.value == one.value
    assert np.isfinite(other.positive).all()
    assert np.isfinite(other.negative).all()
