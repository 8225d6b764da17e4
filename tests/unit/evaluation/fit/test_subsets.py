"""Subsets of a learning curve are fair and nested."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assay.evaluation.fit.subsets import curve_sizes, nested_order


@given(st.integers(0, 100_000), st.integers(0, 30))
def test_sizes_ascend_to_all_rows(n, classes):
    sizes = curve_sizes(n, n_classes=classes)
    if sizes.size:
        assert sizes[-1] == n
        assert (np.diff(sizes) > 0).all()
        assert sizes[0] >= max(50, 10 * classes)
        assert sizes.size <= 5


@given(st.lists(st.integers(0, 3), min_size=1, max_size=200), st.integers(0, 5))
def test_an_order_holds_every_row_once(codes, seed):
    order = nested_order(np.array(codes), None, len(codes), np.random.default_rng(seed))
    assert sorted(order.tolist()) == list(range(len(codes)))


def test_every_beginning_has_about_the_shares_of_the_classes():
    classes = np.repeat([0, 1, 2], [700, 250, 50])
    order = nested_order(classes, None, 1000, np.random.default_rng(1))
    for size in (100, 300, 620):
        found = np.bincount(classes[order[:size]], minlength=3) / size
        np.testing.assert_allclose(found, [0.7, 0.25, 0.05], atol=0.02)


def test_rows_of_a_unit_stay_together():
    unit = np.repeat(np.arange(40), 5)
    order = nested_order(None, unit, 200, np.random.default_rng(2))
    for size in range(5, 201, 5):
        assert np.unique(unit[order[:size]]).size == size // 5


def test_another_seed_gives_another_order():
    first = nested_order(None, None, 100, np.random.default_rng(1))
    second = nested_order(None, None, 100, np.random.default_rng(2))
    assert (first != second).any()
