"""Tables in object stores and on web servers; both are servers on loopback."""

import gzip
import io
import sys
from collections.abc import Iterator

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.sources import cloud_download, cloud_scan, cloud_web
from assay.data.sources.cloud import READER, open_url
from assay.data.sources.cloud_place import read_place
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import NoRowsError
from assay.errors import InputError, MissingExtraError
from object_server import ObjectServer, running_objects

ROWS = pl.DataFrame({"age": [31, 45, None], "job": ["cook", "baker", "Zoë"], "y": [0, 1, 1]})
CSV = b"age,job,y\n31,cook,0\n45,baker,1\n,Zo\xc3\xab,1\n"


def parquet(frame: pl.DataFrame, **options: int) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, **options)
    return buffer.getvalue()


def arrow(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    return buffer.getvalue()


@pytest.fixture
def server() -> Iterator[ObjectServer]:
    with running_objects() as server:
        server.buckets.add("shop")
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a moment alone for a server that does not answer."""
    hurry = {"max_retries": 0, "read_timeout": "300ms", "connect_timeout": "300ms"}
    monkeypatch.setattr(cloud_scan, "PATIENCE", hurry)
    for module in (cloud_download, cloud_web):
        monkeypatch.setattr(module, "READ_SECONDS", 0.3)
        monkeypatch.setattr(module, "RETRIES", 0)


def in_store(server: ObjectServer, key: str, **options: object) -> pl.DataFrame:
    return open_in_store(server, key, **options).frame.collect()


def open_in_store(server: ObjectServer, key: str, **options: object):
    return open_url(f"s3://shop/{key}", ReadOptions(storage=server.storage, **options))


def refused(server: ObjectServer, url: str) -> str:
    storage = {} if url.startswith("http") else server.storage
    with pytest.raises(InputError) as error:
        open_url(url, ReadOptions(storage=storage)).frame.collect()
    message = str(error.value)
    assert "\n" not in message
    assert "velvet" not in message
    return message


def test_parquet_in_a_store_is_read_where_it_is(server: ObjectServer) -> None:
    rows = pl.DataFrame({"n": range(200_000)}).with_columns(
        *((pl.col("n") * k % 100_003).alias(f"x{k}") for k in range(2, 8))
    )
    server.objects["/shop/large.parquet"] = parquet(rows, row_group_size=50_000)
    source = open_in_store(server, "large.parquet")
    assert source.name == "s3://shop/large.parquet"
    server.bytes_sent = 0
    assert source.frame.select(pl.col("n").sum()).collect().item() == 19_999_900_000
    assert server.bytes_sent < len(server.objects["/shop/large.parquet"]) / 2


def test_parquet_on_a_web_server_is_read_where_it_is(server: ObjectServer) -> None:
    server.objects["/data/rows.parquet"] = parquet(ROWS)
    data = Dataset.read(f"{server.url}/data/rows.parquet", label="y")
    assert data.count_rows() == 3
    assert data.name == f"{server.url}/data/rows.parquet"


@pytest.mark.parametrize("key", ["rows.parquet", "rows.arrow", "rows.csv", "rows.csv.gz"])
@pytest.mark.parametrize("web", [False, True])
def test_every_format_gives_the_same_rows(server: ObjectServer, key: str, web: bool) -> None:
    if not web and ".csv" in key:
        pytest.importorskip("obstore")
    contents = {
        "rows.parquet": parquet(ROWS),
        "rows.arrow": arrow(ROWS),
        "rows.csv": CSV,
        "rows.csv.gz": gzip.compress(CSV),
    }
    server.objects[f"/shop/{key}"] = contents[key]
    if web:
        data = Dataset.read(f"{server.url}/shop/{key}", label="y")
    else:
        data = Dataset.read(f"s3://shop/{key}", label="y", storage=server.storage)
    assert data.fingerprint() == Dataset.read(ROWS, label="y").fingerprint()
    assert data.name == (f"{server.url}/shop/{key}" if web else f"s3://shop/{key}")


def test_options_of_the_format_reach_the_copy(server: ObjectServer) -> None:
    pytest.importorskip("obstore")
    server.objects["/shop/odd.csv"] = b"a|b\n1|-\n2|x\n"
    frame = in_store(server, "odd.csv", delimiter="|", missing=["-"])
    assert frame.to_dict(as_series=False) == {"a": [1, 2], "b": [None, "x"]}


def test_a_text_file_beyond_memory_is_read_from_its_copy(server: ObjectServer) -> None:
    pytest.importorskip("obstore")
    server.objects["/shop/rows.csv"] = CSV
    source = open_in_store(server, "rows.csv", max_bytes_in_memory=1)
    server.asked.clear()
    frame = source.frame
    del source
    assert frame.select(pl.len()).collect().item() == 3
    assert frame.collect().equals(ROWS)
    assert server.asked == []


def test_a_pattern_and_a_prefix_of_parquet(server: ObjectServer) -> None:
    server.objects["/shop/parts/year=2023/a.parquet"] = parquet(ROWS.head(1))
    server.objects["/shop/parts/year=2024/b.parquet"] = parquet(ROWS.tail(2))
    for key in ("parts/**/*.parquet", "parts/"):
        frame = in_store(server, key)
        assert frame["job"].to_list() == ["cook", "baker", "Zoë"]
        assert frame["year"].to_list() == [2023, 2024, 2024]


def test_a_pattern_and_a_prefix_of_text(server: ObjectServer) -> None:
    pytest.importorskip("obstore")
    server.objects["/shop/parts/1.csv"] = b"a,b\n1,x\n"
    server.objects["/shop/parts/2.csv"] = b"b,a\ny,2\n"
    server.objects["/shop/parts/_SUCCESS"] = b""
    server.objects["/shop/other/3.csv"] = b"a,b\n9,z\n"
    for key in ("parts/*.csv", "parts/"):
        source = open_in_store(server, key)
        assert source.frame.collect().rows() == [(1, "x"), (2, "y")]
        assert source.name == f"s3://shop/{key} (2 files)"


def test_files_that_differ_are_refused(server: ObjectServer) -> None:
    server.objects["/shop/d/a.parquet"] = parquet(ROWS)
    server.objects["/shop/d/b.parquet"] = parquet(ROWS.drop("job"))
    assert "job" in refused(server, "s3://shop/d/*.parquet")


def test_categories_of_an_enum_are_kept(server: ObjectServer) -> None:
    size = pl.Series("size", ["S", "L"], dtype=pl.Enum(["S", "M", "L"]))
    server.objects["/shop/sizes.arrow"] = arrow(size.to_frame())
    source = open_in_store(server, "sizes.arrow")
    assert source.frame.collect().dtypes == [pl.String]
    assert source.categories["size"].values == ("S", "M", "L")


def test_a_table_without_rows_is_refused(server: ObjectServer) -> None:
    server.objects["/shop/none.parquet"] = parquet(ROWS.head(0))
    with pytest.raises(NoRowsError, match="has columns and no rows"):
        open_in_store(server, "none.parquet")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_missing_object_or_bucket_is_told(server: ObjectServer, suffix: str) -> None:
    if suffix == "csv":
        pytest.importorskip("obstore")
    missing = refused(server, f"s3://shop/none.{suffix}")
    assert missing.startswith(f"there is no s3://shop/none.{suffix}: 404 Not Found, NoSuchKey")
    assert "there is no bucket s3://nowhere" in refused(server, f"s3://nowhere/a.{suffix}")
    assert "nothing matches" in refused(server, f"s3://shop/zz/*.{suffix}")
    assert "404" in refused(server, f"{server.url}/none.{suffix}")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_closed_object_asks_for_credentials(server: ObjectServer, suffix: str) -> None:
    if suffix == "csv":
        pytest.importorskip("obstore")
    server.failures[f"/shop/closed.{suffix}"] = 403
    message = refused(server, f"s3://shop/closed.{suffix}")
    assert "may not be read: 403 Forbidden, AccessDenied" in message
    assert "--storage-option" in message
    assert "may not be read: 403" in refused(server, f"{server.url}/shop/closed.{suffix}")


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.usefixtures("impatient")
def test_a_server_that_fails_or_stalls_is_told(server: ObjectServer, suffix: str) -> None:
    if suffix == "csv":
        pytest.importorskip("obstore")
    server.failures[f"/shop/broken.{suffix}"] = 500
    server.stalls.add(f"/shop/slow.{suffix}")
    for place in ("s3://shop", f"{server.url}/shop"):
        assert "500 Internal Server Error" in refused(server, f"{place}/broken.{suffix}")
        assert "cannot be reached" in refused(server, f"{place}/slow.{suffix}")
    assert "cannot be reached" in refused(server, f"http://127.0.0.1:1/a.{suffix}")
    nobody = ReadOptions(storage=server.storage | {"aws_endpoint_url": "http://127.0.0.1:1"})
    with pytest.raises(InputError, match="cannot be reached"):
        open_url(f"s3://shop/a.{suffix}", nobody)


def test_a_failure_after_opening_is_told(server: ObjectServer) -> None:
    server.objects["/shop/rows.parquet"] = parquet(ROWS)
    frame = open_in_store(server, "rows.parquet").frame
    server.failures["/shop/rows.parquet"] = 403
    with pytest.raises(InputError, match="may not be read: 403"):
        frame.collect()


@pytest.mark.usefixtures("impatient")
def test_a_web_server_that_falls_silent_or_changes_its_file_is_told(server: ObjectServer) -> None:
    path = "/rows.parquet"
    server.objects[path] = parquet(ROWS)
    frame = open_url(f"{server.url}{path}", ReadOptions()).frame
    server.stalls.add(path)
    with pytest.raises(InputError, match="cannot be reached"):
        frame.collect()
    server.stalls.clear()
    server.objects[path] = parquet(ROWS.head(1).select("age"))
    with pytest.raises(InputError, match=r"/rows\.parquet"):
        frame.collect()


def test_a_web_server_is_asked_for_the_columns_needed(server: ObjectServer) -> None:
    rows = pl.DataFrame({"n": range(300_000)}).with_columns(
        *((pl.col("n") * k % 100_003).alias(f"x.{k}") for k in range(2, 8))
    )
    server.objects["/large.parquet"] = parquet(rows, row_group_size=50_000)
    frame = open_url(f"{server.url}/large.parquet", ReadOptions()).frame
    server.bytes_sent = 0
    assert frame.select(pl.col("n").sum()).collect().item() == 44_999_850_000
    assert server.bytes_sent < len(server.objects["/large.parquet"]) / 2
    some = frame.filter(pl.col("n") >= 299_999).select("x.3", "n").collect()
    assert some.rows() == rows.select("x.3", "n").tail(1).rows()
    assert frame.head(2).collect()["n"].to_list() == [0, 1]


def test_what_is_no_parquet_is_refused(server: ObjectServer) -> None:
    server.objects["/shop/fake.parquet"] = CSV
    assert "cannot be read: parquet" in refused(server, "s3://shop/fake.parquet")
    assert "cannot be read: Parquet" in refused(server, f"{server.url}/shop/fake.parquet")


def test_a_web_page_is_no_table(server: ObjectServer) -> None:
    server.objects["/login.csv"] = b"<html>Please log in</html>"
    server.types["/login.csv"] = "text/html; charset=utf-8"
    assert "gives a web page (text/html)" in refused(server, f"{server.url}/login.csv")


def test_a_download_that_breaks_off_is_told(server: ObjectServer) -> None:
    server.objects["/cut.csv"] = CSV
    server.cuts["/cut.csv"] = 10
    message = refused(server, f"{server.url}/cut.csv")
    assert "/cut.csv cannot be" in message


def test_a_web_server_without_ranges_gives_a_copy(server: ObjectServer) -> None:
    server.objects["/rows.parquet"] = parquet(ROWS)
    server.has_ranges = False
    source = open_url(f"{server.url}/rows.parquet", ReadOptions())
    server.asked.clear()
    assert source.frame.collect().equals(ROWS)
    assert server.asked == []


def test_a_signature_and_a_password_are_not_shown(server: ObjectServer) -> None:
    server.objects["/rows.parquet"] = parquet(ROWS)
    login = server.url.replace("http://", "http://ann:pw-cobalt@")
    source = open_url(f"{login}/rows.parquet?signature=sig-heron", ReadOptions())
    assert source.name == f"{server.url}/rows.parquet"
    assert source.frame.collect().equals(ROWS)
    message = refused(server, f"{login}/none.parquet?signature=sig-heron")
    assert "cobalt" not in message
    assert "heron" not in message
    assert "heron" not in repr(read_place(f"{login}/a.csv?signature=sig-heron"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://shop", "names no file"),
        ("https://", "names no file"),
        ("s3://shop/data", "tells no format"),
        ("s3://shop/parts/*", "tells no format"),
        ("https://host/folder/", "does not list"),
        ("az://container/a.parquet", "Account must be specified"),
        ("az://container/a.csv", "Account must be specified"),
    ],
)
def test_urls_that_cannot_be_meant(server: ObjectServer, url: str, expected: str) -> None:
    if url.endswith("csv"):
        pytest.importorskip("obstore")
    with pytest.raises(InputError, match=expected):
        open_url(url, ReadOptions())


def test_settings_of_a_store_mean_nothing_to_a_web_server() -> None:
    with pytest.raises(InputError, match="means nothing to https://"):
        open_url("https://host/a.csv", ReadOptions(storage={"aws_region": "x"}))


def test_a_missing_library_names_its_extra(
    server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(MissingExtraError, match=r"assay\[cloud\]"):
        READER.open("s3://shop/a.csv", ReadOptions(storage=server.storage))
