"""Few weighted rows that stand for a table: which, of what types, with what weights."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import InputError
from assay.explainability.background import split_background, summarize_background


def blobs(n=300, k=3, seed=0):
    draw = np.random.default_rng(seed)
    centres = draw.normal(0, 20, (k, 2))
    which = np.arange(n) % k
    return centres[which] + draw.normal(0, 0.1, (n, 2)), which


def mixed(n=400, seed=0):
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": draw.integers(18, 80, n),
            "city": pd.Categorical(draw.choice(["Oslo", "Rome"], n)),
            "note": [f"note {place}" for place in range(n)],
            "score": np.where(draw.random(n) < 0.2, np.nan, draw.normal(size=n)),
        }
    )


def test_clusters_far_apart_give_one_row_each_with_their_shares():
    rows, which = blobs()
    keep = np.flatnonzero((which != 2) | (np.arange(300) < 60))
    made = summarize_background(rows[keep], "kmeans", n=3)
    nearest = [
        int(which[keep][np.abs(rows[keep] - row).sum(axis=1).argmin()]) for row in made.rows
    ]
    assert sorted(nearest) == [0, 1, 2]
    shares = np.bincount(which[keep]) / len(keep)
    assert made.weights == pytest.approx(shares[nearest])


def test_centres_are_snapped_to_values_seen_so_integers_stay():
    frame = pd.DataFrame({"n": np.arange(500) % 7, "x": np.linspace(0, 1, 500)})
    made = summarize_background(frame)
    assert made.kind == "kmeans"
    assert len(made) == 50
    assert list(made.rows.dtypes) == list(frame.dtypes)
    assert set(made.rows["n"]) <= set(frame["n"])
    assert set(made.rows["x"]) <= set(frame["x"])
    assert made.weights.sum() == pytest.approx(1)


def test_columns_without_numbers_give_rows_that_are_real():
    frame = mixed()
    made = summarize_background(frame, n=20)
    assert made.kind == "medoids"
    assert len(made) == 20
    assert made.rows.dtypes.equals(frame.dtypes)
    real = frame.set_index("note").loc[made.rows["note"]].reset_index()[list(frame.columns)]
    pd.testing.assert_frame_equal(made.rows, real)


def test_medoids_find_the_groups_that_categories_make():
    frame = pl.DataFrame({"kind": ["a", "b", "c"] * 60, "x": [0.0, 0.0, 0.0] * 60})
    made = summarize_background(frame, "medoids", n=3)
    assert sorted(made.rows["kind"]) == ["a", "b", "c"]
    assert made.weights == pytest.approx([1 / 3] * 3)


def test_small_tables_are_taken_as_they_are():
    rows = np.arange(200.0).reshape(100, 2)
    made = summarize_background(rows)
    assert made.kind == "given"
    assert made.rows is rows
    assert made.weights == pytest.approx(np.full(100, 0.01))
    assert summarize_background(rows, "all").kind == "all"
    assert summarize_background(rows, 200).kind == "given"
    assert len(summarize_background(rows, 30)) == 30


@pytest.mark.parametrize("kind", ["kmeans", "medoids", "sample"])
def test_fewer_distinct_rows_than_asked_for_are_no_error(kind):
    rows = np.repeat([[0.0, 1.0], [5.0, 5.0]], 100, axis=0)
    made = summarize_background(rows, kind, n=10)
    assert made.weights.sum() == pytest.approx(1)
    assert np.unique(made.rows, axis=0).tolist() == [[0.0, 1.0], [5.0, 5.0]]
    if kind != "sample":
        assert len(made) == 2


def test_one_row_of_medians_and_modes():
    frame = mixed()
    made = summarize_background(frame, "median")
    assert len(made) == 1
    row = made.rows.iloc[0]
    assert row["age"] == np.sort(frame["age"])[199]
    assert row["city"] == frame["city"].mode()[0]
    assert row["score"] == pytest.approx(np.nanquantile(frame["score"], 0.5, method="lower"))
    assert made.rows.dtypes.equals(frame.dtypes)


def test_zeros_keep_dtypes_and_want_a_name_for_what_is_no_number():
    frame = pl.DataFrame(
        {"x": [1.5], "n": pl.Series([3], dtype=pl.UInt8), "b": [True], "c": ["a"]}
    )
    with pytest.raises(InputError, match="zero means nothing in 'c'"):
        summarize_background(frame, "zero")
    made = summarize_background(frame, "zero", named={"c": "none"})
    assert made.rows.row(0) == (0.0, 0, False, "none")
    assert made.rows.schema == frame.schema
    times = pd.DataFrame({"t": pd.to_datetime(["2020-01-01"])})
    with pytest.raises(InputError, match="zero means nothing in 't'"):
        summarize_background(times, "zero")
    nullable = pd.DataFrame({"a": pd.Series([1, None], dtype="Int64"), "b": [True, False]})
    zero = summarize_background(nullable, "zero").rows
    assert zero.dtypes.equals(nullable.dtypes)
    assert zero.iloc[0].tolist() == [0, False]


def test_a_cluster_that_mostly_lacks_a_value_lacks_it():
    rows = np.array([[0.0, 1.0]] * 50 + [[9.0, np.nan]] * 49 + [[9.0, 4.0]])
    made = summarize_background(rows, "kmeans", n=2)
    assert sorted(map(str, made.rows.tolist())) == ["[0.0, 1.0]", "[9.0, nan]"]


def test_infinite_values_do_no_harm():
    rows = np.column_stack([np.linspace(0, 1, 200), np.repeat([np.inf, -np.inf, 1.0, 2.0], 50)])
    made = summarize_background(rows, "kmeans", n=4)
    assert len(made) == 4
    assert not np.isnan(made.rows).any()


@pytest.mark.parametrize("kind", ["kmeans", "medoids", "sample", "median", "all"])
def test_rows_of_no_weight_do_not_count(kind):
    rows, _ = blobs()
    weights = np.where(np.arange(300) < 200, 1.0, 0.0)
    rows[200:] += 1e6
    made = summarize_background(rows, kind, weights=weights)
    assert made.n_from == 200
    assert made.rows.max() < 1e5
    assert made.weights.sum() == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(["kmeans", "medoids", "sample"]), seed=st.integers(0, 99))
def test_weights_of_the_summary_count_the_rows_and_seeds_repeat(kind, seed):
    rows, _ = blobs(n=130)
    weights = np.random.default_rng(seed).random(130)
    made = summarize_background(rows, kind, n=7, weights=weights, seed=seed)
    again = summarize_background(rows, kind, n=7, weights=weights, seed=seed)
    assert np.array_equal(made.rows, again.rows)
    assert np.array_equal(made.weights, again.weights)
    assert made.weights.sum() == pytest.approx(1)
    assert (made.weights > 0).all()


def test_weights_move_centres_and_medians():
    rows = np.arange(200.0)[:, None]
    heavy = np.where(rows[:, 0] > 190, 1000.0, 1.0)
    assert summarize_background(rows, "median", weights=heavy).rows[0, 0] > 190
    made = summarize_background(rows, "kmeans", n=2, weights=heavy)
    assert made.weights.max() > 0.9


def test_halves_are_disjoint_and_summarized_alike():
    rows = np.arange(600.0)[:, None]
    one, other = split_background(rows, "sample", n=40, seed=3)
    assert len(one) == len(other) == 40
    assert not set(one.rows[:, 0]) & set(other.rows[:, 0])
    whole = split_background(rows, "all")
    joined = np.sort(np.concatenate([part.rows[:, 0] for part in whole]))
    assert joined.tolist() == rows[:, 0].tolist()
    with pytest.raises(InputError, match="two rows or more, and it has 1"):
        split_background(rows[:1])


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"kind": "mean"}, "unknown background 'mean'"),
        ({"kind": 0}, "at least one row, and 0"),
        ({"kind": True}, "unknown background True"),
        ({"kind": "median", "n": 3}, "does not go with background='median'"),
        ({"kind": "kmeans", "n": -1}, "at least one row"),
        ({"named": {"x": 1}}, "background='zero', not in 'auto'"),
        ({"weights": [1.0]}, r"weights of shape \(1,\)"),
        ({"weights": [0.0] * 3}, "not all zero"),
        ({"weights": [1.0, -1.0, 1.0]}, "not negative"),
        ({"weights": [1.0, float("nan"), 1.0]}, "must be finite"),
    ],
)
def test_what_cannot_be_is_refused(told, message):
    with pytest.raises(InputError, match=message):
        summarize_background(np.ones((3, 2)), **told)


def test_no_rows_and_k_means_of_text_are_refused():
    with pytest.raises(InputError, match="has no rows"):
        summarize_background(np.ones((0, 2)))
    with pytest.raises(InputError, match="'city', 'note' hold none; take background='medoids'"):
        summarize_background(mixed(), "kmeans")


def test_the_summary_of_a_result_counts_what_it_stands_for():
    rows, _ = blobs()
    made = summarize_background(rows).summary("train", error=0.01)
    told = made.to_dict()
    assert {name: told[name] for name in ("kind", "n_rows", "n_from", "source", "error")} == {
        "kind": "kmeans",
        "n_rows": 50,
        "n_from": 300,
        "source": "train",
        "error": 0.01,
    }
    assert made.rows.columns == ["x0", "x1"]
