"""Generalised entropy: row by row, at the ends of its range, and what its interval covers."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assay.bias.cells import GroupCells
from assay.bias.post_training.generalized_entropy import generalized_entropy
from assay.bias.split import FacetTables, Split

BENEFIT = np.array([[1.0, 2.0], [0.0, 1.0]])  # by label and prediction


def measure(counts, weights=None, group="d", versus=None):
    cells = GroupCells.from_counts(["a", "d"], counts, weights=weights)
    return generalized_entropy(
        Split.of(FacetTables(groups=cells.groups, cells=cells), group, versus)
    )


@settings(max_examples=30, deadline=None)
@given(
    counts=hnp.arrays(np.int64, (2, 2, 2), elements=st.integers(1, 20)),
    weights=hnp.arrays(np.float64, (2, 2, 2), elements=st.sampled_from([0.5, 1.0, 4.0])),
)
def test_row_by_row(counts, weights):
    benefit = np.repeat(np.broadcast_to(BENEFIT, (2, 2, 2)).ravel(), counts.ravel())
    weight = np.repeat(weights.ravel(), counts.ravel())
    mean = np.average(benefit, weights=weight)
    index = 0.5 * np.average((benefit / mean) ** 2 - 1, weights=weight)
    assert measure(counts, weights).value == pytest.approx(index)


def test_it_is_of_all_rows_whichever_group_is_asked_about():
    counts = [[[30, 4], [9, 20]], [[8, 5], [2, 9]]]
    one, other = measure(counts), measure(counts, group="a", versus="d")
    assert one.value == other.value
    assert one.ends(0.95) == other.ends(0.95)
    assert one.n == 87
    assert (one.n_group, one.n_rest) == (24, 63)


def test_without_mistakes_it_is_zero_and_may_be_more():
    found = measure([[[50, 0], [0, 50]], [[20, 0], [0, 30]]])
    assert found.value == 0
    low, high = found.ends(0.95)
    assert low == 0
    assert 0.005 < high < 0.05  # at most 2.5 % errors, all of them misses
    assert found.warnings[0].startswith("too few: 0 wrong predictions")


def test_misses_alone_have_no_upper_end_where_all_may_be_missed():
    found = measure([[[0, 0], [40, 0]], [[0, 0], [40, 1]]])
    assert found.ends(0.95).high > 20
    assert found.value == pytest.approx(0.5 * 80)
    assert measure([[[0, 9], [0, 0]], [[0, 9], [0, 0]]]).value == 0  # all alike


def test_false_positives_alone_are_worst_at_a_third():
    # ½ e (1 - e) / (1 + e)² grows up to e = 1/3 and falls beyond; the interval spans the top.
    found = measure([[[66, 34], [0, 0]], [[34, 17], [0, 0]]])
    assert found.ends(0.95).high >= 1 / 16
    assert found.value < 1 / 16 + 1e-9


@pytest.mark.parametrize(
    "shares",
    [
        [0.4, 0.1, 0.1, 0.4],
        [0.05, 0.05, 0.3, 0.6],
        [0.5, 0.3, 0.02, 0.18],
        [0.45, 0.02, 0.02, 0.51],
    ],
)
def test_the_interval_covers(shares):
    rng = np.random.default_rng(11)
    fp, fn = shares[1], shares[2]
    truth = 0.5 * ((1 + 3 * fp - fn) / (1 + fp - fn) ** 2 - 1)
    drawn = rng.multinomial(500, shares, size=1_000).reshape(-1, 2, 2)
    ends = [measure(np.stack([each, 0 * each])).ends(0.95) for each in drawn]
    covered = np.mean([low <= truth <= high for low, high in ends])
    assert 0.93 <= covered <= 0.975


def test_any_level_has_an_interval():
    found = measure([[[30, 4], [9, 20]], [[8, 5], [2, 9]]])
    low, high = found.ends(0.99999)
    assert 0 <= low < found.ends(0.95).low < found.ends(0.95).high < high < inf
