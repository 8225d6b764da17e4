"""Splits keep rows where they were, classes and groups together, and say how they came about."""

import json
from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.data.dataset import Dataset
from assay.data.splits import split, split_again, split_by_column
from assay.errors import ColumnNotFoundError, InputError

N = 4_000


def table(n=N, seed=0):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "row": range(n),
            "x": rng.normal(size=n),
            "who": rng.integers(0, 200, n),
            "y": rng.choice(["rare", "common"], n, p=[0.01, 0.99]),
            "at": pl.Series(range(n)).cast(pl.Datetime("ms")),
        }
    )


def rows_of(part):
    return set(part.frame.collect()["row"].to_list())


@pytest.mark.parametrize("kind", ["random", "stratified", "group", "time"])
def test_parts_hold_every_row_once_and_about_their_share(kind):
    roles = {"label": "y", "group": "who", "time": "at", "id": "row"}
    data = Dataset.read(table(), **roles, features="x")
    parts = split(data, kind)
    assert list(parts) == ["train", "validation", "test"]
    found = [rows_of(part) for part in parts.values()]
    assert set.union(*found) == set(range(N))
    assert sum(map(len, found)) == N
    for rows, share in zip(found, (0.8, 0.1, 0.1), strict=True):
        assert len(rows) / N == pytest.approx(share, abs=0.06 if kind == "group" else 0.02)
    assert parts["train"].schema == data.schema


@pytest.mark.parametrize("kind", ["random", "group"])
def test_more_rows_move_no_old_row(kind):
    whole = Dataset.read(table(), group="who", id="row")
    before = Dataset.read(table().head(N // 2), group="who", id="row")
    old, new = split(before, kind), split(whole, kind)
    for name in old:
        assert rows_of(old[name]) <= rows_of(new[name])


def test_order_does_not_matter_and_twins_stay_together():
    rows = table().drop("at")
    parts = split(Dataset.read(rows))
    shuffled = split(
        Dataset.read(pl.concat([rows, rows]).sample(fraction=1, shuffle=True, seed=1))
    )
    for name in parts:
        assert rows_of(parts[name]) == rows_of(shuffled[name])


def test_another_salt_is_another_split():
    data = Dataset.read(table(), id="row")
    one, two = split(data)["test"], split(data, salt="2")["test"]
    both = len(rows_of(one) & rows_of(two))
    assert both / one.count_rows() < 0.2


def test_groups_stay_together():
    parts = split(Dataset.read(table(), group="who"), "group")
    groups = [set(part.frame.collect()["who"].to_list()) for part in parts.values()]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]


def test_rows_without_a_group_are_parted_one_by_one():
    rows = {"x": list(range(500)), "g": [None] * 500}
    parts = split(
        Dataset.read(pl.DataFrame(rows, schema={"x": pl.Int64, "g": pl.String})), "group", by="g"
    )
    assert all(part.count_rows() > 20 for part in parts.values())


def test_strata_have_exact_shares():
    parts = split(Dataset.read(table(), label="y"), "stratified")
    rare = {
        name: (part.frame.collect()["y"].to_numpy() == "rare").sum()
        for name, part in parts.items()
    }
    total = sum(rare.values())
    assert rare["test"] == pytest.approx(0.1 * total, abs=1)
    assert rare["validation"] == pytest.approx(0.1 * total, abs=1)


def test_time_goes_forward_and_the_gap_is_left_out():
    data = Dataset.read(table(), time="at")
    parts = split(data, "time", gap=timedelta(milliseconds=10))
    train, validation, test = (sorted(rows_of(part)) for part in parts.values())
    assert train[-1] < validation[0]
    assert validation[-1] < test[0]
    assert test == list(range(3_600, N))
    assert validation[0] - train[-1] == 10
    assert parts.dropped == N - len(train) - len(validation) - len(test) == 18


def test_rows_of_one_moment_stay_together():
    data = Dataset.read({"at": ["2024-01-01"] * 5 + ["2024-01-02"] * 5, "x": list(range(10))})
    parts = split(data, "time", by="at", shares={"train": 0.6, "test": 0.4})
    assert [part.frame.collect()["at"].to_list() for part in parts.values()] == [
        ["2024-01-01"] * 5,
        ["2024-01-02"] * 5,
    ]


def test_pandas_rows_follow():
    frame = pd.DataFrame({"x": range(100), "c": pd.Categorical(["a", "b"] * 50)})
    part = split(Dataset.read(frame))["test"]
    own = part.pandas_rows(0, 100)
    assert own["x"].tolist() == part.frame.collect()["x"].to_list()
    assert own["c"].dtype == frame["c"].dtype


def test_by_column():
    data = Dataset.read({"x": [1, 2, 3], "part": ["b", "a", "b"]})
    parts = split_by_column(data, "part")
    assert {name: part.count_rows() for name, part in parts.items()} == {"a": 1, "b": 2}
    assert "part" not in parts["a"].schema.features


def test_manifest():
    data = Dataset.read(table(), label="y", time="at")
    manifest = split(data, "random", salt="s", shares={"train": 0.5, "test": 0.5}).to_dict()
    json.dumps(manifest, allow_nan=False)
    assert manifest["kind"] == "random"
    assert manifest["salt"] == "s"
    parts = manifest["parts"]
    assert sum(part["rows"] for part in parts.values()) == N
    assert sum(parts["train"]["class_shares"].values()) == pytest.approx(1)
    assert parts["train"]["content"].startswith("fs1:")
    assert parts["train"]["first"].startswith("1970-01-01")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "rolling"}, "no split of kind 'rolling'; there is: random"),
        ({"shares": {"train": 0.5, "test": 0.4}}, "must sum to 1"),
        ({"shares": {"train": 1.0}}, "two parts or more"),
        ({"shares": {"train": 1.5, "test": -0.5}}, "above 0"),
        ({"kind": "stratified"}, "a stratified split needs a column.*label"),
        ({"kind": "group"}, "needs a column"),
        ({"kind": "time", "by": "list"}, "'list' holds List.* which has no order in time"),
        ({"gap": timedelta(1)}, "a gap is for a split by time"),
        (
            {"shares": {"a": 1 - 1e-9, "b": 1e-9}},
            "the part 'b' of this random split would have no",
        ),
    ],
)
def test_splits_that_cannot_be_made(arguments, message):
    data = Dataset.read(pl.DataFrame({"x": ["a", "b", "c"], "list": [[1], [2], [3]]}))
    with pytest.raises(InputError, match=message):
        split(data, **arguments)


def test_columns_that_are_not_there():
    data = Dataset.read({"x": [1, 2, 3]})
    with pytest.raises(ColumnNotFoundError):
        split(data, "group", by="y")
    with pytest.raises(ColumnNotFoundError):
        split_by_column(data, "y")
    with pytest.raises(InputError, match="empty in some"):
        split_by_column(Dataset.read({"part": ["a", None]}), "part")


@pytest.mark.parametrize("kind", ["random", "stratified", "group", "stratified_group"])
@pytest.mark.parametrize("n", [60, 900])
def test_splitting_again_moves_no_old_row(kind, n):
    roles = {"label": "y", "group": "who", "id": "row"}
    old = split(Dataset.read(table(n), **roles), kind)
    manifest = json.loads(json.dumps(old.to_dict()))
    grown = pl.concat([table(), table(n)]).unique("row", keep="last", maintain_order=True)
    new = split_again(manifest, Dataset.read(grown, **roles))
    for name in old:
        assert rows_of(old[name]) <= rows_of(new[name])
    assert sum(part.count_rows() for part in new.values()) == N


def test_splitting_by_time_again_puts_later_rows_into_the_last_part():
    old = split(Dataset.read(table().head(1_000), time="at"), "time")
    new = split_again(old.to_dict(), Dataset.read(table(), time="at"))
    assert rows_of(new["train"]) == rows_of(old["train"])
    assert rows_of(new["test"]) == set(range(900, N))


@pytest.mark.parametrize("n_groups", [6, 30])
def test_groups_with_classes_stay_together_and_few_groups_leave_no_part_empty(n_groups):
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {
            "row": range(600),
            "who": rng.integers(0, n_groups, 600),
            "y": rng.choice(["a", "b"], 600, p=[0.2, 0.8]),
        }
    )
    for kind in ("group", "stratified_group"):
        parts = split(Dataset.read(frame, label="y", group="who"), kind)
        groups = [set(part.frame.collect()["who"].to_list()) for part in parts.values()]
        assert sum(map(len, groups)) == n_groups
        assert all(groups)


def test_few_different_rows_are_told_apart_so_that_shares_hold():
    parts = split(Dataset.read({"x": [0, 1] * 500}))
    assert parts["train"].count_rows() == pytest.approx(800, abs=40)


def test_notes_say_what_is_missing_or_small():
    data = Dataset.read({"x": list(range(40)), "y": ["a"] * 39 + ["b"]}, label="y")
    assert "too few rows of 'b'" in split(data, "stratified").notes[0]
    at = ["2024-01-03", None, "2024-01-01"] * 10 + ["2024-01-02"] * 10
    found = split(
        Dataset.read({"x": list(range(40)), "at": at}, time="at"),
        "time",
        shares={"train": 0.3, "test": 0.7},
    )
    assert found.notes == (
        "10 rows have no time and are in no part",
        "the rows are not in the order of time; they were parted by time",
    )
    assert found.dropped == 10


def test_one_group_with_nearly_all_rows_cannot_be_parted():
    data = Dataset.read({"x": list(range(100)), "who": ["a"] * 95 + list("bcdef")})
    with pytest.raises(InputError, match="one group of 'who' holds 95% of the rows"):
        split(data, "group", by="who")


def test_a_quantity_is_nothing_to_stratify_by():
    data = Dataset.read({"x": np.linspace(0, 1, 50)})
    with pytest.raises(InputError, match="nothing to stratify by"):
        split(data, "stratified", by="x")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({}, "no manifest of a split"),
        ({"format": "assay.split/1", "rule": {"kind": "random"}}, "not the rule of a split"),
    ],
)
def test_what_is_no_manifest(manifest, message):
    with pytest.raises(InputError, match=message):
        split_again(manifest, Dataset.read({"x": [1, 2]}))


@given(st.integers(0, 30), st.lists(st.sampled_from([0.1, 0.2, 0.5]), min_size=1, max_size=3))
def test_parts_are_disjoint_and_hold_all_rows(seed, shares):
    named = {f"p{at}": share for at, share in enumerate(shares)}
    named["rest"] = 1 - sum(shares)
    if named["rest"] < 0.05:
        return
    data = Dataset.read(table(400, seed), id="row", label="y")
    for kind in ("random", "stratified"):
        found = [rows_of(part) for part in split(data, kind, shares=named).values()]
        assert sum(map(len, found)) == 400
        assert set.union(*found) == set(range(400))
