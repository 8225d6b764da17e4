"""The flip test: values by hand, symmetry, bad input, and how often its interval covers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bias.catalogue import find_bias_metric
from assay.bias.cells import GroupCells
from assay.bias.flip_test_neighbours import flip_counts
from assay.bias.flip_test_sample import FlipRows
from assay.bias.post_training.flip_test import FLIP_TEST, flip_test, matched_prediction_gap
from assay.bias.split import FacetTables, Split


def split_of(rows, group="d", versus=None):
    n = len(rows.groups)
    cells = GroupCells.from_counts(rows.groups, np.ones((n, 2), dtype=int))
    return Split.of(FacetTables(groups=rows.groups, cells=cells, rows=rows), group, versus)


def rows_of(group, features, predicted, names=("a", "d"), **more):
    return FlipRows.of_arrays(
        names, np.array(group), np.array(features, float), np.array(predicted, bool), **more
    )


def drawn(rng, n_a, n_d, shift=0.5):
    features = rng.normal(size=(n_a + n_d, 2))
    group = np.repeat([0, 1], [n_a, n_d])
    chance = 1 / (1 + np.exp(shift * group - features[:, 0]))
    return rows_of(group, features, rng.random(n_a + n_d) < chance)


def test_value_worked_by_hand():
    # One neighbour votes, since a has two rows: up, up, stays, down.
    rows = rows_of([0, 0, 1, 1, 1, 1], [[0], [9], [1], [2], [3], [8]], [1, 0, 0, 0, 1, 1])
    found = flip_test(split_of(rows))
    assert found.value == pytest.approx((2 - 1) / 4)
    assert (found.n_group, found.n_rest) == (4, 2)
    assert found.warnings[0] == "too few: 4 rows of d, an interval needs 30 to be believed"


def test_value_is_that_of_the_classifier():
    rng = np.random.default_rng(5)
    rows = drawn(rng, 200, 100)
    a, d = rows.group == 0, rows.group == 1
    up, down = flip_counts(
        rows.features[a], rows.predicted[a], rows.features[d], rows.predicted[d], 5
    )
    assert flip_test(split_of(rows)).value == pytest.approx((up - down) / 100)


def test_the_catalogue_knows_it():
    assert find_bias_metric("FT") is FLIP_TEST


@given(seed=st.integers(0, 10_000))
def test_bounds_order_and_sign(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    group = np.r_[0, 1, rng.integers(0, 2, n)]
    features = rng.integers(0, 4, (n + 2, 2)) * 1.0
    predicted = rng.random(n + 2) < 0.5
    order = rng.permutation(n + 2)
    found = flip_test(split_of(rows_of(group, features, predicted)))
    mixed = flip_test(split_of(rows_of(group[order], features[order], predicted[order])))
    other = flip_test(split_of(rows_of(group, features, ~predicted)))
    assert -1 <= found.value <= 1
    assert mixed.value == pytest.approx(found.value)
    assert other.value == pytest.approx(-found.value)
    low, high = found.ends(0.95)
    assert -1 <= low <= found.value <= high <= 1
    wider = found.ends(0.999)
    assert wider.low <= low
    assert wider.high >= high


def test_scaled_weights_change_nothing_and_weights_count():
    rows = [0, 0, 1, 1, 1], [[0], [9], [1], [2], [8]], [1, 0, 0, 1, 1]
    plain = flip_test(split_of(rows_of(*rows, weight=np.ones(5))))
    scaled = flip_test(split_of(rows_of(*rows, weight=np.full(5, 7.0))))
    heavy = flip_test(split_of(rows_of(*rows, weight=np.array([1.0, 1, 4, 1, 1]))))
    assert plain.value == scaled.value == pytest.approx(0.0)
    assert plain.ends(0.95) == pytest.approx(scaled.ends(0.95))
    assert heavy.value == pytest.approx((4 - 1) / 6)


def test_same_answers_give_no_difference_and_an_interval():
    rng = np.random.default_rng(0)
    rows = rows_of(rng.integers(0, 2, 300), rng.normal(size=(300, 2)), np.ones(300))
    found = flip_test(split_of(rows))
    assert found.value == 0.0
    low, high = found.ends(0.95)
    assert low < 0 < high
    assert any("rows predicted negative in the rest" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("names", "group", "said"),
    [(("a", "d"), [0, 0], "d has no row"), (("a", "d"), [1, 1], "the rest has no row")],
)
def test_an_empty_facet_is_undefined(names, group, said):
    found = flip_test(split_of(rows_of(group, [[0], [1]], [0, 1], names=names)))
    assert found.value is None
    assert found.reason.startswith(said)


def test_one_row_on_each_side():
    found = flip_test(split_of(rows_of([0, 1], [[0], [1]], [1, 0])))
    assert found.value == 1.0
    assert found.estimate(0.95).too_few


def test_without_rows_there_is_a_reason():
    cells = GroupCells.from_counts(["a", "d"], [[1, 1], [1, 1]])
    split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    assert flip_test(split).reason == "no rows were sampled for the flip test"


def test_against_another_group():
    rows = rows_of(
        [0, 0, 1, 1, 2], [[0], [9], [1], [2], [1]], [1, 1, 0, 0, 0], names=("a", "d", "e")
    )
    assert flip_test(split_of(rows, "d", "a")).value == 1.0
    assert flip_test(split_of(rows, "d", "e")).value == 0.0


def test_units_widen_the_interval():
    rng = np.random.default_rng(2)
    rows = drawn(rng, 60, 60)
    copies = np.repeat(np.arange(120), 5)
    noise = rng.normal(scale=0.01, size=(600, 2))
    plain = FlipRows.of_arrays(
        ("a", "d"), rows.group[copies], rows.features[copies] + noise, rows.predicted[copies]
    )
    by_unit = FlipRows(
        **{name: getattr(plain, name) for name in plain.__dataclass_fields__}
        | {"unit": copies, "unit_kind": "group"}
    )
    narrow, wide = flip_test(split_of(plain)), flip_test(split_of(by_unit))
    assert wide.value == pytest.approx(narrow.value)
    assert wide.error > 1.4 * narrow.error
    assert wide.unit == "group"


def test_matched_gap_worked_by_hand():
    reference = [[0], [0], [0], [0], [0], [9], [9], [9], [9], [9]]
    said = [1, 1, 0, 0, 0, 1, 1, 1, 1, 0]
    rows = rows_of([0] * 10 + [1, 1], [*reference, [1], [8]], [*said, 0, 1])
    assert flip_test(split_of(rows)).value == pytest.approx((0 - 0) / 2)
    assert matched_prediction_gap(split_of(rows)).value == pytest.approx((0.4 + 0.8 - 1) / 2)


def test_matched_gap_does_not_lean_where_features_say_nothing():
    rng = np.random.default_rng(8)
    group, said = rng.integers(0, 2, 6_000), rng.random(6_000) < 0.25
    split = split_of(rows_of(group, rng.normal(size=(6_000, 2)), said))
    low, high = matched_prediction_gap(split).ends(0.99)
    assert low < 0 < high
    assert flip_test(split).ends(0.99).high < -0.05


@pytest.mark.parametrize("metric", [flip_test, matched_prediction_gap])
@pytest.mark.parametrize(("n_a", "n_d"), [(120, 120), (60, 240)])
def test_intervals_cover(metric, n_a, n_d):
    rng = np.random.default_rng(11)
    found = [metric(split_of(drawn(rng, n_a, n_d))) for _ in range(120)]
    mean = np.mean([each.value for each in found])
    for level, least in ((0.95, 0.89), (0.8, 0.71)):
        ends = [each.ends(level) for each in found]
        covered = np.mean([low <= mean <= high for low, high in ends])
        assert least <= covered <= 1 - (1 - level) / 8
    spread = np.std([each.value for each in found])
    assert np.mean([each.error for each in found]) == pytest.approx(spread, rel=0.25)
