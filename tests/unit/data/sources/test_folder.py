"""Folders and globs are one table; what differs between the files is said."""

import gzip
import os
from datetime import date, datetime

import polars as pl
import pytest

from assay.data.sources.drift import common_type
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.errors import InputError


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def rules(source):
    return [note.rule for note in source.notes]


def test_files_are_taken_in_natural_order(tmp_path):
    fill(tmp_path, {f"part-{n}.csv": f"a,b\n{n},x\n" for n in (10, 2, 1)})
    source = open_source(tmp_path)
    assert source.name == f"{tmp_path.name} (3 files)"
    assert source.frame.collect()["a"].to_list() == [1, 2, 10]
    assert source.notes == ()
    matched = open_source(str(tmp_path / "part-1*.csv"))
    assert matched.name == f"{tmp_path.name}/part-1*.csv (2 files)"
    assert matched.frame.collect()["a"].to_list() == [1, 10]
    assert open_source(tmp_path / "part-2.c?v").name == f"{tmp_path.name}/part-2.c?v (1 file)"


def test_the_name_of_a_file_may_look_like_a_glob(tmp_path):
    fill(tmp_path, {"t[1].csv": "a,b\n1,2\n", "t1.csv": "a,b\n3,4\n"})
    assert open_source(tmp_path / "t[1].csv").frame.collect().rows() == [(1, 2)]


def test_folders_in_folders_and_stars_for_any(tmp_path):
    fill(tmp_path, {"x/1.csv": "a,b\n1,2\n", "y/z/2.csv": "a,b\n3,4\n"})
    for place in (tmp_path, tmp_path / "**" / "*.csv", tmp_path / "*"):
        assert open_source(place).frame.collect()["a"].to_list() == [1, 3]


def test_folders_that_name_keys_are_columns(tmp_path):
    fill(
        tmp_path,
        {
            "year=2023/at=a%20b/1.csv": "a,b\n1,2\n",
            "year=2024/at=c/1.csv": "a,b\n3,4\n",
            "year=__HIVE_DEFAULT_PARTITION__/at=c/1.csv": "a,b\n5,6\n",
        },
    )
    made = open_source(tmp_path).frame.collect()
    assert made.columns == ["a", "b", "year", "at"]
    assert made.select("year", "at").rows() == [(2023, "a b"), (2024, "c"), (None, "c")]
    chosen = open_source(tmp_path / "year=20*" / "*" / "*.csv").frame.collect()
    assert chosen["year"].to_list() == [2023, 2024]
    text = open_source(tmp_path, ReadOptions(storages={"year": "utf8"})).frame.collect()
    assert text["year"].to_list() == ["2023", "2024", None]


def test_a_key_that_files_have_themselves_is_theirs(tmp_path):
    fill(tmp_path, {"a=7/1.csv": "a,b\n1,2\n"})
    assert open_source(tmp_path).frame.collect().rows() == [(1, 2)]


def test_keys_keep_their_zeros_where_they_are_categories(tmp_path):
    fill(tmp_path, {"m=01/1.csv": "a,b\n1,2\n", "m=12/1.csv": "a,b\n3,4\n"})
    assert open_source(tmp_path).frame.collect()["m"].to_list() == [1, 12]
    told = ReadOptions(as_written=("m",))
    assert open_source(tmp_path, told).frame.collect()["m"].to_list() == ["01", "12"]


def test_what_is_hidden_is_passed_over_and_what_is_no_table_is_said(tmp_path):
    fill(
        tmp_path,
        {
            "1.csv": "a,b\n1,2\n",
            "_SUCCESS": "",
            ".1.csv.crc": "x",
            "_temporary/2.csv": "q\n1\n",
            "README.md": "hello",
            "notes.txt": "hello there",
        },
    )
    source = open_source(tmp_path)
    assert source.frame.collect().rows() == [(1, 2)]
    assert rules(source) == ["files_passed_over"]
    assert "README.md, notes.txt" in source.notes[0].message


def test_text_files_alone_are_tables(tmp_path):
    fill(tmp_path, {"1.txt": "a,b\n1,2\n", "2.txt": "a,b\n3,4\n"})
    assert open_source(tmp_path).frame.collect().height == 2


def test_files_without_rows_are_left_out_and_said(tmp_path):
    files = {"1.csv": "a,b\n1,2\n", "2.csv": "", "3.csv": "a,b\n", "4.csv.gz": gzip.compress(b"")}
    source = open_source(fill(tmp_path, files))
    assert source.name.endswith("(1 file)")
    assert rules(source) == ["files_without_rows"]
    assert source.notes[0].severity == "warning"
    assert source.notes[0].evidence["n_files"] == 3
    (tmp_path / "1.csv").write_text("a,b\n")
    with pytest.raises(InputError, match=r"none of the 4 files of .* has rows"):
        open_source(tmp_path)


def test_files_that_differ_are_joined_by_name_and_it_is_said(tmp_path):
    source = open_source(
        fill(
            tmp_path,
            {
                "1.csv": "a,b\n1,x\n",
                "2.csv": "b,a\ny,2.5\n",
                "3.csv": "a,c\n,true\n",
                "4.csv": "a,b,c\n4,,\n",
            },
        )
    )
    made = source.frame.collect()
    assert made.schema == {"a": pl.Float64, "b": pl.String, "c": pl.Boolean}
    assert made.rows() == [(1, "x", None), (2.5, "y", None), (None, None, True), (4, None, None)]
    assert rules(source) == [
        "columns_missing_in_files",
        "column_types_widened",
        "column_order_differs",
    ]
    missing, widened, order = source.notes
    assert "'b' in 1 of 4 (3.csv); 'c' in 2 of 4 (1.csv, 2.csv)" in missing.message
    assert "'a': whole numbers in 1.csv, 4.csv, floats in 2.csv" in widened.message
    assert "1 of 4 files" in order.message


def test_a_column_without_values_fits_every_type(tmp_path):
    fill(tmp_path, {"1.csv": "a,b\n,1\n", "2.csv": "a,b\nx,\n", "3.csv": "a,b\n,3\n"})
    source = open_source(tmp_path)
    assert source.frame.collect().rows() == [(None, 1), ("x", None), (None, 3)]
    assert source.notes == ()


def test_text_and_numbers_are_refused_with_the_files(tmp_path):
    fill(tmp_path, {"1.csv": "a,b\n1,2\n", "2.csv": "a,b\nx,2\n"})
    message = r"column 'a' of .* whole numbers in 1\.csv; text in 2\.csv.*--types a=text"
    with pytest.raises(InputError, match=message):
        open_source(tmp_path)
    told = ReadOptions(storages={"a": "utf8"})
    assert open_source(tmp_path, told).frame.collect()["a"].to_list() == ["1", "x"]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (pl.Int8(), pl.UInt32(), pl.Int64()),
        (pl.UInt64(), pl.Int64(), None),
        (pl.Float32(), pl.Int64(), pl.Float64()),
        (pl.Null(), pl.String(), pl.String()),
        (pl.Date(), pl.Datetime("us"), pl.Datetime("us")),
        (pl.Datetime("us"), pl.Datetime("ns"), pl.Datetime("ns")),
        (pl.Datetime("us", "UTC"), pl.Datetime("us"), None),
        (pl.Boolean(), pl.Int64(), None),
        (pl.List(pl.Int64), pl.List(pl.Float64), pl.List(pl.Float64)),
        (pl.List(pl.Null), pl.List(pl.String), pl.List(pl.String)),
        (pl.List(pl.String), pl.String(), None),
    ],
)
def test_common_types(one, other, both):
    assert common_type(one, other) == common_type(other, one) == both


def test_parquet_files_of_other_types_and_categories(tmp_path):
    low = pl.Series("c", ["low"], dtype=pl.Enum(["low", "high"]))
    more = pl.Series("c", ["max"], dtype=pl.Enum(["low", "max"]))
    day, time = date(2024, 1, 1), datetime.fromisoformat("2024-01-02")
    one = pl.DataFrame({"n": pl.Series([1], dtype=pl.Int32), "d": [day], "c": low})
    two = pl.DataFrame({"n": [2], "d": [time], "c": more})
    source = open_source(fill(tmp_path, {"1.parquet": one, "2.parquet": two}))
    made = source.frame.collect()
    assert made.schema["n"] == pl.Int64
    assert made["d"].to_list() == [datetime.fromisoformat("2024-01-01"), time]
    assert made["c"].to_list() == ["low", "max"]
    assert source.categories["c"].values == ("low", "high", "max")
    assert source.categories["c"].ordered is False
    assert source.path is None
    assert rules(source) == ["column_types_widened"]


def test_alike_parquet_files_keep_their_own_description(tmp_path):
    table = pl.DataFrame({"n": [1]})
    source = open_source(fill(tmp_path, {"1.parquet": table, "2.parquet": table}))
    assert source.path == tmp_path / "1.parquet"


def test_what_is_said_of_single_files_is_said_once(tmp_path):
    source = open_source(fill(tmp_path, {f"{n}.csv": "a;b\n1;2\n" for n in range(3)}))
    assert rules(source) == ["delimiter_guessed"]
    assert "2 more of the files" in source.notes[0].message


def test_all_files_together_keep_to_the_limit_of_memory(tmp_path):
    fill(tmp_path, {f"{n}.csv": "a,b\n1,2\n" for n in range(3)})
    size = (tmp_path / "0.csv").stat().st_size
    assert open_source(tmp_path).bytes_in_memory == 3 * size
    source = open_source(tmp_path, ReadOptions(max_bytes_in_memory=2 * size))
    assert source.bytes_in_memory == 2 * size
    assert source.frame.collect().height == 3


BAD = {
    "formats": ({"1.csv": "a\n1\n", "2.jsonl": '{"a":1}\n'}, "", r"1 of CSV and 1 of JSON Lines"),
    "no tables": ({"a.md": "x"}, "", r"holds a\.md and no table; a table ends in"),
    "nothing": ({".hidden.csv": "a\n1\n"}, "", "holds no table: it holds .hidden.csv"),
    "no match": ({"sales.csv": "a\n1\n"}, "sal?.csv", r"no file matches .*holds sales\.csv"),
    "no folder": ({"1.csv": "a\n1\n"}, "nowhere/*.csv", "there is no folder .*nowhere"),
    "only hidden": ({"_a.csv": "a\n1\n"}, "*.csv", r"matches _a\.csv and no table"),
    "a bad one": (
        {"x/1.csv": "a,b\n1,2\n", "y/1.csv": "a,b\n1,2,3\n"},
        "",
        r"^in y: 1\.csv, line 2: 3 fields",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_folders(tmp_path, case):
    files, pattern, message = BAD[case]
    fill(tmp_path, files)
    with pytest.raises(InputError, match=message):
        open_source(tmp_path / pattern)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_folders_that_may_not_be_read(tmp_path):
    fill(tmp_path, {"open/1.csv": "a,b\n1,2\n", "closed/1.csv": "a,b\n1,2\n"})
    (tmp_path / "closed").chmod(0)
    try:
        for place in (tmp_path, tmp_path / "closed"):
            with pytest.raises(InputError, match="closed cannot be read"):
                open_source(place)
    finally:
        (tmp_path / "closed").chmod(0o700)
