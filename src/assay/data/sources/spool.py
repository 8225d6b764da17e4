"""Rows that come from elsewhere: few are kept in memory, many in a temporary file."""

import errno
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.io.plugins import register_io_source

from assay.data.row_order import IN_ORDER
from assay.data.sources.reader import MAX_BYTES_IN_MEMORY
from assay.data.sources.temporary import temporary_folder
from assay.errors import InputError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class TemporaryFolder:
    """A folder in the system's temporary folder that goes when nothing holds this object.

    It also goes when the process ends, after Ctrl-C as well; a process that is killed outright
    leaves it.

    Parameters
    ----------
    what : str
        What is to be stored there, for the message of an error.

    Raises
    ------
    InputError
        If it cannot be made.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.path = temporary_folder()
        self._gone = weakref.finalize(self, _remove, self.path, os.getpid())

    def remove(self) -> None:
        """Delete the folder now."""
        self._gone()

    def failure(self, error: OSError) -> InputError:
        """Return the error to raise when something cannot be written."""
        place = tempfile.gettempdir()
        if error.errno in FULL:
            msg = (
                f"there is no room left in {place} for {self.what}; free some, set TMPDIR to a "
                "folder with more, or ask for fewer rows or columns"
            )
        else:
            reason = error.strerror or str(error)
            msg = (
                f"{self.what} cannot be stored in {place}: {reason}; set TMPDIR to another folder"
            )
        return InputError(msg)


def _remove(path: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not take its parent's file away
        shutil.rmtree(path, ignore_errors=True)


class Spool:
    """Takes a table batch by batch and gives it back as a lazy frame, in the same order.

    Parameters
    ----------
    what : str
        What the rows are, for the message of an error: "the result of the query".
    max_bytes_in_memory : int
        From here on the rows are written to a temporary Parquet file. At the most as much is
        held, and one batch.

    Examples
    --------
    >>> spool = Spool("the rows")
    >>> spool.add(pl.DataFrame({"x": [1, 2]}))
    >>> spool.add(pl.DataFrame({"x": [2.5]}))
    >>> spool.finish({"x": pl.Float64()}).collect()["x"].to_list()
    [1.0, 2.0, 2.5]
    """

    def __init__(self, what: str, *, max_bytes_in_memory: int = MAX_BYTES_IN_MEMORY) -> None:
        self.what = what
        self.n_rows = 0
        self._max_bytes = max_bytes_in_memory
        self._held: list[pl.DataFrame] = []
        self._n_bytes = 0
        self._folder: TemporaryFolder | None = None
        self._writer: pq.ParquetWriter | None = None
        self._files: list[Path] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Take the next rows; all have the same columns, and the types may change.

        Raises
        ------
        InputError
            If they cannot be written.
        """
        self.n_rows += rows.height
        self._held.append(rows)
        self._n_bytes += int(rows.estimated_size())
        if self._folder is not None or self._n_bytes > self._max_bytes:
            self._write()

    def finish(self, types: Mapping[str, pl.DataType]) -> pl.LazyFrame:
        """Return all rows with these types; the temporary file lives as long as the frame.

        Raises
        ------
        InputError
            If the last rows cannot be written.
        """
        schema = pl.Schema(types)
        if self._folder is None:
            parts = [rows.cast(schema) for rows in self._held]
            return pl.concat([schema.to_frame(), *parts]).lazy()
        self._close()
        stored = [pl.scan_parquet(path, glob=False).cast(schema) for path in self._files]
        return hold(pl.concat(stored), self._folder)

    def _write(self) -> None:
        folder = self._folder = self._folder or TemporaryFolder(self.what)
        try:
            for rows in self._held:
                table = rows.to_arrow()
                if self._writer is None or not self._writer.schema.equals(table.schema):
                    self._writer = self._next_writer(folder, table.schema)
                self._writer.write_table(table)
        except OSError as error:
            self._writer = None
            folder.remove()
            raise folder.failure(error) from error
        self._held, self._n_bytes = [], 0

    def _next_writer(self, folder: TemporaryFolder, schema: pa.Schema) -> pq.ParquetWriter:
        self._close()
        path = folder.path / f"{len(self._files)}.parquet"
        self._files.append(path)
        return pq.ParquetWriter(path, schema, compression="lz4")

    def _close(self) -> None:
        if self._writer is None:
            return
        try:
            self._writer.close()
        except OSError as error:
            assert self._folder is not None
            raise self._folder.failure(error) from error
        finally:
            self._writer = None


def hold(frame: pl.LazyFrame, folder: TemporaryFolder) -> pl.LazyFrame:
    """Return the same rows, lazily; `folder` stays as long as this frame or one made of it."""

    def read(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        _ = folder  # holding it is the purpose
        wanted = frame if with_columns is None else frame.select(with_columns)
        if n_rows is not None:
            wanted = wanted.head(n_rows)
        if predicate is not None:
            wanted = wanted.filter(predicate)
        yield from wanted.collect_batches(
            maintain_order=True, lazy=True, engine="streaming", optimizations=IN_ORDER
        )

    return register_io_source(read, schema=frame.collect_schema())
