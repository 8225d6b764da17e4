"""Diebold and Mariano's test, and blocks of time."""

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from assay.stats.block_bootstrap import block_length, redraw_block_means
from assay.stats.diebold_mariano import diebold_mariano


def test_one_step_ahead_is_the_t_test():
    d = np.random.default_rng(0).normal(0.2, 1, size=40)
    found, wanted = diebold_mariano(d), ttest_1samp(d, 0.0)
    assert found.statistic == pytest.approx(wanted.statistic)
    assert found.p_value == pytest.approx(wanted.pvalue)


@pytest.mark.parametrize("h", [2, 3, 6])
def test_several_steps_ahead_by_the_formula(h):
    rng = np.random.default_rng(h)
    d = np.convolve(rng.normal(0.1, 1, size=70), np.ones(h), mode="valid")
    n, mean = len(d), d.mean()
    gamma = [np.sum((d[k:] - mean) * (d[: n - k] - mean)) / n for k in range(h)]
    plain = mean / np.sqrt((gamma[0] + 2 * sum(gamma[1:])) / n)
    wanted = plain * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    found = diebold_mariano(d, horizon=h)
    assert found.weights == "rectangular"
    assert found.statistic == pytest.approx(wanted)
    assert found.p_value == pytest.approx(2 * student.sf(abs(wanted), n - 1))
    assert found.interval()[0] == pytest.approx(mean - student.ppf(0.975, n - 1) * mean / wanted)


def test_bartlett_where_the_sum_is_not_positive():
    d = np.tile([1.0, -1.0], 10) + 0.01
    found = diebold_mariano(d, horizon=2)
    assert found.weights == "Bartlett"
    assert found.error > 0


def test_series_without_spread_and_horizons_too_long():
    assert diebold_mariano(np.zeros(5)).p_value == 1.0
    assert diebold_mariano(np.full(5, 0.1)).p_value == 0.0
    assert diebold_mariano(np.array([1.0, 2.0, 4.0]), horizon=9).horizon == 2


@pytest.mark.parametrize("stationary", [True, False])
def test_blocks_show_the_spread_of_a_dependent_mean(stationary):
    rng = np.random.default_rng(0)
    noise = np.convolve(rng.normal(size=3_004), np.ones(5) / 5, mode="valid")
    true = 1.0 / np.sqrt(len(noise))  # the long-run variance of a moving average is 1
    means = redraw_block_means(noise, length=60, n_draws=800, rng=rng, stationary=stationary)
    rows = noise.std() / np.sqrt(len(noise))
    assert means.std() == pytest.approx(true, rel=0.25)
    assert rows < 0.5 * true
    assert means.mean() == pytest.approx(noise.mean(), abs=3 * true / np.sqrt(800))


def test_blocks_of_one_are_the_plain_bootstrap():
    values = np.random.default_rng(1).normal(size=200)
    rng = np.random.default_rng(2)
    means = redraw_block_means(values, length=1, n_draws=2_000, rng=rng)
    assert means.std() == pytest.approx(values.std() / np.sqrt(200), rel=0.06)


def test_block_lengths():
    assert [block_length(n) for n in (1, 8, 27, 28)] == [1, 2, 3, 4]
    assert block_length(5, horizon=99) == 5
