"""Conditional demographic disparity in labels and in predicted labels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bias.conditional_disparity import NO_GROUP_VARIABLE
from assay.bias.post_training.conditional_demographic_disparity_in_predicted_labels import (
    METRIC as CDDPL,
)
from assay.bias.pre_training.conditional_demographic_disparity_in_labels import METRIC as CDDL
from assay.bias.split import FacetTables, Split
from bias_rows import cells_of_rows, split_of_cells, with_more_weight

BOTH = [CDDL, CDDPL]
tables = st.lists(st.integers(0, 40), min_size=12, max_size=12).filter(any)


def cells_of_counts(counts):
    """Rows by [group, label, subgroup]."""
    counts = np.asarray(counts)
    group, label, stratum = np.indices(counts.shape).reshape(3, -1)
    n = counts.ravel()
    return cells_of_rows(np.repeat(group, n), np.repeat(label, n), stratum=np.repeat(stratum, n))


def by_definition(counts):
    """Row by row of the formula; a zero denominator makes its fraction 0."""
    counts = np.asarray(counts, dtype=float)
    total = 0.0
    for i in range(counts.shape[2]):
        (a0, a1), (d0, d1) = counts[:, :, i]
        rejected = d0 / (a0 + d0) if a0 + d0 else 0.0
        accepted = d1 / (a1 + d1) if a1 + d1 else 0.0
        total += counts[:, :, i].sum() * (rejected - accepted)
    return total / counts.sum()


@pytest.mark.parametrize("metric", BOTH)
def test_a_value_by_hand(metric):
    # Subgroup 1: d is 10 of 70 rejected, 90 of 130 accepted; subgroup 2: 5 of 25, 95 of 175.
    counts = [[[60, 20], [40, 80]], [[10, 5], [90, 95]]]
    expected = (200 * (10 / 70 - 90 / 130) + 200 * (5 / 25 - 95 / 175)) / 400
    found = metric.function(split_of_cells(cells_of_counts(counts)))
    assert found.value == pytest.approx(expected)
    assert (found.n, found.n_group, found.n_rest) == (400, 200, 200)
    assert found.cells_used == "strata"


@given(tables)
def test_the_definition_bounds_and_nested_intervals(counts):
    counts = np.array(counts).reshape(2, 2, 3)
    cells = cells_of_counts(counts)
    if len(np.unique(cells.group)) < 2 or len(np.unique(cells.label)) < 2:
        return
    found = CDDL.function(split_of_cells(cells))
    assert found.value == pytest.approx(by_definition(counts))
    assert -1 <= found.value <= 1
    inner, outer = found.ends(0.9), found.ends(0.99999)
    assert -1 <= outer.low <= inner.low <= found.value <= inner.high <= outer.high <= 1
    of_label = counts.sum(axis=0)
    one_sided = ((of_label == 0).any(axis=0) & (of_label > 0).any(axis=0)).any()
    assert any("one outcome alone" in text for text in found.warnings) == one_sided


@given(tables)
def test_signs_turn_with_the_groups_and_with_the_outcome(counts):
    counts = 1 + np.array(counts).reshape(2, 2, 3)
    value = CDDL.function(split_of_cells(cells_of_counts(counts))).value
    other_group = CDDL.function(split_of_cells(cells_of_counts(counts[::-1]))).value
    other_outcome = CDDL.function(split_of_cells(cells_of_counts(counts[:, ::-1]))).value
    assert other_group == pytest.approx(-value)
    assert other_outcome == pytest.approx(-value)


@given(tables, st.permutations(range(3)))
def test_the_order_of_subgroups_does_not_matter(counts, order):
    counts = 1 + np.array(counts).reshape(2, 2, 3)
    here = CDDL.function(split_of_cells(cells_of_counts(counts)))
    there = CDDL.function(split_of_cells(cells_of_counts(counts[:, :, list(order)])))
    assert there.value == pytest.approx(here.value)
    assert there.ends(0.95) == pytest.approx(here.ends(0.95))


def test_one_subgroup_has_the_disparity_without_conditions():
    counts = np.array([[[50], [50]], [[80], [20]]])
    found = CDDL.function(split_of_cells(cells_of_counts(counts)))
    assert found.value == pytest.approx(80 / 130 - 20 / 70)


@pytest.mark.parametrize(
    ("metric", "counts", "reason"),
    [
        (CDDL, [[[5], [0]], [[5], [0]]], "0 rows with a positive label"),
        (CDDL, [[[0], [5]], [[0], [5]]], "0 rows with a negative label"),
        (CDDPL, [[[5], [0]], [[5], [0]]], "0 rows with a positive predicted label"),
        (CDDPL, [[[0], [5]], [[0], [5]]], "0 rows with a negative predicted label"),
        (CDDL, [[[5], [4]], [[0], [0]]], "0 rows of d have a value of the group variable"),
    ],
)
def test_what_is_undefined_names_the_zero_count(metric, counts, reason):
    found = metric.function(split_of_cells(cells_of_counts(counts)))
    assert found.value is None
    assert found.reason == reason


def test_without_a_group_variable_or_an_outcome_there_is_a_reason():
    cells = cells_of_counts(np.full((2, 2, 2), 9))
    bare = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    assert CDDL.function(bare).reason == NO_GROUP_VARIABLE
    blind = replace(cells, predicted=None, positive=None)
    assert "predicted label" in CDDPL.function(split_of_cells(blind)).reason
    assert "positive outcome" in CDDL.function(split_of_cells(blind)).reason


def test_why_there_are_no_subgroups_is_the_reason():
    cells = cells_of_counts(np.full((2, 2, 2), 9))
    tables = FacetTables(groups=cells.groups, cells=cells, why_no_strata="too many branches")
    assert CDDL.function(Split.of(tables, "d")).reason == "too many branches"


def test_rows_without_a_subgroup_are_counted():
    cells = cells_of_counts(np.full((2, 2, 2), 90))
    fewer = cells_of_counts(np.full((2, 2, 2), 80))
    tables = FacetTables(groups=cells.groups, cells=cells, strata=fewer)
    found = CDDL.function(Split.of(tables, "d"))
    assert found.warnings == ("80 rows without a value of the group variable left out",)
    whole = FacetTables(groups=cells.groups, cells=cells, strata=cells)
    assert CDDL.function(Split.of(whole, "d")).warnings == ()


def test_only_the_rows_of_both_groups_count():
    rng = np.random.default_rng(0)
    group, label, stratum = (rng.integers(0, k, 600) for k in (3, 2, 2))
    cells = cells_of_rows(group, label, stratum=stratum, n_groups=3)
    kept = group < 2
    two = cells_of_rows(group[kept], label[kept], stratum=stratum[kept])
    found = CDDL.function(split_of_cells(cells, versus="a"))
    assert found.value == pytest.approx(CDDL.function(split_of_cells(two)).value)
    assert found.n == int(kept.sum())
    assert np.all(found.influence[cells.group == 2] == 0)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(3)
    unit = rng.integers(0, 120, 1_500)
    stratum = rng.integers(0, 4, 1_500)
    group = (rng.random(1_500) < 0.2 + 0.1 * stratum).astype(int)
    chance = 0.6 - 0.15 * group + 0.2 * rng.standard_normal(120)[unit]
    label = (rng.random(1_500) < chance).astype(int)
    w = rng.choice([1.0, 3.0], 1_500)
    return {"group": group, "label": label, "stratum": stratum, "unit": unit, "w": w}


def measured(rows, *names, **changed):
    kept = {name: rows[name] for name in ("group", "label", "stratum", *names)}
    return CDDL.function(split_of_cells(cells_of_rows(**(kept | changed))))


@pytest.mark.parametrize("names", [("w",), ("w", "unit")])
def test_neither_order_nor_scale_of_weights_matters(rows, names):
    base = measured(rows, *names)
    order = np.random.default_rng(1).permutation(1_500)
    mixed = {name: each[order] for name, each in rows.items()}
    other = measured(mixed, *names, w=0.01 * mixed["w"])
    assert other.value == pytest.approx(base.value)
    assert other.ends(0.99) == pytest.approx(base.ends(0.99))
    assert other.error == pytest.approx(base.error)


def test_weights_of_one_change_nothing(rows):
    plain, ones = measured(rows), measured(rows, w=np.ones(1_500))
    assert ones.ends(0.95) == pytest.approx(plain.ends(0.95))


def test_copies_of_rows_in_one_unit_tell_no_more(rows):
    once = measured(rows)
    copies = {name: np.repeat(each, 4) for name, each in rows.items()}
    found = measured(copies, unit=np.repeat(np.arange(1_500), 4))
    assert found.unit == "group"
    assert found.error == pytest.approx(once.error, rel=0.01)
    low, high = once.ends(0.95)
    width = found.ends(0.95)
    assert width.high - width.low == pytest.approx(high - low, rel=0.03)


def test_the_influence_is_the_derivative_by_weight(rows):
    cells = cells_of_rows(rows["group"], rows["label"], stratum=rows["stratum"], w=rows["w"])
    found = CDDL.function(split_of_cells(cells))
    for at in range(len(cells.n)):
        up, down = (
            CDDL.function(split_of_cells(with_more_weight(cells, at, step))).value
            for step in (0.01, -0.01)
        )
        assert found.influence[at] == pytest.approx((up - down) / 0.02, rel=1e-4)
    assert float(cells.w @ found.influence) == pytest.approx(0, abs=1e-12)


def test_the_error_is_that_of_redrawn_rows(rows):
    found = measured(rows, "w")
    rng = np.random.default_rng(2)
    values = []
    for _ in range(400):
        take = rng.integers(0, 1_500, 1_500)
        values.append(measured({name: each[take] for name, each in rows.items()}, "w").value)
    assert found.error == pytest.approx(np.std(values), rel=0.12)


def test_few_rows_are_said():
    few = CDDL.function(split_of_cells(cells_of_counts([[[40], [12]], [[15], [4]]]))).warnings
    assert few[0].startswith("too few: 19 rows of d")
    assert few[1].startswith("too few: 16 rows with a positive label")


@pytest.mark.parametrize("level", [0.95, 0.999])
@pytest.mark.parametrize("n", [200, 1_000])
def test_intervals_cover_in_small_subgroups(n, level):
    share = np.array([0.1, 0.3, 0.2, 0.25, 0.15])
    in_d = np.array([0.3, 0.5, 0.2, 0.4, 0.6])
    accepted = np.array([0.5, 0.4, 0.6, 0.5, 0.3])
    p = np.stack([share * (1 - in_d), share * in_d])
    rate = np.stack([accepted, accepted - 0.1])
    law = np.stack([p * (1 - rate), p * rate], axis=1)
    truth = by_definition(law)
    at = np.indices(law.shape).reshape(3, -1)
    held = 0
    for counts in np.random.default_rng(n).multinomial(n, law.ravel(), 500):
        cells = cells_of_rows(
            np.repeat(at[0], counts), np.repeat(at[1], counts), stratum=np.repeat(at[2], counts)
        )
        low, high = CDDL.function(split_of_cells(cells)).ends(level)
        held += low <= truth <= high
    assert held / 500 >= {0.95: 0.925, 0.999: 0.99}[level]
