"""Folds judge each row once, keep groups together and classes even, whatever the order."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.dataset import Dataset
from assay.data.folds import FOLD_KINDS, even_groups, fold_codes, fold_pairs
from assay.errors import ColumnNotFoundError, InputError

N = 600


def table(n=N, seed=0):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": rng.normal(size=n),
            "who": rng.integers(0, 60, n),
            "y": rng.choice(["rare", "common"], n, p=[0.05, 0.95]),
            "at": pl.Series(rng.integers(0, 10_000, n)).cast(pl.Datetime("ms")),
        }
    )


def read(frame):
    return Dataset.read(frame, label="y", group="who", time="at")


@pytest.mark.parametrize("kind", FOLD_KINDS)
def test_every_row_is_in_one_fold_and_folds_are_about_even(kind):
    codes = fold_codes(read(table()), 5, kind=kind)
    counts = np.bincount(codes)
    assert counts.size == 5
    assert counts.sum() == N
    assert counts.max() - counts.min() <= (2 if kind in {"random", "stratified"} else 12)


@pytest.mark.parametrize("kind", ["random", "stratified", "group", "stratified_group"])
def test_the_order_of_rows_does_not_matter(kind):
    frame = table().with_row_index("row")
    shuffled = frame.sample(fraction=1, shuffle=True, seed=3)
    one = fold_codes(read(frame), 4, kind=kind)
    two = fold_codes(read(shuffled), 4, kind=kind)
    assert (one[shuffled["row"].to_numpy()] == two).all()


@pytest.mark.parametrize("kind", ["group", "stratified_group"])
def test_no_group_is_in_two_folds(kind):
    frame = table()
    codes = fold_codes(read(frame), 5, kind=kind)
    per_group = (
        frame.with_columns(fold=pl.Series(codes)).group_by("who").agg(pl.col("fold").n_unique())
    )
    assert per_group["fold"].max() == 1


def test_classes_are_even():
    frame = table()
    rare = (frame["y"] == "rare").to_numpy()
    stratified = np.bincount(fold_codes(read(frame), 5, kind="stratified")[rare], minlength=5)
    assert stratified.max() - stratified.min() <= 1
    grouped = np.bincount(fold_codes(read(frame), 5, kind="stratified_group")[rare], minlength=5)
    assert grouped.max() - grouped.min() <= 3


def test_stretches_of_time_follow_each_other_and_moments_stay_together():
    frame = table()
    at = frame["at"].cast(pl.Int64).to_numpy()
    codes = fold_codes(read(frame), 4, kind="time")
    for fold in range(3):
        assert at[codes == fold].max() < at[codes == fold + 1].min()


def test_another_salt_deals_anew_and_the_same_does_not():
    data = read(table())
    one, two = fold_codes(data, 5), fold_codes(data, 5, salt="2")
    assert (one == fold_codes(data, 5)).all()
    assert (one == two).mean() == pytest.approx(0.2, abs=0.08)


def test_twins_share_a_fold_unless_they_are_twins_by_chance():
    frame = table().drop("at")
    twice = pl.concat([frame, frame])
    codes = fold_codes(Dataset.read(twice, label="y"), 5)
    assert (codes[:N] == codes[N:]).all()
    few = Dataset.read({"x": [0, 1] * 50, "y": ["a"] * 50 + ["b"] * 50}, label="y")
    assert np.bincount(fold_codes(few, 5, kind="stratified")).tolist() == [20] * 5


def test_rows_without_a_time_are_never_judged():
    data = Dataset.read({"x": [1, 2, 3], "at": ["2024-01-01", None, "2024-01-02"]}, time="at")
    assert fold_codes(data, 2, kind="time").tolist() == [0, -1, 1]


def test_rows_without_a_group_are_groups_of_their_own():
    who = [None] * 40 + ["a"] * 10
    data = Dataset.read({"x": list(range(50)), "who": who}, group="who")
    assert np.bincount(fold_codes(data, 5, kind="group")).tolist() == [10] * 5


def test_forward_pairs_fit_on_the_past_alone():
    pairs = list(fold_pairs(np.array([0, 1, -1, 2]), forward=True))
    assert [(fit.tolist(), judged.tolist()) for fit, judged in pairs] == [
        ([0], [1]),
        ([0, 1], [3]),
    ]


@given(
    st.lists(st.integers(1, 9), min_size=8, max_size=40),
    st.integers(2, 4),
    st.integers(0, 5),
)
def test_even_groups_beat_the_largest_group(sizes, k, seed):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    numbers = np.random.default_rng(seed).random(len(sizes))[groups]
    counts = np.bincount(even_groups(groups, numbers, k, most=1.0))
    assert counts.size == k
    assert counts.sum() == sum(sizes)
    assert counts.max() - counts.min() <= 2 * max(sizes)


@pytest.mark.parametrize(
    ("k", "arguments", "message"),
    [
        (5, {}, "4 rows cannot be parted into 5 folds; take 4"),
        (1, {}, "two folds or more; found 1"),
        (2, {"kind": "rolling"}, "no folds of kind 'rolling'; there is: random"),
        (2, {"kind": "group"}, "need a group; name its column"),
        (2, {"kind": "group", "by": "big"}, "one group holds 75% of the rows"),
        (3, {"kind": "group", "by": "two"}, "2 groups cannot be parted into 3 folds"),
        (3, {"kind": "time", "by": "two"}, "too few moments for 3 folds"),
        (2, {"kind": "time", "by": "none"}, "has no time in any row"),
    ],
)
def test_folds_that_cannot_be_made(k, arguments, message):
    frame = pl.DataFrame(
        {"x": [1, 2, 3, 4], "big": [1, 1, 1, 2], "two": [1, 1, 2, 2], "none": [None] * 4},
        schema_overrides={"none": pl.Float64},
    )
    with pytest.raises(InputError, match=message):
        fold_codes(Dataset.read(frame), k, **arguments)


def test_identical_rows_cannot_be_parted_by_an_id():
    data = Dataset.read({"key": [7] * 6, "x": list(range(6))}, id="key")
    with pytest.raises(InputError, match="too few different rows"):
        fold_codes(data, 2)


def test_a_column_that_is_not_there():
    with pytest.raises(ColumnNotFoundError):
        fold_codes(read(table()), 2, kind="group", by="whom")
