"""Rows in batches in; a file of the same format as their source out."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assay.data.dataset import Dataset
from assay.data.sources.compression import format_suffix
from assay.data.sources.source import HELPER_PREFIX
from assay.errors import InputError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

FORMATS = ("csv", "tsv", "parquet", "jsonl")
TEXT = {"csv": ",", "tsv": "\t"}
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


def format_of(source: str, told: str | None) -> str:
    """Return the format to write: what was told, else the source's own, else Parquet.

    Raises
    ------
    InputError
        If there is no such format.
    """
    if told is not None:
        if told not in FORMATS:
            msg = f"there is no format {told!r} to write; there is: {', '.join(FORMATS)}"
            raise InputError(msg)
        return told
    return SUFFIXES.get(format_suffix(Path(source)).lower(), "parquet")


def as_written(data: Dataset, source: str, form: str) -> Dataset:
    """Return the rows of delimited text with every field as it is written, where that counts.

    Numbers such as 01234 and 1.50 then come out as they went in. Other tables are returned as
    they are.
    """
    if form not in TEXT or format_of(source, None) not in TEXT:
        return data
    kinds = dict.fromkeys(user_columns(data), "text")
    options = data.options
    return Dataset.read(
        source, kinds=kinds, missing=(), delimiter=options.delimiter, headers=options.headers
    )


def user_columns(data: Dataset) -> list[str]:
    """Return the names of the columns but assay's own."""
    return [name for name in data.schema.names if not name.startswith(HELPER_PREFIX)]


class RowsFile:
    """A file that takes rows batch by batch.

    Parameters
    ----------
    path : Path
    form : {"csv", "tsv", "parquet", "jsonl"}
    """

    def __init__(self, path: Path, form: str) -> None:
        self.path, self.rows = path, 0
        self._form = form
        self._writer: pq.ParquetWriter | None = None
        if form != "parquet":
            path.write_bytes(b"")

    def write(self, batch: pl.DataFrame) -> None:
        """Add rows."""
        first = self.rows == 0 and (self._writer is None)
        self.rows += batch.height
        if self._form == "parquet":
            self._write_parquet(batch)
            return
        with self.path.open("ab") as file:
            if self._form == "jsonl":
                batch.write_ndjson(file)
            else:
                batch.write_csv(file, include_header=first, separator=TEXT[self._form])

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()

    def _write_parquet(self, batch: pl.DataFrame) -> None:
        import pyarrow.parquet as pq  # noqa: PLC0415 - only for this format

        table = batch.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, table.schema)
        self._writer.write_table(table.cast(self._writer.schema))


def write_parts(
    rows: Iterable[pl.DataFrame], codes: pl.Series, places: dict[int, Path], form: str
) -> None:
    """Write each row into the file of its part; rows of no part are left out.

    Parameters
    ----------
    rows : iterable of polars.DataFrame
        In the order of `codes`.
    codes : polars.Series of int
    places : mapping of int to Path
    form : str
    """
    files = {code: RowsFile(path, form) for code, path in places.items()}
    start = 0
    try:
        for batch in rows:
            here = codes.slice(start, batch.height)
            start += batch.height
            for code, file in files.items():
                kept = batch.filter(here == code)
                if kept.height or file.rows == 0:
                    file.write(kept)
    finally:
        for file in files.values():
            file.close()
