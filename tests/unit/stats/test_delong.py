"""DeLong's paired test of ROC areas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from assay.stats.delong import paired_areas


def by_pairs(scores, positive):
    """Areas and covariance by comparing every positive with every negative."""
    placed, rows = [], []
    for score in scores:
        x, y = score[positive][:, None], score[~positive][None, :]
        psi = (x > y) + 0.5 * (x == y)
        placed.append((psi.mean(axis=1), psi.mean(axis=0)))
        rows.append(psi.mean())
    s10 = np.cov(np.stack([first for first, _ in placed]))
    s01 = np.cov(np.stack([second for _, second in placed]))
    return np.array(rows), s10 / positive.sum() + s01 / (~positive).sum()


def made(seed, n=60, ties=True, models=3):
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.4
    scores = [positive * 1.0 + rng.normal(size=n) for _ in range(models)]
    return [each.round(1) if ties else each for each in scores], positive


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ties", [True, False])
def test_as_every_pair_compared(seed, ties):
    scores, positive = made(seed, ties=ties)
    found = paired_areas(scores, positive)
    areas, covariance = by_pairs(scores, positive)
    np.testing.assert_allclose(found.areas, areas, atol=1e-12)
    np.testing.assert_allclose(found.covariance, covariance, atol=1e-12)
    apart = areas[0] - areas[1]
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert found.z == pytest.approx(apart / error)
    assert found.p_value == pytest.approx(2 * norm.sf(abs(apart / error)))


def test_by_hand():
    # placements of the positives 2/3 1 2/3 and 1/3 1 1/3; of the negatives see the sums
    y = np.array([True, True, True, False, False, False])
    one, other = np.array([6.0, 5, 3, 4, 2, 1]), np.array([6.0, 3, 2, 5, 4, 1])
    found = paired_areas([one, other], y)
    assert found.areas == pytest.approx([8 / 9, 5 / 9])
    np.testing.assert_allclose(found.covariance, by_pairs([one, other], y)[1], atol=1e-12)


def test_areas_as_scikit_learn_with_weights():
    scores, positive = made(1)
    weight = np.random.default_rng(2).uniform(0.2, 3, size=len(positive))
    found = paired_areas(scores, positive, weight=weight)
    expected = [roc_auc_score(positive, each, sample_weight=weight) for each in scores]
    assert found.areas == pytest.approx(expected)


def test_equal_rankings_do_not_differ():
    scores, positive = made(0)
    found = paired_areas([scores[0], scores[0] * 7 + 3], positive)
    assert (found.difference, found.error, found.z, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_swapping_turns_it_round():
    scores, positive = made(4, models=2)
    one, other = paired_areas(scores, positive), paired_areas(scores[::-1], positive)
    assert one.z == pytest.approx(-other.z)
    assert one.freedom == pytest.approx(other.freedom)


@given(arrays(np.float64, 24, elements=st.floats(-5, 5, width=16)))
def test_any_increasing_map_changes_nothing(score):
    positive = np.arange(24) % 3 == 0
    other = np.random.default_rng(0).normal(size=24)
    one = paired_areas([score, other], positive)
    mapped = paired_areas([np.unique(score, return_inverse=True)[1] * 1.0, other], positive)
    np.testing.assert_allclose(one.covariance, mapped.covariance, atol=1e-12)


def test_units_of_one_row_are_rows_but_for_the_small_sample_factor():
    scores, positive = made(3, n=2_000)
    plain = paired_areas(scores, positive)
    found = paired_areas(scores, positive, unit=np.arange(len(positive)))
    np.testing.assert_allclose(found.covariance, plain.covariance, rtol=5e-3, atol=1e-7)


def test_rows_in_twice_as_units_have_the_spread_of_rows_once():
    scores, positive = made(3, n=400)
    twice = [np.repeat(each, 2) for each in scores]
    unit = np.repeat(np.arange(400), 2)
    once = paired_areas(scores, positive, unit=np.arange(400))
    found = paired_areas(twice, np.repeat(positive, 2), unit=unit)
    np.testing.assert_allclose(found.covariance, once.covariance, rtol=1e-9)


def test_weights_are_not_repetitions_but_scale_does_not_matter():
    scores, positive = made(5)
    weight = np.random.default_rng(1).uniform(0.5, 2, size=len(positive))
    one = paired_areas(scores, positive, weight=weight)
    other = paired_areas(scores, positive, weight=weight * 10)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-9)
