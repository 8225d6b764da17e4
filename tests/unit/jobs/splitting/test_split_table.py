"""A table goes in, its parts or folds come out as they were written, with a manifest."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.jobs.splitting import SplitWish, split_table


def rows(n, seed=0):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "code": [f"{i:06d}" for i in range(n)],
            "price": [f"{v:.2f}" for v in rng.random(n)],
            "who": rng.integers(0, max(8, n // 20), n),
            "day": [f"2024-{1 + i * 12 // n:02d}-{1 + i % 28:02d}" for i in range(n)],
            "y": rng.choice(["a", "b"], n, p=[0.7, 0.3]),
            "note": rng.choice(["NA", "x, y", "null"], n),
        }
    )


@pytest.fixture
def table(tmp_path):
    def write(n, name="data.csv"):
        path = tmp_path / name
        rows(n).write_csv(path) if name.endswith("csv") else rows(n).write_parquet(path)
        return path

    return write


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_lines_of_a_csv_come_out_as_they_went_in(table, tmp_path):
    source = table(2500)
    done = split_table(source, tmp_path / "parts", roles={"label": "y"})
    assert [path.name for path in done.files] == [
        "train.csv",
        "validation.csv",
        "test.csv",
        "split.json",
    ]
    out = [lines(path) for path in done.files[:3]]
    assert all(part[0] == lines(source)[0] for part in out)
    assert sorted(line for part in out for line in part[1:]) == sorted(lines(source)[1:])
    assert done.manifest["kind"] == "stratified"
    assert json.loads(done.files[-1].read_text(encoding="utf-8")) == done.manifest


@pytest.mark.parametrize("form", ["parquet", "jsonl", "tsv"])
def test_other_formats_hold_the_same_rows(table, tmp_path, form):
    source = table(2500, "data.parquet")
    done = split_table(source, tmp_path / "parts", form=form, roles={"label": "y"})
    assert [path.suffix for path in done.files[:3]] == [f".{form}"] * 3
    total = sum(Dataset.read(str(path)).count_rows() for path in done.files[:3])
    assert total == 2500
    if form == "parquet":
        found = pl.concat([pl.read_parquet(path) for path in done.files[:3]])
        assert found.sort("code").equals(pl.read_parquet(source).sort("code"))


def test_fewer_than_2000_rows_get_a_test_and_folds(table, tmp_path):
    done = split_table(table(900), tmp_path / "p", roles={"label": "y", "group": "who"})
    train, test = (pl.read_csv(path) for path in done.files[:2])
    assert test.height / 900 == pytest.approx(0.2, abs=0.03)
    assert set(train["fold"].unique()) == {0, 1, 2, 3, 4}
    assert not set(train["who"]) & set(test["who"])
    assert train.group_by("who").agg(pl.col("fold").n_unique())["fold"].max() == 1
    assert "fold" in test.columns
    assert test["fold"].null_count() == test.height
    assert done.manifest["folds"] == {"folds": 5, "within": "stratified_group", "of": "train"}


def test_fewer_than_300_rows_get_repeated_folds_and_a_note(table, tmp_path):
    done = split_table(table(120), tmp_path / "p", roles={"label": "y"})
    assert [path.name for path in done.files] == ["folds.csv", "split.json"]
    found = pl.read_csv(done.files[0])
    assert [name for name in found.columns if name.startswith("fold_")] == [
        f"fold_{at}" for at in range(1, 11)
    ]
    assert "no untouched estimate" in done.manifest["notes"][0]


def test_rolling_folds_are_columns_of_words(table, tmp_path):
    wish = SplitWish(kind="rolling", by="day", folds=3, gap=timedelta(days=7))
    done = split_table(table(600), tmp_path / "p", wish=wish)
    found = pl.read_csv(done.files[0])
    for at in range(1, 4):
        fit, judge = (
            found.filter(pl.col(f"fold_{at}") == word)["day"] for word in ("train", "test")
        )
        assert fit.max() < judge.min()
    assert found["fold_1"].null_count() > 0


def test_nested_folds(table, tmp_path):
    wish = SplitWish(kind="nested", folds=3)
    done = split_table(table(300), tmp_path / "p", wish=wish, roles={"label": "y"})
    found = pl.read_csv(done.files[0])
    judged = found.filter(pl.col("fold") == 1)
    assert judged["inner_fold_1"].null_count() == judged.height
    assert found.filter(pl.col("fold") != 1)["inner_fold_1"].null_count() == 0


def test_a_grown_table_is_parted_as_before(table, tmp_path):
    first = split_table(table(2500), tmp_path / "a", wish=SplitWish(kind="group", by="who"))
    grown = tmp_path / "grown.csv"
    more = rows(500, seed=9).with_columns(code=pl.lit("z") + pl.col("code"))
    pl.concat(
        [pl.read_csv(tmp_path / "data.csv", infer_schema=False), more.cast(pl.String)]
    ).write_csv(grown)
    again = split_table(grown, tmp_path / "b", like=tmp_path / "a" / "split.json")
    for old, new in zip(first.files[:3], again.files[:3], strict=True):
        assert set(lines(old)) <= set(lines(new))


def test_a_column_that_names_the_parts(tmp_path):
    path = tmp_path / "data.csv"
    pl.DataFrame({"x": range(6), "part": ["dev", "test"] * 3}).write_csv(path)
    done = split_table(path, tmp_path / "p", wish=SplitWish(kind="column", by="part"))
    assert [each.name for each in done.files] == ["dev.csv", "test.csv", "split.json"]
    assert len(lines(done.files[0])) == 4


def test_files_that_are_there_are_left_alone(table, tmp_path):
    source = table(2500)
    out = tmp_path / "parts"
    out.mkdir()
    (out / "test.csv").write_text("mine")
    with pytest.raises(InputError, match=r"already has test.csv; .*--overwrite"):
        split_table(source, out)
    assert (out / "test.csv").read_text() == "mine"
    assert [each.name for each in out.iterdir()] == ["test.csv"]
    split_table(source, out, overwrite=True)
    assert (out / "test.csv").read_text() != "mine"


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (SplitWish(kind="mystery"), "no split of kind 'mystery'; there is: random"),
        (SplitWish(shares={"a": 0.5, "b": 0.4}), "must sum to 1"),
        (SplitWish(kind="nested", shares={"a": 0.5, "b": 0.5}), "leave them out"),
        (SplitWish(kind="column"), "--by COLUMN"),
        (SplitWish(kind="group", by="whom"), "columns not found: whom; did you mean who"),
        (SplitWish(kind="folds", folds=500), "120 rows cannot be parted into 500 folds"),
    ],
)
def test_what_cannot_be_done(table, tmp_path, wish, message):
    with pytest.raises(InputError, match=message):
        split_table(table(120), tmp_path / "out", wish=wish)
    assert not (tmp_path / "out").exists()


def test_formats_manifests_and_columns_that_cannot_be_used(table, tmp_path):
    source = table(300)
    with pytest.raises(InputError, match="no format 'xlsx' to write"):
        split_table(source, tmp_path / "o", form="xlsx")
    with pytest.raises(InputError, match="cannot be read"):
        split_table(source, tmp_path / "o", like=tmp_path / "absent.json")
    with pytest.raises(InputError, match="is no JSON"):
        split_table(source, tmp_path / "o", like=source)
    taken = tmp_path / "taken.csv"
    rows(300).with_columns(fold=pl.lit(1)).write_csv(taken)
    with pytest.raises(InputError, match="already has the column 'fold'"):
        split_table(taken, tmp_path / "o", wish=SplitWish(kind="folds"))
