"""The rows of the flip test: which are drawn, with which features."""

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from assay.bias.facet import Facet
from assay.bias.flip_test_features import encode_features
from assay.bias.flip_test_reservoir import ALL, Reservoir, share_evenly
from assay.bias.flip_test_sample import flip_test_sample
from assay.bias.outcomes import Outcomes
from assay.data.dataset import Dataset
from assay.data.engines.mixing import row_keys
from assay.errors import ColumnNotFoundError

OUTCOMES = Outcomes(
    task="binary", positive="said is yes", prediction=nw.col("said"), predictions_positive=("yes",)
)


def sex_facet(groups=("man", "woman"), reported=(0, 1)):
    return Facet(
        name="sex",
        columns=("sex",),
        how="values",
        keys=(nw.col("sex"),),
        key_groups=({},),
        groups=groups,
        places={(name,): place for place, name in enumerate(groups)},
        reported=reported,
    )


def people(n=1_000, **more):
    rng = np.random.default_rng(0)
    columns = {
        "sex": rng.choice(["man", "woman"], n, p=[0.8, 0.2]).tolist(),
        "age": rng.integers(18, 80, n).tolist(),
        "pay": rng.normal(size=n).tolist(),
        "said": rng.choice(["yes", "no"], n).tolist(),
        "paid": rng.choice(["yes", "no"], n).tolist(),
        **more,
    }
    return Dataset.read(pl.DataFrame(columns), label="paid", prediction="said", facets="sex")


def test_all_rows_where_they_are_few():
    data = people()
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES)["sex"]
    table = data.sample(1_000)
    assert rows.columns == ("age", "pay")
    assert np.array_equal(rows.features, table.select("age", "pay").to_numpy())
    assert np.array_equal(rows.predicted, table["said"].to_numpy() == "yes")
    assert np.array_equal(rows.group, (table["sex"].to_numpy() == "woman").astype(int))
    assert rows.n_asked.tolist() == rows.n_data.tolist() == np.bincount(rows.group).tolist()


def test_limits_are_kept_and_the_same_rows_are_drawn_again():
    data = people(5_000)
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES, max_asked=300, max_rest=400)["sex"]
    again = flip_test_sample(data, [sex_facet()], OUTCOMES, max_asked=300, max_rest=400)["sex"]
    women, men = np.array([False, True]), np.array([True, False])
    assert rows.n_asked.tolist() == [150, 150]
    assert len(rows.uniform(women, 150)) == 150
    assert len(rows.uniform(men, 400)) == 400
    assert np.array_equal(rows.features, again.features)
    assert rows.group.shape[0] == 800  # 400 of each answer for the other


def test_the_rest_is_a_plain_sample_of_several_groups():
    reservoir = Reservoir(3, 500)
    rng = np.random.default_rng(1)
    group = rng.choice(3, 20_000, p=[0.9, 0.08, 0.02])
    key = row_keys(0, 20_000, 7)
    for start in range(0, 20_000, 3_000):
        part = slice(start, start + 3_000)
        reservoir.add(group[part], key[part], start)
    chosen = reservoir.choose((0, 1, 2), max_asked=90, max_rest=500)
    assert chosen.n_asked.tolist() == [30, 30, 30]
    for one in range(3):
        held = np.sort(chosen.row[(chosen.group != one)])
        rest = np.flatnonzero(group != one)
        nearest = np.sort(rest[np.argsort(key[rest])[:500]])
        assert np.isin(nearest, held).all()
    for one in range(3):
        own = np.flatnonzero((group == one) & (key <= chosen.complete_to[one]))
        assert np.array_equal(own, chosen.row[chosen.group == one])


def test_rows_without_a_group_are_left_out():
    reservoir = Reservoir(2, 10)
    reservoir.add(np.array([-1, 0, 1, -1]), row_keys(0, 4, 0), 0)
    chosen = reservoir.choose((0, 1), max_asked=10, max_rest=10)
    assert chosen.row.tolist() == [1, 2]
    assert (chosen.complete_to == ALL).all()


@pytest.mark.parametrize(
    ("available", "total", "expected"),
    [([3, 5], 100, [3, 5]), ([3, 50, 50], 23, [3, 10, 10]), ([9, 9], 1, [1, 1]), ([], 5, [])],
)
def test_shares_are_even(available, total, expected):
    shares = share_evenly(np.array(available, dtype=np.int64), total)
    assert shares.tolist() == expected


def test_text_is_refused_with_a_way_out():
    data = people(city=["Ulm", "Bonn"] * 500)
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES)["sex"]
    assert rows.reason.startswith("distances need numbers, and these features are none: city")
    assert "one-hot" in rows.reason
    encoded = flip_test_sample(data, [sex_facet()], OUTCOMES, one_hot=True)["sex"]
    assert encoded.columns == ("age", "pay", "city=Bonn", "city=Ulm")
    assert not encoded.reason
    told = flip_test_sample(data, [sex_facet()], OUTCOMES, features=["age"])["sex"]
    assert told.columns == ("age",)


def test_other_facets_are_features_and_the_own_is_not():
    data = people(old=[True, False] * 500).with_roles(facet=["sex", "old"])
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES)["sex"]
    assert rows.columns == ("age", "pay", "old")


def test_no_feature_is_a_reason_and_an_unknown_one_an_error():
    data = people()
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES, features=["sex"])["sex"]
    assert rows.reason.startswith("there is no feature")
    with pytest.raises(ColumnNotFoundError, match="agee"):
        flip_test_sample(data, [sex_facet()], OUTCOMES, features=["agee"])


def test_rows_without_a_value_are_left_out_and_counted():
    data = people(debt=[None, float("nan"), float("inf"), *([1.0] * 997)])
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES)["sex"]
    assert len(rows.features) == 997
    assert rows.warnings == ("3 of 1,000 sampled rows lack a value of a feature: left out",)


def test_scaling_divides_by_the_spread_and_keeps_constants():
    table = pl.DataFrame({"a": [0.0, 10.0, 20.0], "b": [7, 7, 7]})
    made = encode_features(table, ["a", "b"], scale=True)
    assert made.values[:, 0].std() == pytest.approx(1.0)
    assert made.values[:, 1].tolist() == [7, 7, 7]


def test_weights_and_units_come_along():
    n = 1_000
    frame = (
        people(n)
        .sample(n)
        .with_columns(w=pl.Series(np.arange(n) % 3 + 1.0), who=pl.Series(np.arange(n) // 4))
    )
    data = Dataset.read(
        frame, label="paid", prediction="said", facets="sex", weight="w", group="who"
    )
    rows = flip_test_sample(data, [sex_facet()], OUTCOMES)["sex"]
    assert np.array_equal(rows.weight, frame["w"].to_numpy())
    assert len(np.unique(rows.unit)) == 250
    assert rows.unit_kind == "group"
    assert rows.columns == ("age", "pay")
