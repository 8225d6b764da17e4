"""The two groups that are furthest apart."""

from dataclasses import replace
from itertools import permutations
from math import isfinite
from time import perf_counter

import narwhals as nw
import numpy as np
import pytest

from assay.bias.catalogue import bias_metrics, find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.facet import Facet
from assay.bias.group_values import COMPARED, group_values
from assay.bias.measuring import measure_facet
from assay.bias.settings import BiasSettings
from assay.bias.split import FacetTables, Split
from assay.bias.worst_pair import worst_pairs
from assay.tables.units import CellsByUnit

COUNTED = [metric for metric in bias_metrics() if metric.name in COMPARED]


def facet_of(names, reported=None):
    return Facet(
        name="x",
        columns=("x",),
        how="values",
        keys=(nw.col("x"),),
        key_groups=({},),
        groups=tuple(names),
        places={(name,): at for at, name in enumerate(names)},
        reported=tuple(range(len(names))) if reported is None else reported,
    )


def tables_of(counts, **changes):
    names = tuple(f"g{at}" for at in range(len(counts)))
    cells = replace(GroupCells.from_counts(names, counts), **changes)
    return FacetTables(groups=names, cells=cells)


def pairs_of(tables, metrics=COUNTED, reported=None, **told):
    facet = facet_of(tables.groups, reported)
    measured = measure_facet(facet, tables, metrics)
    return worst_pairs(facet, tables, measured, settings=BiasSettings(**told))


def test_every_metric_of_shares_is_ranked_by_its_own_numbers():
    names = {metric.name for metric in bias_metrics()}
    assert set(COMPARED) <= names
    assert len(COUNTED) == len(COMPARED) > 15


@pytest.mark.parametrize("metric", COUNTED, ids=lambda metric: metric.name)
def test_no_pair_is_further_apart(metric):
    counts = np.random.default_rng(1).integers(10, 200, (7, 2, 2))
    tables = tables_of(counts)
    (found,) = pairs_of(tables, [metric])
    every = [
        metric.function(Split.of(tables, a, b)).value for a, b in permutations(tables.groups, 2)
    ]
    if metric.parity == 1:
        assert found.estimate.value == pytest.approx(min(every))
    else:
        assert found.estimate.value == pytest.approx(max(every))
    again = metric.function(Split.of(tables, found.group, found.versus))
    assert again.value == pytest.approx(found.estimate.value)


@pytest.mark.parametrize("metric", COUNTED, ids=lambda metric: metric.name)
def test_numbers_of_groups_rank_as_the_metric_does(metric):
    counts = np.random.default_rng(2).integers(10, 200, (5, 2, 2))
    tables = tables_of(counts)
    values = group_values(tables.cells, metric.name)
    against = [metric.function(Split.of(tables, g, "g4")).value for g in tables.groups[:4]]
    order = np.argsort(values[:4])
    assert np.argsort(against).tolist() in (order.tolist(), order[::-1].tolist())


def test_by_hand():
    # Selected: 50, 80 and 20 of 100.
    tables = tables_of([[[50, 50], [0, 0]], [[20, 80], [0, 0]], [[80, 20], [0, 0]]])
    metrics = [find_bias_metric("DPPL"), find_bias_metric("DI")]
    dppl, di = pairs_of(tables, metrics)
    assert (dppl.group, dppl.versus) == (di.group, di.versus) == ("g2", "g1")
    assert dppl.estimate.value == pytest.approx(0.6)
    assert di.estimate.value == pytest.approx(0.25)
    assert dppl.reading == "the two furthest apart of 3 groups"


def test_the_interval_allows_for_the_choice():
    tables = tables_of(np.random.default_rng(3).integers(50, 200, (10, 2, 2)))
    (found,) = pairs_of(tables, [find_bias_metric("DPPL")])
    alone = find_bias_metric("DPPL").function(Split.of(tables, found.group, found.versus))
    plain = alone.estimate(0.95)
    assert found.estimate.level == 0.95
    assert found.estimate.low < plain.low
    assert found.estimate.high > plain.high
    assert (found.simultaneous.low, found.simultaneous.high) == (
        found.estimate.low,
        found.estimate.high,
    )
    assert "widened for the choice among 10 groups" in found.estimate.method


def test_small_groups_are_left_out_and_named():
    counts = np.array([[[50, 50], [50, 50]]] * 3 + [[[0, 2], [0, 2]], [[2, 0], [2, 0]]])
    (found,) = pairs_of(tables_of(counts), [find_bias_metric("DPPL")])
    assert {found.group, found.versus} < {"g0", "g1", "g2"}
    assert found.reading.endswith("left out for having fewer than 30 rows: g3, g4")
    assert pairs_of(tables_of(counts), [find_bias_metric("DPPL")], min_group=300) == ()


def test_two_groups_and_one_reported_group_have_no_worst_pair():
    counts = np.full((4, 2, 2), 50)
    assert pairs_of(tables_of(counts[:2])) == ()
    assert pairs_of(tables_of(counts), reported=(0,)) == ()


def test_a_group_whose_number_is_undefined_is_not_the_furthest():
    counts = np.array([[[50, 50], [40, 60]], [[60, 40], [30, 70]], [[90, 90], [0, 0]]])
    (found,) = pairs_of(tables_of(counts), [find_bias_metric("RD")])
    assert {found.group, found.versus} == {"g0", "g1"}


def test_sizes_distances_and_whole_table_metrics_have_no_worst_pair():
    tables = tables_of(np.random.default_rng(4).integers(50, 200, (4, 2, 2)))
    metrics = [m for m in bias_metrics() if m.needs in ("group", "label", "prediction", "both")]
    names = {each.metric for each in pairs_of(tables, metrics)}
    assert names == set(COMPARED)


def test_units_take_sidaks_level():
    rng = np.random.default_rng(5)
    counts = rng.integers(50, 200, (4, 2, 2))
    n = counts.ravel()
    share = rng.dirichlet(np.ones(40), 16) * n[:, None]
    by_unit = CellsByUnit(
        np.tile(np.arange(40), 16), np.repeat(np.arange(16), 40), share.ravel(), 40
    )
    (found,) = pairs_of(tables_of(counts, by_unit=by_unit), [find_bias_metric("DPPL")])
    assert found.estimate.unit == "group"
    alone = find_bias_metric("DPPL").function(
        Split.of(tables_of(counts, by_unit=by_unit), found.group, found.versus)
    )
    wide = alone.ends(0.95 ** (1 / 6))
    assert found.estimate.low == pytest.approx(wide.low)


def test_without_a_difference_the_worst_pair_shows_none_in_95_of_100_tables():
    rng = np.random.default_rng(6)
    metric = find_bias_metric("DPL")
    missed = 0
    for _ in range(300):
        positives = rng.binomial(150, 0.3, 8)
        tables = tables_of(np.stack([150 - positives, positives], axis=1))
        (found,) = pairs_of(tables, [metric])
        missed += found.estimate.low > 0
    assert missed / 300 <= 0.08


def test_a_hundred_groups_take_little_time():
    tables = tables_of(np.random.default_rng(7).integers(50, 200, (100, 2, 2)))
    facet = facet_of(tables.groups)
    measured = measure_facet(facet, tables, COUNTED)
    begun = perf_counter()
    found = worst_pairs(facet, tables, measured, settings=BiasSettings())
    assert perf_counter() - begun < 1  # about 0.03 s on a machine that is not busy
    assert len(found) == len(COUNTED)
    assert all(isfinite(each.estimate.value) for each in found)
