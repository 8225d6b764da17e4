"""The mean over queries and its interval."""

import numpy as np
import pytest
from scipy import stats

from assay.metrics.ranking.estimate import query_mean
from assay.stats.rate import wilson


def test_symmetric_values_have_students_interval():
    values = np.array([0.2, 0.4, 0.5, 0.6, 0.8] * 10)
    found = query_mean(values)
    theirs = stats.t.interval(0.95, 49, loc=values.mean(), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-3)
    assert found.n == 50


def test_zeros_and_ones_have_wilsons_interval():
    found = query_mean(np.array([1.0] * 30 + [0.0] * 10))
    assert (found.low, found.high) == pytest.approx(tuple(wilson(0.75, 40)))


def test_groups_are_the_sample_where_they_were_declared():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(30), 20)
    values = np.clip(0.5 + rng.normal(0, 0.2, 30)[group] + rng.normal(0, 0.01, 600), 0, 1)
    alone, grouped = query_mean(values), query_mean(values, group=group)
    assert grouped.high - grouped.low > 3 * (alone.high - alone.low)
    by_group = values.reshape(30, 20).mean(axis=1)
    error = by_group.std(ddof=1) / np.sqrt(30)
    assert grouped.high - grouped.low == pytest.approx(
        2 * stats.t.ppf(0.975, 29) * error, rel=0.05
    )


def test_weights_equal_repetition_of_the_value():
    values, times = np.array([0.1, 0.9, 0.5]), np.array([1.0, 3.0, 2.0])
    assert query_mean(values, weight=times).value == pytest.approx(
        query_mean(np.repeat(values, times.astype(int))).value
    )
    assert query_mean(values, weight=times).n_effective == pytest.approx(36 / 14)
    assert query_mean(np.array([np.nan, 0.5, 0.7]), weight=np.array([1.0, 1, 0])).value == 0.5


def test_nothing_and_one_query():
    none = query_mean(np.array([np.nan]))
    assert (none.value, none.reason) == (None, "no query has a relevant document")
    one = query_mean(np.array([0.4]))
    assert one.value == 0.4
    assert one.low < 0.4 < one.high
    assert one.too_few


def test_a_perfect_ranking_is_not_sure_to_stay_so():
    found = query_mean(np.ones(50))
    assert found.high == 1
    assert found.low == pytest.approx(wilson(1.0, 50).low)


def test_intervals_cover_skewed_means():
    rng = np.random.default_rng(4)
    drawn = rng.beta(4, 0.5, size=(400, 60))  # most queries near 1, as NDCG has it
    covered = [query_mean(each).covers(8 / 9) for each in drawn]
    assert 0.92 <= np.mean(covered) <= 0.98
