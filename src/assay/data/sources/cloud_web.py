"""Web servers: asking for a file, and reading Parquet from one part by part.

Polars can read from web servers too, but waits for ever where one falls silent, and gives it
neither the query of a URL, which may be its signature, nor a password.
"""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.io.plugins import register_io_source

from assay.data.sources.cloud_errors import explain
from assay.data.sources.cloud_place import Place
from assay.data.sources.parquet import PANDAS_INDEX
from assay.data.sources.source import NoRowsError, Source, check_names
from assay.errors import InputError

if TYPE_CHECKING:
    import urllib3

CONNECT_SECONDS, READ_SECONDS = 10.0, 15.0
RETRIES = 1
REDIRECTS = 5
BUSY = (429, 500, 502, 503, 504)
PARTIAL = 206
BATCH_ROWS = 65_536
TOTAL = re.compile(r"bytes \d+-\d+/(\d+)")


def ask_web(place: Place, *, part: tuple[int, int] | None = None) -> "urllib3.BaseHTTPResponse":
    """Ask a web server for a file, whose content is not read yet.

    Parameters
    ----------
    place : Place
    part : (int, int) or None
        Its first byte and the one after its last; a server that cannot give a part gives all,
        with status 200 in place of 206.

    Raises
    ------
    InputError
        If it cannot be had, or a web page comes instead.
    """
    import urllib3  # noqa: PLC0415

    parts = urlsplit(place.url)
    login, _, host = parts.netloc.rpartition("@")
    headers = {"Accept-Encoding": "identity"}
    if login:
        headers |= urllib3.make_headers(basic_auth=login)
    if part is not None:
        headers["Range"] = f"bytes={part[0]}-{part[1] - 1}"
    retry = urllib3.Retry(
        RETRIES, redirect=REDIRECTS, status_forcelist=BUSY, raise_on_status=False, backoff_factor=1
    )
    try:
        answer = urllib3.PoolManager().request(
            "GET",
            urlunsplit((parts.scheme, host, parts.path, parts.query, "")),
            headers=headers,
            preload_content=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=retry,
        )
    except urllib3.exceptions.HTTPError as error:
        raise explain(place, error, {}) from error
    if answer.status >= 300:
        answer.close()
        raise explain(place, OSError(f"status code: {answer.status} {answer.reason or ''}"), {})
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        answer.close()
        msg = (
            f"{place.shown} gives a web page (text/html), and a table is needed; check the URL: a "
            "page for logging in or for preview may stand before the file"
        )
        raise InputError(msg)
    return answer


def measure(place: Place) -> int | None:
    """Return the size of a file in bytes; None if the server gives no parts of it."""
    answer = ask_web(place, part=(0, 1))
    answer.close()
    total = TOTAL.fullmatch(answer.headers.get("Content-Range", ""))
    return int(total[1]) if answer.status == PARTIAL and total else None


class WebFile(io.RawIOBase):
    """A file on a web server, of which each read asks for a part.

    Parameters
    ----------
    place : Place
    size : int
        In bytes.
    """

    def __init__(self, place: Place, size: int) -> None:
        self._place = place
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises
        ------
        InputError
            If they cannot be had.
        """
        import urllib3  # noqa: PLC0415

        stop = self._size if size < 0 else min(self._at + size, self._size)
        if stop <= self._at:
            return b""
        answer = ask_web(self._place, part=(self._at, stop))
        try:
            content = answer.read(decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise explain(self._place, error, {}) from error
        if len(content) != stop - self._at:
            msg = f"{self._place.shown} changed while it was read; run again, or download it first"
            raise InputError(msg)
        self._at = stop
        return content


def scan_web(place: Place, size: int) -> Source:
    """Return a lazy source for a Parquet file, of which only the columns asked for are read.

    Parameters
    ----------
    place : Place
    size : int
        In bytes.

    Raises
    ------
    InputError
        If it cannot be had or read, or has no rows.
    """
    with _open(place, size) as file:
        n_rows, empty = file.metadata.num_rows, file.schema_arrow.empty_table()
    names = [name for name in empty.column_names if not PANDAS_INDEX.match(name)]
    check_names(names, place.shown)
    if n_rows == 0:
        msg = f"{place.shown} has columns and no rows; at least one row is needed"
        raise NoRowsError(msg)

    def read(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        columns = names if with_columns is None else with_columns
        left = n_rows
        with _open(place, size) as file:
            for batch in _batches(file, columns, place):
                frame = _plain(pa.Table.from_batches([batch]).select(columns))
                if left is not None:
                    frame = frame.head(left)
                    left -= frame.height
                yield frame if predicate is None else frame.filter(predicate)
                if left == 0:
                    return

    frame = register_io_source(read, schema=_plain(empty.select(names)).schema)
    return Source(place.shown, frame)


def _open(place: Place, size: int) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(pa.PythonFile(WebFile(place, size), mode="r"), pre_buffer=True)
    except (pa.ArrowException, OSError) as error:
        raise explain(place, error, {}) from error


def _batches(file: pq.ParquetFile, columns: list[str], place: Place) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(BATCH_ROWS, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise explain(place, error, {}) from error


def _plain(table: pa.Table) -> pl.DataFrame:
    """Return columns of a categorical type by their values."""
    frame = cast("pl.DataFrame", pl.from_arrow(table))
    return frame.with_columns(pl.selectors.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))
