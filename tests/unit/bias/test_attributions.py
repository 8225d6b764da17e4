"""Differential feature importance: values by hand, second implementations, joins, bad input."""

import json

import narwhals as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import ndcg_score

from assay.bias.attribution_ranks import one_minus_ndcg
from assay.bias.attribution_sums import attribution_sums
from assay.bias.attribution_table import compare_attribution_table, compare_explained_rows
from assay.bias.attributions import compare_attributions
from assay.bias.facet import Facet
from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError, InputError

SEX = Facet(
    name="sex",
    columns=("sex",),
    how="values",
    keys=(nw.col("sex"),),
    key_groups=({},),
    groups=("f", "m"),
    places={("f",): 0, ("m",): 1},
    reported=(0, 1),
)


def drawn(n=200, seed=0):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    scale = np.where(group[:, None] == 1, [1.0, 0.3, 0.6], [0.2, 0.9, 0.6])
    return rng.normal(size=(n, 3)) * scale, group


def test_values_worked_by_hand():
    phi = np.array([[1.0, 0.0], [-3.0, 2.0], [0.5, -2.0], [0.5, 4.0], [-0.5, 0.0]])
    found = compare_attributions(phi, np.array([0, 0, 1, 1, 1]), ["a", "d"], ["age", "pay"])
    against_a = found.groups[1]
    assert against_a.importance["age"] == (0.5, 2.0)
    assert against_a.differences["age"].value == pytest.approx(1.5)
    assert against_a.differences["pay"].value == pytest.approx(1.0 - 2.0)
    # a ranks age first; d's gains are 0.5 and 2: (0.5 + 2 / log2 3) / (2 + 0.5 / log2 3)
    third = 1 / np.log2(3)
    assert against_a.ranks.value == pytest.approx(1 - (0.5 + 2 * third) / (2 + 0.5 * third))
    assert against_a.ranks.too_few


def test_differences_are_those_of_welch():
    phi, group = drawn(5_000)
    found = compare_attributions(phi, group, ["a", "d"], ["x", "y", "z"]).groups[1]
    size = np.abs(phi)
    for at, name in enumerate("xyz"):
        test = stats.ttest_ind(size[group == 0, at], size[group == 1, at], equal_var=False)
        low, high = test.confidence_interval(0.95)
        assert found.differences[name].low == pytest.approx(low, abs=1e-3)
        assert found.differences[name].high == pytest.approx(high, abs=1e-3)


@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=7),
    st.integers(0, 1_000),
)
def test_ndcg_is_that_of_scikit_learn(gains, seed):
    d = np.array(gains, dtype=float)
    a = np.random.default_rng(seed).integers(0, 4, len(d)).astype(float)
    expected = 1 - ndcg_score([d], [a]) if d.any() else 0.0
    found = float(one_minus_ndcg(a, d))
    assert found == pytest.approx(expected, abs=1e-12)
    assert 0 <= found < 1
    assert float(one_minus_ndcg(d, d)) == 0.0


@given(st.integers(0, 1_000))
def test_order_scale_and_signs(seed):
    rng = np.random.default_rng(seed)
    phi, group = drawn(40, seed)
    order = rng.permutation(40)
    found = compare_attributions(phi, group, ["a", "d"], list("xyz"))
    mixed = compare_attributions(-phi[order], group[order], ["a", "d"], list("xyz"))
    weighed = compare_attributions(phi, group, ["a", "d"], list("xyz"), weight=np.full(40, 3.0))
    for one, other, heavy in zip(found.groups, mixed.groups, weighed.groups, strict=True):
        for name in "xyz":
            assert other.differences[name].value == pytest.approx(one.differences[name].value)
            assert heavy.differences[name].low == pytest.approx(one.differences[name].low)
    a, d = found.groups
    assert a.differences["x"].value == pytest.approx(-d.differences["x"].value)


def test_sums_of_parts_are_those_of_the_whole():
    phi, group = drawn(90)
    weight = np.random.default_rng(1).random(90)
    whole = attribution_sums(phi, group, 2, list("xyz"), weight=weight)
    parts = [
        attribution_sums(phi[part], group[part], 2, list("xyz"), weight=weight[part])
        for part in (slice(0, 20), slice(20, 90))
    ]
    joined = parts[0] + parts[1]
    for side in (np.array([True, False]), np.array([True, True])):
        assert joined.side(side).covariance == pytest.approx(whole.side(side).covariance)
        assert joined.side(side).third == pytest.approx(whole.side(side).third)


def test_weighted_means_vary_as_drawn_again():
    rng = np.random.default_rng(5)
    phi = rng.normal(size=(400, 1))
    weight = rng.integers(1, 5, 400).astype(float)
    side = attribution_sums(phi, np.zeros(400, int), 1, ["x"], weight=weight).side(
        np.array([True])
    )
    picks = rng.integers(0, 400, (4_000, 400))
    means = np.average(np.abs(phi[:, 0])[picks], weights=weight[picks], axis=1)
    assert side.mean[0] == pytest.approx(np.average(np.abs(phi[:, 0]), weights=weight))
    assert np.sqrt(side.covariance[0, 0]) == pytest.approx(means.std(), rel=0.08)


def test_same_importances_reach_down_to_zero_and_others_do_not():
    phi, group = drawn(3_000)
    other = compare_attributions(phi, group, ["a", "d"], list("xyz")).groups[1]
    mixed = np.random.default_rng(2).permutation(group)
    same = compare_attributions(phi, mixed, ["a", "d"], list("xyz")).groups[1]
    assert other.ranks_p_value < 0.01
    assert other.ranks.low > 0
    assert same.ranks_p_value > 0.05
    assert same.ranks.low == 0.0


def test_intervals_cover():
    rng = np.random.default_rng(9)
    base, more = np.array([1.0, 0.8, 0.6]), np.array([1.0, 1.4, 0.5])
    mean = np.exp(0.125)
    truth = float(one_minus_ndcg(base, base * more))
    gaps, ranks = [], []
    for _ in range(120):
        a = base * np.exp(0.5 * rng.normal(size=(300, 3)))
        d = base * more * np.exp(0.5 * rng.normal(size=(80, 3)))
        found = compare_attributions(
            np.vstack([a, d]), np.repeat([0, 1], [300, 80]), ["a", "d"], list("xyz"), reported=[1]
        ).groups[0]
        ranks.append(found.ranks.covers(truth))
        for at, name in enumerate("xyz"):
            gaps.append(found.differences[name].covers(mean * base[at] * (1 - more[at])))
    assert 0.91 <= np.mean(gaps) <= 0.985
    assert 0.88 <= np.mean(ranks) <= 1.0


def test_shown_as_builtins_and_as_a_frame():
    phi, group = drawn(60)
    found = compare_attributions(phi, group, ["a", "d"], list("xyz"), facet="sex")
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["groups"][1]["features"]["x"]["difference"]["n"] == 60
    frame = found.to_frame()
    assert frame.height == 6
    assert frame.columns[:4] == ["facet", "group", "versus", "feature"]


def test_an_empty_group_and_a_single_row():
    phi = np.array([[1.0], [2.0], [3.0]])
    empty = compare_attributions(phi, np.zeros(3, int), ["a", "d"], ["x"])
    assert empty.groups[1].differences["x"].reason == "d has no row with attributions"
    json.dumps(empty.to_dict(), allow_nan=False)
    assert empty.to_frame()["difference"].null_count() == 2
    one = compare_attributions(phi, np.array([0, 0, 1]), ["a", "d"], ["x"]).groups[1]
    assert one.differences["x"].value == pytest.approx(-1.5)
    assert one.differences["x"].low is None
    assert "one row" in one.differences["x"].reason


def test_rows_without_a_value_are_left_out_and_counted():
    phi = np.array([[1.0], [np.nan], [np.inf], [2.0]])
    found = compare_attributions(phi, np.array([0, 0, 1, 1]), ["a", "d"], ["x"])
    assert found.rows_without == 2
    assert found.groups[1].importance["x"] == (2.0, 1.0)


def test_a_wrong_shape_is_refused():
    with pytest.raises(InputError, match="one column for each of 2 features"):
        compare_attributions(np.zeros((3, 1)), np.zeros(3, int), ["a"], ["x", "y"])


def tables(n=120):
    phi, group = drawn(n)
    data = Dataset.read({"who": list(range(n)), "sex": np.where(group == 1, "m", "f").tolist()})
    columns = {name: phi[:, at].tolist() for at, name in enumerate("xyz")}
    return data, columns, phi, group


def test_a_table_in_the_same_order():
    data, columns, phi, group = tables()
    found = compare_attribution_table(Dataset.read(columns), data, SEX)
    expected = compare_attributions(phi, group, ["f", "m"], list("xyz"), facet="sex")
    assert found.to_frame().equals(expected.to_frame())


def test_a_table_that_is_joined(tmp_path):
    data, columns, phi, group = tables()
    order = np.random.default_rng(3).permutation(120)[:100]
    path = tmp_path / "phi.csv"
    pl.DataFrame({"who": list(range(120)), **columns})[order].write_csv(path)
    found = compare_attribution_table(Dataset.read(path), data, SEX, join_on="who")
    kept = np.sort(order)
    expected = compare_attributions(phi[kept], group[kept], ["f", "m"], list("xyz"))
    assert found.rows_without == 20
    for one, other in zip(found.groups, expected.groups, strict=True):
        assert one.differences["y"].value == pytest.approx(other.differences["y"].value)


def test_some_rows_by_their_places():
    data, _, phi, group = tables()
    places = np.random.default_rng(4).permutation(120)[:50]
    found = compare_explained_rows(phi[places], places.tolist(), data, SEX, list("xyz"))
    expected = compare_attributions(phi[places], group[places], ["f", "m"], list("xyz"))
    assert found.rows == 50
    for one, other in zip(found.groups, expected.groups, strict=True):
        for name in "xyz":
            assert one.differences[name].value == pytest.approx(other.differences[name].value)
            assert one.differences[name].low == pytest.approx(other.differences[name].low)


def test_places_count_over_batches_and_weights_count(monkeypatch):
    monkeypatch.setattr("assay.bias.attribution_table.BATCH_ROWS", 16)
    data, _, phi, group = tables()
    weight = np.random.default_rng(6).integers(1, 4, 120)
    frame = data.collect(["who", "sex"]).with_columns(weight=pl.Series(weight.astype(float)))
    places = np.array([119, 0, 15, 16, 31, 32, 64, 90, 7, 118])
    weighted = Dataset.read(frame, weight="weight")
    found = compare_explained_rows(phi[places], places.tolist(), weighted, SEX, list("xyz"))
    men = group[places] == 1
    expected = np.average(np.abs(phi[places][men]), axis=0, weights=weight[places][men])
    assert found.groups[1].importance["y"][0] == pytest.approx(expected[1])


def test_declared_units_leave_no_interval():
    data, columns, phi, group = tables()
    found = compare_attribution_table(Dataset.read(columns), data.with_roles(group="who"), SEX)
    difference = found.groups[0].differences["x"]
    size = np.abs(phi[:, 0])
    assert difference.value == pytest.approx(size[group == 1].mean() - size[group == 0].mean())
    assert difference.low is None
    assert "rows of one group belong together" in difference.reason
    assert found.groups[0].ranks_p_value is None


def test_ids_of_another_type_are_compared_as_text():
    data, columns, *_ = tables()
    table = pl.DataFrame({"who": [str(i) for i in range(120)], **columns})
    given = Dataset.read(table, kinds={"who": "id"})
    found = compare_attribution_table(given, data, SEX, join_on="who", features=["x"])
    assert found.rows_without == 0


@pytest.mark.parametrize(
    ("change", "options", "error", "said"),
    [
        (lambda t: t.head(5), {}, InputError, "has 5 rows and"),
        (lambda t: pl.concat([t, t.head(1)]), {"join_on": "who"}, InputError, "than once: 0"),
        (
            lambda t: t.with_columns(pl.col("who") + 999),
            {"join_on": "who"},
            InputError,
            "no value",
        ),
        (lambda t: t, {"join_on": "id"}, ColumnNotFoundError, "id"),
        (lambda t: t, {"features": ["q"]}, ColumnNotFoundError, "q"),
        (
            lambda t: t.with_columns(x=pl.lit("high")),
            {"features": ["x"]},
            InputError,
            "hold none: x",
        ),
        (lambda t: t.select(x=pl.lit("high")), {}, InputError, "no column of numbers"),
    ],
)
def test_tables_that_do_not_fit_are_refused(change, options, error, said):
    data, columns, *_ = tables()
    table = pl.DataFrame({"who": list(range(120)), **columns})
    with pytest.raises(error, match=said):
        compare_attribution_table(Dataset.read(change(table)), data, SEX, **options)
