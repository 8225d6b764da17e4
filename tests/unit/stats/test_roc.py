"""Area and DeLong influences against a brute-force comparison of every pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from assay.stats.levels import Levels
from assay.stats.roc import area_under_roc

weights = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


def levels_from(pairs):
    positive, negative = np.array(pairs, dtype=float).T
    positive[0] += 1
    negative[-1] += 1
    return Levels(positive, negative)


def pairwise(levels):
    """Return area and DeLong variance from the m x n matrix of comparisons."""
    place = np.arange(len(levels.positive))
    pos = np.repeat(place, levels.positive.astype(int))
    neg = np.repeat(place, levels.negative.astype(int))
    kernel = (pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)
    v10, v01 = kernel.mean(axis=1), kernel.mean(axis=0)
    variance = [v.var(ddof=1) / len(v) if len(v) > 1 else 0.0 for v in (v10, v01)]
    return kernel.mean(), variance


@settings(deadline=None)
@given(weights)
def test_as_comparing_every_pair(pairs):
    levels = levels_from(pairs)
    found, (area, variance) = area_under_roc(levels), pairwise(levels)
    assert found.value == pytest.approx(area, abs=1e-12)
    sides = [(levels.positive, found.positive), (levels.negative, found.negative)]
    for (w, psi), expected in zip(sides, variance, strict=True):
        m = w.sum()
        if m > 1:
            assert np.sum(w * psi**2) * m / (m - 1) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(weights)
def test_influences_sum_to_zero(pairs):
    levels = levels_from(pairs)
    found = area_under_roc(levels)
    assert np.dot(levels.positive, found.positive) == pytest.approx(0, abs=1e-10)
    assert np.dot(levels.negative, found.negative) == pytest.approx(0, abs=1e-10)


@settings(deadline=None)
@given(weights)
def test_swapping_the_classes_gives_the_complement(pairs):
    levels = levels_from(pairs)
    other = area_under_roc(Levels(levels.negative, levels.positive))
    assert other.value == pytest.approx(1 - area_under_roc(levels).value)


def test_as_scikit_learn_with_weights():
    rng = np.random.default_rng(0)
    n = 500
    y, s, w = rng.random(n) < 0.3, rng.standard_normal(n).round(1), rng.gamma(1, size=n)
    distinct, place = np.unique(s, return_inverse=True)
    sides = [np.bincount(place[k], w[k], minlength=len(distinct)) for k in (y, ~y)]
    expected = roc_auc_score(y, s, sample_weight=w)
    assert area_under_roc(Levels(*sides)).value == pytest.approx(expected, abs=1e-12)


def test_influence_is_the_derivative():
    positive, negative = np.array([1.0, 2.0, 3.0]), np.array([4.0, 1.0, 0.5])
    found, step = area_under_roc(Levels(positive, negative)), 1e-6
    for place in range(3):
        more = positive + step * (np.arange(3) == place)
        slope = (area_under_roc(Levels(more, negative)).value - found.value) / step
        assert slope == pytest.approx(found.positive[place], abs=1e-5)
