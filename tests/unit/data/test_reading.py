"""One table in many files: the same rows, kinds that are told, and tables that follow another."""

import gzip

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError, InputError

TABLE = pl.DataFrame(
    {
        "n": [1, None, 3],
        "x": [1.5, 2.0, None],
        "whole": [1.0, None, 4.0],
        "yes": [True, None, False],
        "t": ["a", None, "ü,b"],
        "at": ["2020-01-01T10:00:00", None, "2020-02-01T00:00:00"],
        "none": pl.Series([None, None, None], dtype=pl.Float64),
    }
)


@pytest.fixture
def folder(tmp_path):
    TABLE.write_csv(tmp_path / "t.csv")
    TABLE.write_csv(tmp_path / "t.tsv", separator="\t")
    TABLE.write_ndjson(tmp_path / "t.jsonl")
    TABLE.write_json(tmp_path / "t.json")
    TABLE.write_parquet(tmp_path / "t.parquet")
    TABLE.write_ipc(tmp_path / "t.arrow")
    TABLE.write_ipc_stream(tmp_path / "s.arrow")
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress((tmp_path / "t.jsonl").read_bytes()))
    (tmp_path / "parts").mkdir()
    TABLE.head(1).write_csv(tmp_path / "parts" / "1.csv")
    TABLE.tail(2).write_csv(tmp_path / "parts" / "2.csv")
    return tmp_path


FORMS = ("t.tsv", "t.jsonl", "t.json", "t.parquet", "t.arrow", "s.arrow", "t.jsonl.gz", "parts")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_have_the_same_fingerprint_and_kinds(folder, form):
    first, other = Dataset.read(folder / "t.csv"), Dataset.read(folder / form)
    assert other.fingerprint() == first.fingerprint()
    kinds = {column.name: column.kind for column in first.schema.columns}
    assert {column.name: column.kind for column in other.schema.columns} == kinds


@pytest.mark.parametrize("form", FORMS)
def test_each_form_can_follow_each(folder, form):
    first = Dataset.read(folder / "t.csv", label="yes" if form == "none" else None)
    for one, other in ((first, form), (Dataset.read(folder / form), "t.csv")):
        made = one.like(folder / other)
        assert made.fingerprint() == first.fingerprint()
        assert made.schema.names == one.schema.names


def test_columns_in_another_order_are_found_by_name(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    (tmp_path / "b.jsonl").write_text('{"b":"y","extra":1,"a":2}\n')
    made = Dataset.read(tmp_path / "a.csv").like(tmp_path / "b.jsonl")
    assert made.schema.names == ("a", "b", "extra")
    assert made.sample(1).select("a", "b").rows() == [(2, "y")]
    (tmp_path / "c.jsonl").write_text('{"b":"y"}\n')
    with pytest.raises(ColumnNotFoundError, match=r"columns not found: a;.*has: b"):
        Dataset.read(tmp_path / "a.csv").like(tmp_path / "c.jsonl")


def test_what_was_said_holds_for_the_tables_that_follow_where_it_means_something(tmp_path):
    (tmp_path / "a.txt").write_text("a:b\n1:?\n2:y\n")
    (tmp_path / "b.txt").write_text("a:b\n3:?\n")
    (tmp_path / "c.jsonl").write_text('{"a":4,"b":"?"}\n')
    pl.DataFrame({"a": [5], "b": ["?"]}).write_parquet(tmp_path / "d.parquet")
    data = Dataset.read(tmp_path / "a.txt", delimiter=":", missing=["?"])
    assert data.like(tmp_path / "b.txt").sample(1).rows() == [(3, None)]
    assert data.like(tmp_path / "c.jsonl").sample(1).rows() == [(4, None)]
    assert data.like(tmp_path / "d.parquet").sample(1).rows() == [(5, "?")]
    again = data.like(tmp_path / "c.jsonl").like(tmp_path / "b.txt")
    assert again.sample(1).rows() == [(3, None)]


ZIPS = "zip,n,note,ratio\n01234,1,007,1.50\n99999,2,8,2\n"


@pytest.mark.parametrize("limit", [None, 0])
def test_text_is_kept_as_it_is_written_where_kinds_ask_for_it(tmp_path, limit, monkeypatch):
    if limit is not None:
        monkeypatch.setattr("assay.data.sources.reader.ReadOptions.max_bytes_in_memory", limit)
    (tmp_path / "a.csv").write_text(ZIPS)
    plain = Dataset.read(tmp_path / "a.csv")
    assert plain.sample(2)["zip"].to_list() == [1234, 99999]
    kinds = {"zip": "categorical", "n": "ordinal", "note": "text", "ratio": "id"}
    data = Dataset.read(tmp_path / "a.csv", kinds=kinds)
    rows = data.sample(2)
    assert rows["zip"].to_list() == ["01234", "99999"]
    assert rows["n"].to_list() == [1, 2]  # nothing is lost: a model gets what pandas reads
    assert rows["note"].to_list() == ["007", "8"]
    assert rows["ratio"].to_list() == ["1.50", "2"]
    assert {column.name: column.kind for column in data.schema.columns} == kinds


def test_a_late_zero_is_seen_in_a_large_file(tmp_path, monkeypatch):
    monkeypatch.setattr("assay.data.sources.csv_native.HEAD_BYTES", 32)
    monkeypatch.setattr("assay.data.sources.reader.ReadOptions.max_bytes_in_memory", 0)
    (tmp_path / "a.csv").write_text("zip,n\n" + "1234,1\n" * 50 + "01234,1\n")
    data = Dataset.read(tmp_path / "a.csv", kinds={"zip": "categorical"})
    assert data.schema["zip"].storage == "utf8"
    assert data.sample(51)["zip"].to_list()[-2:] == ["1234", "01234"]


def test_words_for_kinds(tmp_path):
    (tmp_path / "a.csv").write_text('a,b,c\n"1 ",2020-01-01,true\nx,2020-01-02,False\n')
    words = {"b": "date", "c": "bool"}
    data = Dataset.read(tmp_path / "a.csv", kinds=words)
    assert [column.kind for column in data.schema.columns] == ["categorical", "time", "boolean"]
    with pytest.raises(InputError, match=r"'a', row 2 \(counted from 1\): 'x' is not a number"):
        Dataset.read(tmp_path / "a.csv", kinds={"a": "number"})


def test_truth_is_parsed_or_refused():
    data = Dataset.read({"a": ["true", None, "FALSE"]}, kinds={"a": "boolean"})
    assert (data.schema["a"].storage, data.sample(3)["a"].to_list()) == (
        "bool",
        [True, None, False],
    )
    with pytest.raises(InputError, match=r"row 2 .*'no' is not true or false"):
        Dataset.read({"a": ["true", "no"]}, kinds={"a": "boolean"})
    numbers = Dataset.read({"a": [0.0, None, 1.0]}, kinds={"a": "boolean"})
    assert numbers.schema["a"].storage == "float64"
    with pytest.raises(InputError, match=r"row 2 .*: 2 is not 0 or 1"):
        Dataset.read({"a": [0, 2]}, kinds={"a": "boolean"})


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_many_columns(tmp_path, form):
    table = pl.DataFrame({f"c{at}": [at, at + 1] for at in range(3000)})
    write = {"csv": "write_csv", "jsonl": "write_ndjson", "parquet": "write_parquet"}[form]
    getattr(table, write)(tmp_path / f"t.{form}")
    data = Dataset.read(tmp_path / f"t.{form}", label="c0")
    assert len(data.schema.features) == 2999
    assert data.sample(2)["c2999"].to_list() == [2999, 3000]


def test_the_text_among_scores_is_the_one_that_is_named(tmp_path):
    lines = ["y,p", "yes,0.5", "no, 0.25 ", "no,oops", "yes,0.75"]
    (tmp_path / "scored.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"first in row 3 \(counted from 1\): 'oops'"):
        Dataset.read(tmp_path / "scored.csv", label="y", score="p")


def test_an_empty_object_is_said_to_be_one(tmp_path):
    (tmp_path / "t.json").write_text("{}")
    with pytest.raises(InputError, match="a list of records is needed; it is an empty object"):
        Dataset.read(tmp_path / "t.json")


def test_a_prediction_with_a_text_among_numbers_can_be_found(tmp_path):
    lines = ["y,p", "1.5,0.5", "2.5,oops", "3.25,0.75"]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"row 2 \(counted from 1\): 'oops' is not a number"):
        Dataset.read(tmp_path / "t.csv", label="y", prediction="p", kinds={"p": "continuous"})
