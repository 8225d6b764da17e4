"""Parquet files are read lazily; broken ones are refused."""

import pandas as pd
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.sources.parquet import open_parquet
from assay.errors import InputError


def test_reads_lazily_and_the_same(tmp_path):
    table = pl.DataFrame({"a": [1, 2], "s": ["x", None]})
    table.write_parquet(tmp_path / "t.parquet")
    source = open_parquet(tmp_path / "t.parquet")
    assert isinstance(source.frame, pl.LazyFrame)
    assert source.frame.collect().equals(table)


def test_brackets_in_a_name_are_no_pattern(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "t[1].parquet")
    assert Dataset.read(tmp_path / "t[1].parquet").count_rows() == 1


def test_pandas_index_is_not_a_column_and_categories_are_known(tmp_path):
    frame = pd.DataFrame(
        {"c": pd.Categorical(["b", "a", None], categories=["b", "a", "c"], ordered=True)},
        index=[5, 6, 7],
    )
    frame.to_parquet(tmp_path / "t.parquet")
    data = Dataset.read(tmp_path / "t.parquet")
    assert data.schema.names == ("c",)
    column = data.schema["c"]
    assert column.categories == tuple(pd.read_parquet(tmp_path / "t.parquet")["c"].cat.categories)
    assert (column.kind, column.ordered, column.storage) == ("ordinal", True, "utf8")


def test_broken_files(tmp_path):
    good = tmp_path / "good.parquet"
    pl.DataFrame({"a": range(100)}).write_parquet(good)
    whole = good.read_bytes()
    cases = {
        "cut.parquet": (whole[:-10], "cut off"),
        "text.parquet": (b"a,b\n1,2\n", "not a Parquet file: it begins with b'a,b"),
        "short.parquet": (b"PA", "not a Parquet file"),
        "spoiled.parquet": (b"PAR1" + b"\x00" * 50 + b"PAR1", "cannot be read as Parquet"),
    }
    for name, (content, message) in cases.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError, match=message) as caught:
            open_parquet(path)
        assert name in str(caught.value)


def test_no_rows(tmp_path):
    pl.DataFrame({"a": []}, schema={"a": pl.Int64}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="columns and no rows"):
        open_parquet(tmp_path / "t.parquet")
