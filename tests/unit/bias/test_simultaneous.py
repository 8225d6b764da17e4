"""The level at which all intervals hold together."""

from dataclasses import replace

import numpy as np
import pytest

from assay.bias.cells import GroupCells
from assay.bias.measurement import Measurement
from assay.bias.simultaneous import joint_level, scaled_influences
from assay.bias.split import FacetTables
from assay.metrics.cells import cell_spread
from assay.metrics.rates import cell_rate
from assay.stats.interval import Interval, two_sided_quantile
from assay.stats.max_t import max_abs_quantile
from assay.tables.units import CellsByUnit


def table(counts, **changes):
    names = tuple(f"g{at}" for at in range(len(counts)))
    cells = replace(GroupCells.from_counts(names, counts), **changes)
    return FacetTables(groups=names, cells=cells)


def measured(cells, influence, value=0.1, used="cells"):
    spread = cell_spread(cells, influence, among=np.ones(len(cells.n), bool))

    def interval(level):
        half = two_sided_quantile(level) * spread.error
        return Interval(value - half, value + half)

    return Measurement(value=value, interval=interval, influence=influence, cells_used=used)


def selection_rates(tables):
    """Each group's selection rate against that of the rest."""
    cells, found = tables.cells, []
    for at in range(len(tables.groups)):
        inside = cells.group == at
        one = cell_rate(cells, inside & cells.positive, inside)
        rest = cell_rate(cells, ~inside & cells.positive, ~inside)
        found.append(measured(cells, one.influence - rest.influence, one.value - rest.value))
    return found


COUNTS = [[60, 40], [30, 30], [80, 20], [45, 55]]


def test_one_number_needs_no_more_than_its_own_level():
    tables = table(COUNTS)
    found = joint_level([(tables, selection_rates(tables)[:1])])
    assert found.level == pytest.approx(0.95, abs=0.01)
    assert found.n_numbers == 1


def test_numbers_without_value_or_interval_are_passed_over():
    tables = table(COUNTS)
    none = Measurement.undefined("nobody is positive")
    bare = Measurement(value=0.3)
    found = joint_level([(tables, [none, bare, *selection_rates(tables)])])
    assert found.n_numbers == 4
    assert found == joint_level([(tables, selection_rates(tables))])


def test_numbers_of_unknown_influence_count_as_independent():
    tables = table(COUNTS)
    known = selection_rates(tables)
    unknown = [replace(each, influence=None, cells_used=None) for each in known]
    sidak = max_abs_quantile([], n_alone=4, rng=np.random.default_rng(0))
    assert joint_level([(tables, unknown)]).critical == pytest.approx(sidak.critical)
    assert joint_level([(tables, known)]).critical < sidak.critical


def test_two_groups_say_the_same_thing():
    tables = table(COUNTS[:2])
    found = joint_level([(tables, selection_rates(tables))])
    assert found.critical == pytest.approx(1.96, abs=0.04)


def test_strata_are_a_block_of_their_own():
    tables = table(COUNTS)
    both = replace(tables, strata=tables.cells)
    numbers = selection_rates(tables)
    moved = [replace(each, cells_used="strata") for each in numbers]
    found = joint_level([(both, [*numbers, *moved])])
    assert found.n_numbers == 8
    assert found.critical > joint_level([(tables, numbers)]).critical


def test_the_same_seed_gives_the_same_level():
    tables = table(COUNTS)
    numbers = [(tables, selection_rates(tables))]
    assert joint_level(numbers, seed=3) == joint_level(numbers, seed=3)
    assert joint_level(numbers, seed=3).to_dict()["seed"] == 3


def with_units(n_units, seed=1):
    rng = np.random.default_rng(seed)
    dense = rng.poisson(2.0, size=(n_units, 8)).astype(float)
    unit, cell = np.nonzero(dense)
    w = dense.sum(axis=0)
    by_unit = CellsByUnit(unit, cell, dense[unit, cell], n_units)
    return table(w.reshape(4, 2).astype(int), w=w, w2=w.copy(), by_unit=by_unit), dense


@pytest.mark.parametrize("n_units", [5, 300])
def test_the_covariance_is_that_of_the_sums_of_the_units(n_units):
    tables, dense = with_units(n_units)
    influence = np.random.default_rng(2).normal(size=(8, 3))
    scaled = scaled_influences(tables.cells, influence)
    sums = dense @ influence
    assert np.allclose(scaled.T @ scaled, sums.T @ sums, rtol=1e-6)
    assert len(scaled) <= 8


def test_the_covariance_is_that_of_weighted_rows():
    tables = table(COUNTS)
    weighted = replace(
        tables.cells, w=tables.cells.n * 2.0, w2=tables.cells.n * 5.0, weighted=True
    )
    influence = np.random.default_rng(3).normal(size=(8, 2))
    scaled = scaled_influences(weighted, influence)
    spreads = [cell_spread(weighted, psi, among=np.ones(8, bool)) for psi in influence.T]
    assert np.allclose((scaled**2).sum(axis=0), [spread.variance for spread in spreads])


def test_all_differences_are_covered_together_in_95_of_100_tables():
    rng = np.random.default_rng(4)
    truth = np.array([[0.16, 0.24], [0.08, 0.12], [0.08, 0.12], [0.08, 0.12]])
    missed, n_tables = 0, 400
    for _ in range(n_tables):
        counts = rng.multinomial(2_000, truth.ravel()).reshape(4, 2)
        tables = table(counts)
        numbers = selection_rates(tables)
        level = joint_level([(tables, numbers)]).level
        missed += any(not low <= 0 <= high for low, high in (each.ends(level) for each in numbers))
    assert 0.02 <= missed / n_tables <= 0.085
