"""What holds for every bias metric of counts, on any counts, weights and groups."""

import json
from itertools import pairwise
from math import inf, isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from assay.bias.catalogue import bias_metrics
from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split

ON_COUNTS = ("group", "label", "prediction", "both", "strata", "classes")
METRICS = {metric.name: metric for metric in bias_metrics() if metric.needs in ON_COUNTS}
ONE_WAY = ("kullback_leibler", "kullback_leibler_multiclass")
OF_ALL_ROWS = ("generalized_entropy",)
GROUPS = ("a", "b", "d")
# Groups, labels (three classes), predictions, strata.
SHAPE = (3, 3, 2, 2)
TINY = 1e-9

several = pytest.mark.parametrize("name", METRICS)
both_ways = pytest.mark.parametrize("name", sorted(set(METRICS) - set(ONE_WAY)))
of_groups = pytest.mark.parametrize("name", sorted(set(METRICS) - set(OF_ALL_ROWS)))
quick = settings(max_examples=15)
tables = st.sampled_from([1, 3, 40, 2000]).flatmap(  # of few rows, many cells are empty
    lambda most: st_numpy.arrays(np.int64, SHAPE, elements=st.integers(0, most))
)
full = st_numpy.arrays(np.int64, SHAPE, elements=st.integers(1, 40))


def layout(counts, *, classes, groups=GROUPS, scale=None, order=None, strata=False):
    """Return the cells of counts by group, label, prediction and perhaps stratum."""
    dense = counts if strata else counts.sum(axis=3, keepdims=True)
    if not classes:
        dense = np.stack([dense[:, 0] + dense[:, 1], dense[:, 2]], axis=1)
    at = np.argwhere(np.ones(dense.shape, dtype=bool))
    n = dense.ravel()
    each = np.ones(len(n)) if scale is None else scale * (1 + np.arange(len(n)) % 3)
    chosen = (
        np.arange(len(n)) if order is None else np.random.default_rng(order).permutation(len(n))
    )
    at, n, each = at[chosen], n[chosen], each[chosen]
    names = ("x", "y", "z") if classes else (False, True)
    return GroupCells(
        groups,
        at[:, 0],
        n,
        n * each,
        n * each**2,
        scale is not None,
        positive=at[:, 1] == len(names) - 1,
        predicted=at[:, 2] == 1,
        label=at[:, 1],
        prediction=at[:, 2],
        classes=names,
        stratum=at[:, 3] if strata else None,
        n_strata=2 if strata else 0,
    )


def measure(name, counts, group="d", *, groups=GROUPS, **how):
    metric = METRICS[name]
    how |= {"classes": metric.needs == "classes", "groups": groups}
    cells = layout(counts, **how)
    strata = layout(counts, strata=True, **how) if metric.needs == "strata" else None
    return metric.function(Split.of(FacetTables(groups=groups, cells=cells, strata=strata), group))


def same(one, other, *, tolerance=1e-7):
    if one is None or other is None:
        return one is other
    return one == other or abs(one - other) <= tolerance * max(1, abs(one))


def assert_same(one, other):
    assert same(one.value, other.value), (one.value, other.value)
    assert (one.reason is None) == (other.reason is None)
    assert same(one.p_value, other.p_value)
    assert same(one.error, other.error)
    ends = one.ends(0.9), other.ends(0.9)
    assert (ends[0] is None) == (ends[1] is None)
    if ends[0] is not None and ends[1] is not None:
        assert same(ends[0].low, ends[1].low), ends
        assert same(ends[0].high, ends[1].high), ends


@several
@quick
@given(counts=tables, order=st.integers(0, 999), scale=st.sampled_from([None, 1.0]))
def test_the_order_of_cells_means_nothing(name, counts, order, scale):
    assert_same(
        measure(name, counts, scale=scale), measure(name, counts, scale=scale, order=order)
    )


@several
@quick
@given(counts=tables, order=st.permutations(range(3)))
def test_the_order_of_groups_means_nothing(name, counts, order):
    named = tuple(GROUPS[place] for place in order)
    assert_same(measure(name, counts), measure(name, counts[list(order)], groups=named))


@several
@quick
@given(counts=tables)
def test_how_the_rest_is_divided_means_nothing(name, counts):
    merged = np.stack([counts[0] + counts[1], counts[2]])
    assert_same(measure(name, counts), measure(name, merged, groups=("a", "d")))


@several
@quick
@given(counts=tables, times=st.sampled_from([1e-6, 0.3, 7.0, 1e6]))
def test_the_unit_of_weights_means_nothing(name, counts, times):
    assert_same(measure(name, counts, scale=1.0), measure(name, counts, scale=times))


@several
@quick
@given(counts=tables)
def test_every_row_twice_changes_no_value(name, counts):
    assert same(measure(name, counts).value, measure(name, 2 * counts).value)


@both_ways
@quick
@given(counts=full)
def test_the_two_groups_change_places(name, counts):
    metric = METRICS[name]
    pair = counts[1:]
    one, other = (measure(name, pair, group, groups=("a", "d")) for group in ("d", "a"))
    if metric.parity == 1:
        assert same(one.value * other.value, 1.0)
    elif metric.is_distance or name in OF_ALL_ROWS:
        assert_same(one, other)
    else:
        assert same(one.value, -other.value)
        ends = one.ends(0.9), other.ends(0.9)
        if ends[0] is not None and ends[1] is not None:
            assert same(ends[0].low, -ends[1].high), ends
            assert same(ends[0].high, -ends[1].low), ends
    assert same(one.p_value, other.p_value)


@of_groups
@quick
@given(counts=full)
def test_groups_that_are_alike_are_at_parity(name, counts):
    found = measure(name, np.stack([counts[0], counts[0]]), groups=("a", "d"))
    assert found.value == pytest.approx(METRICS[name].parity, abs=TINY)
    ends = found.ends(0.9)
    assert ends is None or ends.low - TINY <= METRICS[name].parity <= ends.high + TINY


@several
@quick
@given(counts=tables, scale=st.sampled_from([None, 2.0]))
def test_inside_the_range_and_around_the_value(name, counts, scale):
    metric, found = METRICS[name], measure(name, counts, scale=scale)
    low = -inf if metric.lower_bound is None else metric.lower_bound
    high = inf if metric.upper_bound is None else metric.upper_bound
    if found.value is None:
        assert found.reason
        assert found.ends(0.9) is None
        return
    assert low - TINY <= found.value <= high + TINY
    ends = [found.ends(level) for level in (0.5, 0.9, 0.99)]
    for narrow, wide in pairwise(ends):
        if narrow is None or wide is None:
            assert narrow is wide
            assert found.reason
            return
        assert low - TINY <= wide.low <= narrow.low + TINY
        assert narrow.high <= wide.high + TINY
        assert wide.high <= high + TINY
        assert narrow.low - TINY <= found.value <= narrow.high + TINY


@several
@quick
@given(counts=tables)
def test_what_is_told_is_complete(name, counts):
    """No NaN, a reason for what is not there, and the rows of both groups."""
    found = measure(name, counts)
    told = found.estimate(0.95).to_dict()
    json.dumps(told, allow_nan=False)
    if told["value"] is None:
        assert told["reason"]
    assert found.n_group + found.n_rest >= found.n or name in OF_ALL_ROWS
    smallest = min(counts[2].sum(), counts[:2].sum())
    if smallest < 30 and found.value is not None and name not in OF_ALL_ROWS:
        assert any(warning.startswith("too few:") for warning in found.warnings)


@several
@quick
@given(counts=tables, scale=st.sampled_from([None, 2.0]))
def test_influences_sum_to_nothing(name, counts, scale):
    metric, found = METRICS[name], measure(name, counts, scale=scale)
    if found.influence is None:
        return
    classes = metric.needs == "classes"
    cells = layout(counts, classes=classes, scale=scale, strata=found.cells_used == "strata")
    weighed = cells.w * found.influence
    assert np.isfinite(found.influence).all()
    assert abs(weighed.sum()) <= 1e-9 * max(1, np.abs(weighed).sum())
    if found.error is not None and found.unit == "row":
        assert isfinite(found.error)


def test_many_metrics_are_looked_at():
    assert len(METRICS) >= 25
    assert {metric.needs for metric in METRICS.values()} == set(ON_COUNTS)
