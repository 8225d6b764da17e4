"""What is left of a number after several looks: by hand, and by simulation."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import stats

from assay.errors import InputError
from assay.evaluation.discipline.looks import (
    after_looks,
    look_band,
    sidak_level,
    sidak_p,
    taken_away,
)
from assay.result import Estimate


def test_band_is_the_formula():
    assert look_band(500, 7) == pytest.approx(sqrt(log(2 * 7 / 0.05) / 1000))
    assert look_band(500, 7, level=0.9) == pytest.approx(sqrt(log(2 * 7 / 0.1) / 1000))


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_band_holds_for_all_looks_at_once(correlation):
    """Accuracies of k models on the same rows, all right with probability p."""
    rng = np.random.default_rng(4)
    n, k, p, runs = 200, 8, 0.7, 2000
    shared = rng.normal(size=(runs, n, 1))
    own = rng.normal(size=(runs, n, k))
    mixed = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    accuracies = (mixed < stats.norm.ppf(p)).mean(axis=1)
    covered = (np.abs(accuracies - p) <= look_band(n, k)).all(axis=1).mean()
    assert covered >= 0.95


def test_best_of_k_is_significant_in_five_percent_of_null_runs():
    rng = np.random.default_rng(5)
    k = 6
    best = rng.random((20_000, k)).min(axis=1)
    rate = np.mean([sidak_p(p, k) <= 0.05 for p in best])
    assert rate == pytest.approx(0.05, abs=0.006)
    assert np.mean(best <= 0.05) > 0.2


def test_stretched_intervals_hold_together():
    """Six means of their own rows, each with a normal interval, hold together at 95 %."""
    rng = np.random.default_rng(6)
    k, n, runs = 6, 100, 3000
    draws = rng.normal(size=(runs, k)) / sqrt(n)
    one = Estimate(value=0.0, low=-1.959964 / sqrt(n), high=1.959964 / sqrt(n), n=n)
    wide = after_looks(one, k)
    assert wide.low is not None
    assert (np.abs(draws) <= -wide.low).all(axis=1).mean() == pytest.approx(0.95, abs=0.012)


def test_small_p_values_are_not_lost():
    assert sidak_p(1e-18, 5) == pytest.approx(5e-18)
    assert sidak_p(1.0, 5) == 1.0
    assert sidak_level(0.95, 1) == 0.95


def test_one_look_and_no_interval_change_nothing():
    plain = Estimate(value=0.8, low=0.7, high=0.9, n=10)
    assert after_looks(plain, 1) is plain
    bare = Estimate(value=0.8, n=10)
    assert after_looks(bare, 5) is bare
    missing = Estimate.undefined("nothing there")
    assert after_looks(missing, 5) is missing


@pytest.mark.parametrize(
    ("low", "high", "chance", "greater", "looks", "expected"),
    [
        (0.51, 0.61, 0.5, True, 1, False),
        (0.51, 0.61, 0.5, True, 10, True),
        (0.55, 0.65, 0.5, True, 10, False),
        (0.49, 0.59, 0.5, True, 10, False),  # was never shown
        (0.9, 0.99, 1.0, False, 10, True),
        (0.5, 0.6, 1.0, False, 10, False),
    ],
)
def test_when_a_verdict_is_taken_away(low, high, chance, greater, looks, expected):
    number = Estimate(value=(low + high) / 2, low=low, high=high, n=100)
    assert taken_away(number, looks, chance, greater_is_better=greater) is expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: look_band(10, 0),
        lambda: look_band(0, 1),
        lambda: sidak_p(0.1, 0),
        lambda: sidak_level(0.95, 0),
    ],
)
def test_counts_below_one(call):
    with pytest.raises(InputError, match="or more; found 0"):
        call()
