"""Cramér's V of a facet, and the sizes of its groups in one class."""

import numpy as np
import pytest

from assay.bias.associations_classes import MAX_BUNCHES, cramers_v, facet_imbalance_in_class
from bias_rows import cells_of_rows, split_of_cells, with_more_weight


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(2)
    unit = rng.integers(0, 200, 2_000)
    group = rng.choice(3, 2_000, p=[0.5, 0.3, 0.2])
    lean = 0.5 * rng.standard_normal(200)[unit]
    label = np.clip(np.round(rng.normal(0.8 + 0.2 * group + lean, 0.8)), 0, 2).astype(int)
    w = rng.choice([1.0, 4.0], 2_000)
    return {"group": group, "label": label, "w": w, "unit": unit}


def cells_of(rows, *names, **changed):
    kept = {name: rows[name] for name in ("group", "label", *names)} | changed
    return cells_of_rows(**kept, n_groups=3, n_classes=3)


def test_value_and_test_agree_with_scipy(rows):
    from scipy.stats import chi2, chi2_contingency

    table = np.zeros((3, 3))
    np.add.at(table, (rows["group"], rows["label"]), 1)
    statistic = chi2_contingency(table).statistic
    n = 2_000
    corrected = max(0.0, statistic / n - 4 / (n - 1)) / (3 - 4 / (n - 1) - 1)
    found = cramers_v(cells_of(rows))
    assert found.value == pytest.approx(np.sqrt(corrected))
    assert found.p_value == pytest.approx(chi2.sf(statistic * (n - 1) / n, 4))
    assert cramers_v(cells_of(rows), predicted=True).value == found.value


@pytest.mark.parametrize("names", [("w",), ("w", "unit")])
def test_neither_order_nor_names_nor_scale_of_weights_matters(rows, names):
    base = cramers_v(cells_of(rows, *names))
    order = np.random.default_rng(1).permutation(2_000)
    mixed = {name: each[order] for name, each in rows.items()}
    renamed = {"group": (mixed["group"] + 1) % 3, "label": 2 - mixed["label"]}
    other = cramers_v(cells_of(mixed, *names, w=9 * mixed["w"], **renamed))
    assert other.value == pytest.approx(base.value)
    assert other.p_value == pytest.approx(base.p_value)
    assert other.ends(0.99) == pytest.approx(base.ends(0.99))


def test_weights_of_one_change_nothing_and_copies_in_a_unit_tell_no_more(rows):
    plain = cramers_v(cells_of(rows))
    ones = cramers_v(cells_of(rows, w=np.ones(2_000)))
    assert ones.value == pytest.approx(plain.value)
    assert ones.ends(0.95) == pytest.approx(plain.ends(0.95))
    copies = {name: np.repeat(each, 5) for name, each in rows.items()}
    found = cramers_v(cells_of(copies, unit=np.repeat(np.arange(2_000), 5)))
    assert found.value == pytest.approx(plain.value, abs=1e-3)
    assert found.ends(0.95) == pytest.approx(plain.ends(0.95), abs=2e-3)
    assert np.log(found.p_value) == pytest.approx(np.log(plain.p_value), rel=0.03)


def test_very_many_units_are_added_up_in_bunches():
    rng = np.random.default_rng(4)
    n = 4 * MAX_BUNCHES
    group, label = rng.integers(0, 3, n), rng.integers(0, 3, n)
    alone = cramers_v(cells_of_rows(group, label, n_groups=3, n_classes=3))
    each = cells_of_rows(group, label, unit=np.arange(n), n_groups=3, n_classes=3)
    assert cramers_v(each).p_value == pytest.approx(alone.p_value, rel=0.05)


def test_the_influence_is_the_derivative_by_weight(rows):
    cells = cells_of(rows, "w")
    found = cramers_v(cells)
    step = 1e-4 * cells.w.sum()
    for at in range(len(cells.n)):
        up, down = (cramers_v(with_more_weight(cells, at, sign * step)).value for sign in (1, -1))
        slope = (up - down) / (2 * step)
        # What chance adds moves with the weights too, but by no more than one over the rows.
        assert found.influence[at] == pytest.approx(slope, rel=0.05, abs=2e-5)


def test_p_values_are_even_where_nothing_goes_together():
    rng = np.random.default_rng(7)
    law = np.outer([0.5, 0.3, 0.2], [0.6, 0.4]).ravel()
    seen = []
    for n in rng.multinomial(500, law, 1_000):
        group, label = np.indices((3, 2)).reshape(2, -1)
        found = cramers_v(cells_of_rows(np.repeat(group, n), np.repeat(label, n), n_groups=3))
        seen.append(found.p_value)
        assert (found.ends(0.95).low > 0) <= (found.p_value < 0.05)
    assert np.mean(np.array(seen) < 0.05) == pytest.approx(0.05, abs=0.015)


def test_it_is_0_to_1_and_undefined_without_two_of_each():
    tells_all = cramers_v(cells_of_rows([0] * 50 + [1] * 50, [0] * 50 + [1] * 50))
    assert tells_all.value == pytest.approx(1.0)
    assert tells_all.ends(0.99999).high == 1.0
    assert "one group" in cramers_v(cells_of_rows([0, 0], [0, 1])).reason
    assert "same label" in cramers_v(cells_of_rows([0, 1], [0, 0])).reason


def test_few_rows_are_said():
    rare = cramers_v(cells_of_rows([0] * 500 + [1] * 40, ([0] * 49 + [1]) * 10 + [0] * 39 + [1]))
    assert any("expected in the smallest group" in text for text in rare.warnings)
    small = cramers_v(cells_of_rows([0] * 50 + [1] * 10, [0, 1] * 30))
    assert small.warnings[0].startswith("too few: 10 rows of the smallest group")


def test_the_imbalance_of_a_class_by_hand():
    from assay.stats.rate import wilson

    cells = cells_of_rows([0] * 90 + [1] * 60, [1] * 60 + [0] * 30 + [1] * 20 + [0] * 40)
    found = facet_imbalance_in_class(split_of_cells(cells), 1)
    assert found.value == pytest.approx((60 - 20) / 80)
    assert (found.n, found.n_group, found.n_rest) == (80, 20, 60)
    low, high = wilson(60 / 80, 80)
    assert found.ends(0.95) == pytest.approx((2 * low - 1, 2 * high - 1))
    assert facet_imbalance_in_class(split_of_cells(cells, "a"), 1).value == pytest.approx(-0.5)
    none = facet_imbalance_in_class(split_of_cells(cells_of_rows([0, 1], [0, 0])), 1)
    assert none.reason == "0 rows with the label 1"
