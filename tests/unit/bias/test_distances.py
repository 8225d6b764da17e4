"""Distances of a yes/no label and of raw classes: values, bounds, intervals and tests."""

from math import inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.bias.pre_training import (
    jensen_shannon,
    kolmogorov_smirnov,
    kullback_leibler,
    lp_norm,
    total_variation,
)
from bias_rows import cells_of_rows, split_of_cells, split_of_counts, with_more_weight

NAMES = ("KL", "JS", "LP", "TVD", "KS")
MODULES = (kullback_leibler, jensen_shannon, lp_norm, total_variation, kolmogorov_smirnov)
METRICS = {metric.name: metric for module in MODULES for metric in module.METRICS}
LONG = {metric.acronym: metric.name for metric in METRICS.values() if metric.acronym}
EVERY = (*NAMES, *(f"{name}_multiclass" for name in LONG.values()))
UPPER = {"KL": inf, "JS": log(2), "LP": sqrt(2), "TVD": 1.0, "KS": 1.0}
counts_of_two = st.tuples(*[st.integers(0, 200)] * 4).filter(
    lambda n: n[0] + n[1] > 0 and n[2] + n[3] > 0
)


def measure(name, split):
    return METRICS[LONG.get(name, name)].function(split)


def many(name):
    return f"{LONG[name]}_multiclass"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("KL", inf), ("JS", 0.21576), ("LP", 0.70711), ("TVD", 0.5), ("KS", 0.5)],
)
def test_a_class_that_one_group_lacks_counts(name, expected):
    """The example of the definition: P_a = (½, ½), P_d = (0, 1)."""
    split = split_of_counts([[50, 50], [0, 80]])
    for each in (name, many(name)):
        assert measure(each, split).value == pytest.approx(expected, abs=5e-6)


def test_kl_of_rates_of_the_definition():
    assert measure("KL", split_of_counts([[20, 80], [70, 30]])).value == pytest.approx(
        0.53411, abs=5e-6
    )


def test_kl_is_infinite_one_way_only():
    lacking = split_of_counts([[50, 50], [0, 80]])
    found = measure("KL", lacking)
    assert found.limit == "Infinity"
    assert found.influence is None
    low, high = found.ends(0.95)
    assert 0.1 < low < 5
    assert high == inf
    assert found.estimate(0.95).value is None
    other_way = measure("KL", split_of_counts([[0, 80], [50, 50]]))
    assert other_way.value == pytest.approx(log(2))


def test_an_infinite_kl_of_classes_has_the_lower_end_of_the_class_that_is_lacking():
    found = measure("kullback_leibler_multiclass", split_of_counts([[40, 30, 30], [60, 40, 0]]))
    assert found.value == inf
    low, high = found.ends(0.95)
    two = measure("KL", split_of_counts([[70, 30], [100, 0]]))
    assert low == pytest.approx(two.ends(0.95).low)
    assert high == inf


@given(counts_of_two)
def test_two_outcomes_agree_with_scipy_and_with_the_gap(counts):
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    table = np.array(counts, dtype=float).reshape(2, 2)
    split = split_of_counts(table)
    a, d = table / table.sum(axis=1, keepdims=True)
    gap = abs(a[1] - d[1])
    expected = {
        "KL": entropy(a, d),
        "JS": jensenshannon(a, d) ** 2 if gap > 1e-9 else 0.0,
        "LP": sqrt(2) * gap,
        "TVD": gap,
        "KS": gap,
    }
    for name, value in expected.items():
        assert measure(name, split).value == pytest.approx(value, abs=1e-9)
        assert measure(many(name), split).value == pytest.approx(value, abs=1e-9)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=6))
def test_classes_agree_with_scipy_and_keep_their_bounds(pairs):
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    table = np.array(pairs, dtype=float).T
    table[:, 0] += 1
    split = split_of_counts(table)
    a, d = table / table.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # scipy takes the root of a rounding error
        apart = np.nan_to_num(jensenshannon(a, d)) ** 2
    expected = (entropy(a, d), apart, np.linalg.norm(a - d), np.abs(a - d).sum() / 2)
    for name, value in zip(NAMES, (*expected, np.abs(a - d).max()), strict=True):
        found = measure(many(name), split)
        assert found.value == pytest.approx(value, abs=1e-9)
        assert 0 <= found.p_value <= 1
        if found.interval is None:
            assert found.reason
            continue
        for level in (0.95, 0.99999):
            low, high = found.ends(level)
            assert 0 <= low <= found.value <= high
            assert high <= UPPER[name] + 1e-12


@given(counts_of_two)
def test_bounds_and_nested_intervals(counts):
    split = split_of_counts(np.array(counts).reshape(2, 2))
    for name in NAMES:
        found = measure(name, split)
        inner, outer = found.ends(0.9), found.ends(0.99999)
        assert 0 <= outer.low <= inner.low <= found.value <= inner.high <= outer.high
        assert found.value <= UPPER[name] + 1e-12
        if name != "KL":
            assert outer.high <= UPPER[name] + 1e-9
        if found.p_value >= 0.1:
            assert inner.low == 0.0


def test_js_lp_tvd_and_ks_are_the_same_both_ways_and_kl_is_not():
    table = np.array([[30, 50, 20], [40, 25, 35]])
    one, other = split_of_counts(table), split_of_counts(table[::-1])
    for name in NAMES[1:]:
        here, there = measure(many(name), one), measure(many(name), other)
        assert here.value == pytest.approx(there.value)
        assert here.ends(0.95) == pytest.approx(there.ends(0.95))
        assert here.p_value == pytest.approx(there.p_value)
    values = [measure(many("KL"), split).value for split in (one, other)]
    assert abs(values[0] - values[1]) > 1e-4


def test_the_names_of_the_classes_do_not_matter():
    table = np.array([[30, 50, 20, 15], [40, 25, 35, 20]])
    for name in NAMES:
        here = measure(many(name), split_of_counts(table))
        there = measure(many(name), split_of_counts(table[:, [2, 0, 3, 1]]))
        assert here.value == pytest.approx(there.value)
        assert here.ends(0.95) == pytest.approx(there.ends(0.95))


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(11)
    unit = rng.integers(0, 150, 2_500)
    lean = rng.standard_normal(150)[unit]
    group = (rng.random(2_500) < 0.3).astype(int)
    label = np.clip(np.round(rng.normal(1 + 0.2 * group + 0.3 * lean, 0.8)), 0, 3).astype(int)
    return {"group": group, "label": label, "unit": unit, "w": rng.choice([1.0, 2, 5], 2_500)}


def split_of_rows(rows, *, order=None, factor=1.0, two=True, weights=True, units=True):
    take = np.arange(len(rows["group"])) if order is None else order
    label = rows["label"][take]
    cells = cells_of_rows(
        rows["group"][take],
        (label > 1).astype(int) if two else label,
        w=factor * rows["w"][take] if weights else None,
        unit=rows["unit"][take] if units else None,
        n_classes=2 if two else 4,
    )
    return split_of_cells(cells)


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_neither_order_nor_scale_of_weights_matters(rows, name, units):
    two = "multiclass" not in name
    base = measure(name, split_of_rows(rows, two=two, units=units))
    order = np.random.default_rng(1).permutation(len(rows["group"]))
    other = measure(name, split_of_rows(rows, order=order, factor=7.5, two=two, units=units))
    assert other.value == pytest.approx(base.value, rel=1e-9)
    assert other.ends(0.99) == pytest.approx(base.ends(0.99), rel=1e-6)
    assert other.p_value == pytest.approx(base.p_value, rel=1e-6)
    assert other.error == pytest.approx(base.error, rel=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_weights_of_one_change_nothing(rows, name):
    two = "multiclass" not in name
    plain = measure(name, split_of_rows(rows, two=two, weights=False, units=False))
    ones = {**rows, "w": np.ones(len(rows["group"]))}
    weighted = measure(name, split_of_rows(ones, two=two, units=False))
    assert weighted.ends(0.95) == pytest.approx(plain.ends(0.95), rel=1e-6)
    assert weighted.p_value == pytest.approx(plain.p_value, rel=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_units_that_go_together_widen_it(rows, name):
    two = "multiclass" not in name
    alone = measure(name, split_of_rows(rows, two=two, weights=False, units=False))
    whole = {key: np.repeat(each, 4) for key, each in rows.items()}
    copies = {**whole, "unit": np.repeat(np.arange(2_500), 4)}
    joint = measure(name, split_of_rows(copies, two=two, weights=False))
    assert joint.unit == "group"
    assert joint.value == pytest.approx(alone.value)
    assert joint.error == pytest.approx(alone.error, rel=0.01)
    assert joint.ends(0.95) == pytest.approx(alone.ends(0.95), rel=0.04, abs=1e-3)


@pytest.mark.parametrize("name", EVERY)
def test_the_influence_is_the_derivative_by_weight(rows, name):
    two = "multiclass" not in name
    cells = split_of_rows(rows, two=two, units=False).tables.cells
    found = measure(name, split_of_cells(cells))
    step = 1e-4 * cells.w.sum()
    for at in range(len(cells.n)):
        up, down = (
            measure(name, split_of_cells(with_more_weight(cells, at, sign * step))).value
            for sign in (1, -1)
        )
        slope = (up - down) / (2 * step)
        assert found.influence[at] == pytest.approx(slope, rel=1e-3, abs=1e-9)
    assert float(cells.w @ found.influence) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[10, 20], [0, 0]], "0 rows with a weight above 0 in d"),
        ([[0, 0], [10, 20]], "0 rows with a weight above 0 in the rest"),
    ],
)
def test_an_empty_group_is_a_reason(counts, reason):
    for name in EVERY:
        found = measure(name, split_of_counts(counts))
        assert found.value is None
        assert found.reason == reason


def test_without_labels_there_is_no_distance():
    from dataclasses import replace

    cells = replace(split_of_counts([[10, 20], [5, 5]]).tables.cells, positive=None, label=None)
    split = split_of_cells(cells)
    assert "no label" in measure("TVD", split).reason
    assert measure(many("TVD"), split).reason == "there is no label"


def test_one_class_alone_is_no_distance_and_has_no_interval():
    found = measure(many("TVD"), split_of_counts([[40, 0, 0], [50, 0, 0]]))
    assert found.value == 0.0
    assert found.interval is None
    assert "same label" in found.reason


def test_few_rows_are_said():
    few = measure("TVD", split_of_counts([[100, 100], [9, 11]])).warnings
    assert few[0] == "too few: 20 rows of d, an interval needs 30 to be believed"
    assert not measure("TVD", split_of_counts([[100, 100], [29, 31]])).warnings
    rare = measure(many("JS"), split_of_counts([[100, 100, 2], [40, 40, 1]])).warnings
    assert any("rarest class" in text for text in rare)


def drawn_pairs(law_a, law_d, n, n_sets, seed):
    rng = np.random.default_rng(seed)
    return zip(
        rng.multinomial(n[0], law_a, n_sets), rng.multinomial(n[1], law_d, n_sets), strict=True
    )


def test_no_difference_is_found_in_one_table_of_twenty():
    law, seen = [0.4, 0.3, 0.3], {"TVD": [], many("TVD"): []}
    for a, d in drawn_pairs(law, law, (400, 100), 1_500, 6):
        split = split_of_counts([a, d])
        for name, found in seen.items():
            measured = measure(name, split)
            found.append(measured.p_value)
            assert (measured.ends(0.95).low > 0) <= (measured.p_value < 0.05)
    for found in seen.values():
        assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("level", [0.95, 0.999])
def test_intervals_cover_a_difference(level):
    law_a, law_d = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.35, 0.35])
    truths = {
        many("KL"): float(np.sum(law_a * np.log(law_a / law_d))),
        many("LP"): float(np.linalg.norm(law_a - law_d)),
        many("TVD"): 0.2,
        many("KS"): 0.2,
        "TVD": 0.05,
        "LP": 0.05 * sqrt(2),
    }
    held = dict.fromkeys(truths, 0)
    for a, d in drawn_pairs(law_a, law_d, (400, 200), 600, 9):
        split = split_of_counts([a, d])
        for name, truth in truths.items():
            low, high = measure(name, split).ends(level)
            held[name] += low <= truth <= high
    least = {0.95: 0.925, 0.999: 0.993}[level]
    assert {name: n for name, n in held.items() if n / 600 < least} == {}
