"""`assay data` as it is typed."""

import json

import polars as pl
import pytest


@pytest.fixture
def table(tmp_path):
    frame = pl.DataFrame(
        {
            "x": range(2400),
            "who": [i % 150 for i in range(2400)],
            "y": ["a", "b", "b"] * 800,
        }
    )
    frame.write_csv(tmp_path / "data.csv")
    return frame


def test_split_writes_parts_and_says_what_is_in_them(assay, table, tmp_path):
    told = assay("data", "split", "data.csv", "--label", "y", "--out", "parts")
    assert told.status == 0, told.err
    assert "stratified by y" in told.out
    assert "train           1,920 rows   80.0%  a 33.3%, b 66.7%" in told.out
    assert (tmp_path / "parts" / "split.json").exists()


def test_split_by_group_as_json(assay, table, tmp_path):
    told = assay(
        *("data", "split", "data.csv", "--kind", "group", "--by", "who"),
        *("--shares", "train=0.7,test=0.3", "--out", "parts", "--json"),
    )
    assert told.status == 0, told.err
    manifest = json.loads(told.out)
    assert list(manifest["parts"]) == ["train", "test"]
    parts = [set(pl.read_csv(tmp_path / "parts" / f"{n}.csv")["who"]) for n in ("train", "test")]
    assert not parts[0] & parts[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--shares", "80/10"), "sum to 0.9"),
        (("--shares", "many"), "says no shares; say 80/10/10"),
        (("--kind", "time", "--by", "x", "--gap", "week"), "no length of time"),
        (("--kind", "group"), "name it with by="),
        (("--kind", "mystery"), "mystery"),
        (("--folds", "1"), "folds"),
    ],
)
def test_wrong_words_are_told_and_nothing_is_left(assay, table, tmp_path, arguments, message):
    told = assay("data", "split", "data.csv", "--out", "parts", *arguments)
    assert told.status == 2
    assert message in told.err
    assert not (tmp_path / "parts").exists()


def test_fingerprint_is_that_of_the_manifest(assay, table):
    split = assay("data", "split", "data.csv", "--out", "p", "--json")
    told = assay("data", "fingerprint", "data.csv", "--json")
    assert told.status == 0
    assert json.loads(told.out)["order_free"] == json.loads(split.out)["source"]["order_free"]
    plain = assay("data", "fingerprint", "data.csv")
    assert "2,400 rows" in plain.out
    assert json.loads(told.out)["ordered"] in plain.out


@pytest.mark.parametrize("arguments", [("data",), ("data", "split"), ("data", "fingerprint")])
def test_help_has_examples(assay, arguments):
    told = assay(*arguments, "--help")
    assert told.status == 0
    assert "Examples:" in told.out
