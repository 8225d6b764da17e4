"""How wide intervals must be so that all of them hold."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assay.stats.max_t import max_abs_quantile


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n", [1, 2, 10, 300])
def test_numbers_that_stand_alone_need_sidaks_level(n):
    found = max_abs_quantile([], n_alone=n, rng=rng())
    assert found.level == pytest.approx(0.95 ** (1 / n), abs=1e-9)
    assert found.n_numbers == n


def test_no_number_needs_no_more_than_one():
    assert max_abs_quantile([], rng=rng()).critical == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_independent_numbers_of_a_block_agree_with_sidak(level):
    found = max_abs_quantile([np.eye(20)], level=level, rng=rng(1), n_draws=40_000)
    assert found.critical == pytest.approx(stats.norm.ppf((1 + level ** (1 / 20)) / 2), abs=0.03)


def test_the_same_number_many_times_counts_once():
    block = rng(2).normal(size=(30, 1)) @ rng(3).normal(size=(1, 50))
    found = max_abs_quantile([block], rng=rng(4), n_draws=40_000)
    assert found.critical == pytest.approx(1.96, abs=0.02)
    assert found.n_numbers == 50


def test_two_correlated_numbers_agree_with_the_bivariate_law():
    rho = 0.7
    block = np.linalg.cholesky(np.array([[1, rho], [rho, 1]])).T
    found = max_abs_quantile([block], rng=rng(5), n_draws=100_000)
    c = found.critical
    law = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    within = law.cdf([c, c], lower_limit=[-c, -c])
    assert within == pytest.approx(0.95, abs=0.004)


def test_tukeys_studentised_range_is_met():
    k = 6
    pairs = [(i, j) for i in range(k) for j in range(i)]
    block = np.zeros((k, len(pairs)))
    for at, (i, j) in enumerate(pairs):
        block[i, at], block[j, at] = 1.0, -1.0
    found = max_abs_quantile([block], rng=rng(6), n_draws=100_000)
    expected = stats.studentized_range.ppf(0.95, k, np.inf) / np.sqrt(2)
    assert found.critical == pytest.approx(expected, abs=0.02)


def test_blocks_count_as_independent_of_each_other():
    block = rng(7).normal(size=(8, 5))
    apart = max_abs_quantile([block, block], rng=rng(8), n_draws=60_000)
    together = max_abs_quantile([np.hstack([block, block])], rng=rng(8), n_draws=60_000)
    alone = max_abs_quantile([block], level=0.95**0.5, rng=rng(9), n_draws=60_000)
    assert apart.critical == pytest.approx(alone.critical, abs=0.03)
    assert together.critical < apart.critical


def test_a_number_without_variance_stands_alone():
    block = np.zeros((4, 10))
    found = max_abs_quantile([block], rng=rng())
    assert found == max_abs_quantile([], n_alone=10, rng=rng())


@given(st.integers(0, 5), st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**31))
def test_it_lies_between_one_number_and_sidak(n_alone, n_parts, n_numbers, seed):
    block = rng(seed).normal(size=(n_parts, n_numbers))
    found = max_abs_quantile([block], n_alone=n_alone, rng=rng(seed), n_draws=4_000)
    sidak = max_abs_quantile([], n_alone=n_alone + n_numbers, rng=rng())
    assert 1.9599 < found.critical < sidak.critical + 0.15
    assert found.n_numbers == n_alone + n_numbers
    assert found == max_abs_quantile([block * 7], n_alone=n_alone, rng=rng(seed), n_draws=4_000)


def test_a_narrow_and_a_long_block_give_the_same_law():
    short = rng(10).normal(size=(6, 6))
    turned = np.linalg.qr(rng(11).normal(size=(60, 6)))[0] @ short
    one = max_abs_quantile([short], rng=rng(12), n_draws=60_000)
    other = max_abs_quantile([turned], rng=rng(13), n_draws=60_000)
    assert one.critical == pytest.approx(other.critical, abs=0.03)


def test_two_thousand_numbers_take_little_time():
    block = rng(14).normal(size=(400, 2_000))
    begun = perf_counter()
    found = max_abs_quantile([block], rng=rng(15))
    assert perf_counter() - begun < 5  # about 0.3 s on a machine that is not busy
    assert 4.0 < found.critical < 4.4


def test_coverage_of_all_together():
    generator = rng(16)
    block = generator.normal(size=(10, 40))
    found = max_abs_quantile([block], rng=generator)
    drawn = generator.standard_normal((40_000, 10)) @ (block / np.linalg.norm(block, axis=0))
    assert (np.abs(drawn).max(axis=1) <= found.critical).mean() == pytest.approx(0.95, abs=0.01)
