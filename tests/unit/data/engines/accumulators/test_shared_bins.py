"""Bins found by even steps are those that a search finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assay.data.engines.accumulators.levels import equal_mass_cuts
from assay.data.engines.accumulators.shared_bins import SharedBins

numbers = st.floats(-1e6, 1e6, allow_nan=False)


@given(arrays(np.float64, st.integers(0, 40), elements=numbers), st.data())
def test_place_is_a_search(cuts, data):
    cuts = np.unique(cuts)
    values = data.draw(arrays(np.float64, st.integers(0, 60), elements=numbers))
    if cuts.size:
        values = np.concatenate([values, cuts, np.nextafter(cuts, -np.inf)])
    found = SharedBins(cuts).place(values)
    assert found.tolist() == np.searchsorted(cuts, values, side="right").tolist()


@pytest.mark.parametrize("law", ["uniform", "beta", "lognormal", "rounded", "cauchy"])
def test_place_of_many_bins(law):
    rng = np.random.default_rng(3)
    draws = {
        "uniform": rng.random,
        "beta": lambda n: rng.beta(2, 8, n),
        "lognormal": lambda n: rng.lognormal(0, 2, n),
        "rounded": lambda n: rng.random(n).round(3),
        "cauchy": rng.standard_cauchy,
    }
    cuts = equal_mass_cuts(draws[law](50_000), 4_096)
    values = np.concatenate(
        [draws[law](20_000), cuts, [-1e308, 1e308, np.inf, -np.inf, -0.0, 0.0]]
    )
    found = SharedBins(cuts).place(values)
    assert np.array_equal(found, np.searchsorted(cuts, values, side="right"))


def test_the_last_batch_is_not_mistaken_for_another():
    bins = SharedBins(np.array([0.5]))
    assert bins.place(np.array([0.1, 0.9])).tolist() == [0, 1]
    assert bins.place(np.array([0.1, 0.9])).tolist() == [0, 1]
    assert bins.place(np.array([0.9, 0.1])).tolist() == [1, 0]
    assert bins.place(np.zeros(0)).tolist() == []


def test_without_cuts_there_is_one_bin():
    bins = SharedBins(np.zeros(0))
    assert bins.n_bins == 1
    assert bins.place(np.array([1.0, -1.0])).tolist() == [0, 0]
