"""Metrics of counts: what must hold for any table."""

from dataclasses import replace
from itertools import pairwise
from math import inf, isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assay.bias.catalogue import find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split
from assay.tables.units import CellsByUnit

NAMES = (
    "CI",
    "facet_imbalance_among_positives",
    "facet_imbalance_among_negatives",
    "DPL",
    "DPPL",
    "DI",
    "DCA",
    "DCR",
    "AD",
    "RD",
    "SD",
    "DAR",
    "DRR",
    "TE",
    "GE",
    "equal_opportunity_difference",
    "false_positive_rate_difference",
    "predictive_parity_difference",
    "average_odds_difference",
    "equalized_odds_difference",
    "f1_difference",
    "balanced_accuracy_difference",
)
SYMMETRIC = ("GE", "equalized_odds_difference")
few = settings(max_examples=15, deadline=None)
counts = hnp.arrays(np.int64, (3, 2, 2), elements=st.integers(0, 30))
filled = hnp.arrays(np.int64, (3, 2, 2), elements=st.integers(1, 30))
weights = hnp.arrays(np.float64, (3, 2, 2), elements=st.sampled_from([0.5, 1.0, 2.0, 3.5]))


def cells_of(table, weight=None):
    return GroupCells.from_counts(["a", "b", "d"], table, weights=weight)


def measure(name, cells, group="d", versus=None):
    tables = FacetTables(groups=cells.groups, cells=cells)
    return find_bias_metric(name).function(Split.of(tables, group, versus))


def same(one, other):
    assert one.value == pytest.approx(other.value)
    assert one.reason == other.reason
    assert (one.n_group, one.n_rest, one.warnings) == (other.n_group, other.n_rest, other.warnings)
    if one.value is not None:
        assert one.ends(0.95) == pytest.approx(other.ends(0.95), abs=1e-6, rel=1e-6)


@few
@given(table=counts, weight=weights, seed=st.integers(0, 99))
def test_the_order_of_cells_does_not_matter(table, weight, seed):
    for name in NAMES:
        cells = cells_of(table, weight)
        order = np.random.default_rng(seed).permutation(len(cells.n))
        arrays = ("group", "n", "w", "w2", "positive", "predicted", "label", "prediction")
        moved = replace(cells, **{key: getattr(cells, key)[order] for key in arrays})
        same(measure(name, cells), measure(name, moved))


@few
@given(table=counts, weight=weights)
def test_the_places_of_groups_do_not_matter(table, weight):
    for name in NAMES:
        cells = cells_of(table, weight)
        moved = replace(cells, groups=("d", "a", "b"), group=(cells.group + 1) % 3)
        same(measure(name, cells), measure(name, moved))


@few
@given(table=counts, weight=weights, factor=st.sampled_from([0.01, 3.0, 1e6]))
def test_the_scale_of_weights_does_not_matter(table, weight, factor):
    for name in NAMES:
        same(
            measure(name, cells_of(table, weight)), measure(name, cells_of(table, factor * weight))
        )


@few
@given(table=counts)
def test_weights_of_one_are_no_weights(table):
    for name in NAMES:
        same(measure(name, cells_of(table)), measure(name, cells_of(table, np.ones(table.shape))))


@few
@given(table=counts, weight=weights)
def test_swapping_the_facets_turns_the_sign(table, weight):
    for name in NAMES:
        cells = cells_of(table, weight)
        one, other = measure(name, cells, "d", "a"), measure(name, cells, "a", "d")
        assert (one.value is None) == (other.value is None)
        if one.value is None:
            continue
        low, high = one.ends(0.95)
        if name in SYMMETRIC:
            turned, ends = one.value, (low, high)
        elif name == "DI":
            turned, ends = inverse(one.value), (inverse(high), inverse(low))
        else:
            turned, ends = -one.value, (-high, -low)
        assert other.value == pytest.approx(turned)
        assert other.ends(0.95) == pytest.approx(ends, abs=1e-6, rel=1e-6)


def tied(cells):
    recall, false = (
        measure(name, cells).value for name in ("RD", "false_positive_rate_difference")
    )
    return abs(abs(recall) - abs(false)) < 1e-3 or max(abs(recall), abs(false)) < 1e-3


def inverse(ratio):
    return inf if ratio == 0 else 1 / ratio


@few
@given(table=counts, weight=weights)
def test_range_of_value_and_interval(table, weight):
    for name in NAMES:
        found, metric = measure(name, cells_of(table, weight)), find_bias_metric(name)
        if found.value is None:
            continue
        lower = -inf if metric.lower_bound is None else metric.lower_bound
        upper = inf if metric.upper_bound is None else metric.upper_bound
        for level in (0.5, 0.95, 0.99999):
            low, high = found.ends(level)
            assert lower - 1e-9 <= low <= found.value <= high <= upper + 1e-9
            assert low < high or name == "equalized_odds_difference"


@few
@given(table=counts, weight=weights)
def test_a_higher_level_is_never_narrower(table, weight):
    for name in NAMES:
        found = measure(name, cells_of(table, weight))
        if found.value is None:
            continue
        ends = [found.ends(level) for level in (0.8, 0.95, 0.999, 0.99999)]
        for inner, outer in pairwise(ends):
            assert outer.low <= inner.low + 1e-9
            assert outer.high >= inner.high - 1e-9


@few
@given(table=filled, weight=weights)
def test_influence_is_the_derivative_by_weight(table, weight):
    for name in NAMES:
        cells = cells_of(table, weight)
        found = measure(name, cells)
        assert found.influence is not None
        assert float(np.dot(cells.w, found.influence)) == pytest.approx(0, abs=1e-9)
        if name == "equalized_odds_difference" and tied(cells):
            continue
        step = 1e-5
        for at in range(len(cells.n)):
            up, down = (
                measure(
                    name, replace(cells, w=cells.w + sign * step * (np.arange(12) == at))
                ).value
                for sign in (1, -1)
            )
            slope = (up - down) / (2 * step)
            assert found.influence[at] == pytest.approx(slope, rel=1e-3, abs=1e-6)


@few
@given(table=filled)
def test_units_of_one_row_are_as_rows(table):
    for name in NAMES:
        cells = cells_of(10 * table)
        cell = np.repeat(np.arange(len(cells.n)), cells.n)
        units = CellsByUnit(np.arange(len(cell)), cell, np.ones(len(cell)), len(cell), "group")
        one, other = measure(name, cells), measure(name, replace(cells, by_unit=units))
        assert other.unit == "group"
        assert other.value == pytest.approx(one.value)
        assert other.error == pytest.approx(one.error, rel=0.06)
        if name == "DI":  # by another method, for which the units' correlation counts
            assert np.log(other.ends(0.95)) == pytest.approx(np.log(one.ends(0.95)), abs=0.1)
        else:
            width = one.ends(0.95).high - one.ends(0.95).low
            assert other.ends(0.95) == pytest.approx(one.ends(0.95), abs=0.15 * width)


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_explained(name):
    metric = find_bias_metric(name)
    assert all(len(text) > 40 for text in metric.help)
    assert metric.reference
    assert isfinite(metric.parity)
    filled = metric.positive_means.format(group="women", rest="men", outcome="a loan")
    assert "{" not in filled
    assert filled
    assert metric.negative_means or metric.lower_bound == metric.parity
