"""Arrow files, streams and Feather are read lazily and mean what Parquet means."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assay.data.dataset import Dataset
from assay.data.sources.arrow import open_arrow
from assay.errors import InputError

TABLE = pa.table(
    {
        "n": pa.array([1, None, 3], pa.int32()),
        "c": pa.DictionaryArray.from_arrays([1, None, 0], ["low", "high"], ordered=True),
        "t": ["x", "", None],
    }
)


def write(path, table, *, stream=False, compression=None, rows=2):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    opener = pa.ipc.new_stream if stream else pa.ipc.new_file
    with opener(path, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=rows)
    return path


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
def test_rows_types_and_categories(tmp_path, stream, compression):
    source = open_arrow(write(tmp_path / "t.arrow", TABLE, stream=stream, compression=compression))
    assert isinstance(source.frame, pl.LazyFrame)
    made = source.frame.collect()
    assert made.rows() == [(1, "high", "x"), (None, None, ""), (3, "low", None)]
    assert made.schema == {"n": pl.Int32, "c": pl.String, "t": pl.String}
    known = source.categories["c"]
    assert (known.values, known.ordered) == (("low", "high"), True)


@pytest.mark.parametrize("stream", [False, True])
def test_only_what_is_asked_for(tmp_path, stream):
    frame = open_arrow(write(tmp_path / "t.arrow", TABLE, stream=stream)).frame
    assert frame.select("t").collect()["t"].to_list() == ["x", "", None]
    assert frame.filter(pl.col("n") > 1).select("c").collect()["c"].to_list() == ["low"]
    assert frame.head(1).collect().height == 1
    assert frame.select(pl.len()).collect().item() == 3


def test_feather_of_pandas(tmp_path):
    frame = pd.DataFrame(
        {"c": pd.Categorical(["b", "a"], categories=["b", "a", "z"]), "x": [1, 2]}
    )
    frame.to_feather(tmp_path / "t.feather")
    data = Dataset.read(tmp_path / "t.feather")
    assert data.schema["c"].categories == ("b", "a", "z")
    assert data.schema["c"].ordered is False


def test_the_index_of_pandas_is_no_column(tmp_path):
    table = pa.Table.from_pandas(pd.DataFrame({"x": [1, 2]}, index=[5, 6]), preserve_index=True)
    assert "__index_level_0__" in table.column_names
    write(tmp_path / "t.arrow", table)
    assert open_arrow(tmp_path / "t.arrow").frame.collect().columns == ["x"]


@pytest.mark.parametrize("stream", [False, True])
def test_broken_files(tmp_path, stream):
    table = pa.table({"x": list(range(50_000))})
    content = write(tmp_path / "good.arrow", table, stream=stream, rows=10_000).read_bytes()
    (tmp_path / "cut.arrow").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"cut\.arrow cannot be read as Arrow.*cut off"):
        open_arrow(tmp_path / "cut.arrow")


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"PAR1xxxx", b"\x00" * 40, b"A"])
def test_other_formats(tmp_path, content):
    (tmp_path / "t.arrow").write_bytes(content)
    with pytest.raises(InputError, match=r"t\.arrow .*(Arrow|no columns)"):
        open_arrow(tmp_path / "t.arrow")


def test_old_feather(tmp_path):
    (tmp_path / "t.feather").write_bytes(b"FEA1....")
    with pytest.raises(InputError, match=r"Feather of version 1.*write it anew"):
        open_arrow(tmp_path / "t.feather")


@pytest.mark.parametrize("stream", [False, True])
def test_no_rows_and_no_columns(tmp_path, stream):
    write(tmp_path / "t.arrow", TABLE.slice(0, 0), stream=stream)
    with pytest.raises(InputError, match="columns and no rows"):
        open_arrow(tmp_path / "t.arrow")
    write(tmp_path / "e.arrow", pa.table({}), stream=stream)
    with pytest.raises(InputError, match="no columns"):
        open_arrow(tmp_path / "e.arrow")
