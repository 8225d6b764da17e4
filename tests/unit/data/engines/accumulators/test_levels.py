"""Counting flagged values and cutting into bins, against plain Python."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assay.data.engines.accumulators.levels import count_flagged, equal_mass_cuts, level_starts

NUMBER = st.floats(-5, 5) | st.sampled_from([0.0, 0.5, 1.0, 1.999999, 2.0, 1e-300])


@given(st.lists(st.tuples(NUMBER, st.booleans())))
def test_counts_of_each_value(rows):
    value = np.array([v + 0.0 for v, _ in rows])
    flag = np.array([f for _, f in rows], dtype=bool)
    levels, n_flag, n_rest = count_flagged(value, flag)
    counts = Counter((v + 0.0, f) for v, f in rows)
    assert levels.tolist() == sorted({v for v, _ in counts})
    assert n_flag.tolist() == [counts[level, True] for level in levels.tolist()]
    assert n_rest.tolist() == [counts[level, False] for level in levels.tolist()]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200), st.integers(1, 20))
def test_cuts_are_ascending_and_few(sample, n_bins):
    cuts = equal_mass_cuts(np.array(sample), n_bins)
    assert (np.diff(cuts) > 0).all()
    assert cuts.size <= 2 * n_bins


def test_bins_hold_about_the_same():
    sample = np.random.default_rng(0).random(10_000)
    cuts = equal_mass_cuts(sample, 100)
    counts = np.bincount(np.searchsorted(cuts, sample, side="right"))
    assert counts.tolist() == [100] * 100


def test_a_heavy_value_has_a_bin_of_its_own():
    sample = np.concatenate([np.full(500, 0.5), np.linspace(0, 1, 500)])
    cuts = equal_mass_cuts(sample, 10)
    at = np.searchsorted(cuts, [0.4999, 0.5, 0.5001], side="right")
    assert len(set(at.tolist())) == 3


def test_nothing():
    assert level_starts(np.zeros(0)).size == 0
    assert equal_mass_cuts(np.zeros(0), 4).size == 0
    assert [part.size for part in count_flagged(np.zeros(0), np.zeros(0, dtype=bool))] == [0, 0, 0]
