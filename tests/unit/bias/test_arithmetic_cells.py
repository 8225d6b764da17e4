"""The twelve gathered cells against the facet's own table, cell by cell and unit by unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from assay.bias.arithmetic import PRECISION, RECALL, share_term
from assay.bias.arithmetic_cells import FN, FP, SIDES, TN, TP, places, side_cells
from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split
from assay.metrics.cells import cell_spread
from assay.metrics.rates import cell_rate, correlations_of
from assay.tables.units import CellsByUnit

filled = hnp.arrays(np.int64, (3, 2, 2), elements=st.integers(1, 30))
weights = hnp.arrays(np.float64, (3, 2, 2), elements=st.sampled_from([0.5, 1.0, 4.0]))
few = settings(max_examples=25, deadline=None)


def split_of(table, weight=None, *, units=0, seed=0):
    cells = GroupCells.from_counts(["a", "b", "d"], table, weights=weight)
    if units:
        rng = np.random.default_rng(seed)
        cell = np.repeat(np.arange(len(cells.n)), cells.n)
        unit = rng.integers(0, units, len(cell))
        by_unit = CellsByUnit(unit, cell, np.ones(len(cell)), units, "group")
        cells = GroupCells(
            cells.groups, cells.group, cells.n, cells.w, cells.w2, by_unit=by_unit,
            positive=cells.positive, predicted=cells.predicted,
        )  # fmt: skip
    tables = FacetTables(groups=cells.groups, cells=cells)
    return Split.of(tables, "d", "a")


def flags(split, side, outcomes):
    cells = split.tables.cells
    inside = split.in_group(cells) if side == "group" else split.in_rest(cells)
    return inside & np.isin(2 * cells.positive + cells.predicted, outcomes)


@pytest.mark.parametrize("units", [0, 12])
@few
@given(table=filled, weight=weights, seed=st.integers(0, 9))
def test_a_share_is_that_of_the_table(units, table, weight, seed):
    split = split_of(table, None if units else weight, units=units, seed=seed)
    for side in SIDES:
        found = share_term(split, PRECISION, side)
        cells = split.tables.cells
        rate = cell_rate(cells, flags(split, side, [TP]), flags(split, side, [TP, FP]), level=0.9)
        assert found.value == pytest.approx(rate.value)
        assert found.n == rate.n
        assert found.interval(0.9) == pytest.approx(rate.interval)
        assert side_cells(split).spread_out(found.influence) == pytest.approx(rate.influence)
        assert found.spread.variance == pytest.approx(rate.spread.variance)
        assert found.spread.n_effective == pytest.approx(rate.spread.n_effective)
        assert found.spread.freedom == rate.spread.freedom
        assert found.spread.n_units == rate.spread.n_units


@few
@given(table=filled, seed=st.integers(0, 9))
def test_rates_go_together_as_over_the_units(table, seed):
    split = split_of(table, units=9, seed=seed)
    gathered, cells = side_cells(split), split.tables.cells
    terms = [share_term(split, share, side) for side in SIDES for share in (RECALL, PRECISION)]
    rates = [
        cell_rate(cells, flags(split, side, [TP]), flags(split, side, [TP, wrong]))
        for side in SIDES
        for wrong in (FN, FP)
    ]
    found = gathered.correlations([term.influence for term in terms])
    assert found == pytest.approx(correlations_of(cells, rates), abs=1e-9)


def test_plain_rows_have_no_correlations():
    split = split_of(np.full((3, 2, 2), 5))
    influence = share_term(split, RECALL, "group").influence
    assert side_cells(split).correlations([influence, influence]) is None


@few
@given(table=filled, weight=weights, psi=hnp.arrays(np.float64, 12, elements=st.floats(-1, 1)))
def test_weights_vary_as_in_the_table(table, weight, psi):
    split = split_of(table, weight)
    gathered, cells = side_cells(split), split.tables.cells
    spread = cell_spread(cells, gathered.spread_out(psi), among=np.ones(len(cells.n), bool))
    found = gathered.spread(psi, places(None))
    assert found.variance == pytest.approx(spread.variance)
    assert found.n_effective == pytest.approx(spread.n_effective)


def test_places():
    both = np.flatnonzero(places(None, (FN, TP)))
    assert both.tolist() == [2, 3, 6, 7, 10, 11]
    assert np.flatnonzero(places("group", (TN,))).tolist() == [0]
    with pytest.raises(ValueError, match="read-only"):
        places("group")[0] = False


def test_groups_that_are_neither_are_kept_apart():
    split = split_of(np.arange(12).reshape(3, 2, 2))
    gathered = side_cells(split)
    assert gathered.n.tolist() == [8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6, 7]
    assert gathered is side_cells(split)
