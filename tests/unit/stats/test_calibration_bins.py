"""Bins of equal mass and of equal width."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.calibration_bins import equal_mass_bins, equal_width_bins


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.integers(1, 20))
def test_mass_bins_ascend_and_stay_in_range(weights, n_bins):
    place = equal_mass_bins(np.array(weights, dtype=float), n_bins)
    assert (np.diff(place) >= 0).all()
    assert 0 <= place[0] <= place[-1] < n_bins


def test_mass_bins_hold_equal_rows():
    assert np.bincount(equal_mass_bins(np.ones(150), 15)).tolist() == [10] * 15


def test_the_right_edge_belongs_to_the_last_bin():
    score = np.array([0.0, 0.0999, 0.5, 1.0])
    assert equal_width_bins(score, 10).tolist() == [0, 0, 5, 9]
