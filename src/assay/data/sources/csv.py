"""Delimited text: CSV, TSV and others, read as pandas' own reader reads them.

A field is missing if it is empty or one of `MISSING_VALUES`, quoted or not. The type of a column
follows from all of its values, never from a sample (see `csv_types`); dates stay text. Blank lines
are skipped. Unlike pandas, rows of another length than the header's are refused, and so are two
columns of one name.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as pc
from polars.io.plugins import register_io_source

from assay.data.row_order import IN_ORDER
from assay.data.sources.compression import format_suffix
from assay.data.sources.content import refuse_other_content
from assay.data.sources.csv_checks import check_quotes, read_header, refuse_ragged, survey
from assay.data.sources.csv_delimiter import check_delimiter, guess_delimiter
from assay.data.sources.csv_native import NativeReader
from assay.data.sources.csv_texts import numbers_with_commas, texts_among_numbers
from assay.data.sources.csv_types import DTYPES, ColumnType, cast_series, refuse_misfit
from assay.data.sources.reader import MAX_BYTES_IN_MEMORY, ReadOptions
from assay.data.sources.source import NoRowsError, Source
from assay.result import Finding

MISSING_VALUES = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
BLOCK_BYTES = 2**23


def open_csv(
    path: Path,
    *,
    delimiter: str = ",",
    missing: Collection[str] | None = None,
    storages: Mapping[str, str] | None = None,
    as_written: Collection[str] = (),
    headers: Sequence[str] | None = None,
    max_bytes_in_memory: int = MAX_BYTES_IN_MEMORY,
) -> Source:
    """Return a source for a delimited text file in UTF-8.

    The types follow from all rows. Files up to `max_bytes_in_memory` are held in memory; larger
    ones are read once to find their types and again, block by block, by each scan.

    Parameters
    ----------
    path : Path
    delimiter : str
    missing : collection of str or None
        Texts that mean "no value", in place of `MISSING_VALUES`; the empty field always does.
    storages : mapping of str to str or None
        Storages that columns must have, as another table has them.
    as_written : collection of str
        Columns that are numbers only if every one is written as it would be printed.
    headers : sequence of str or None
        Names of the columns of a file without a header line; one that has exactly these is fine.
    max_bytes_in_memory : int

    Raises
    ------
    InputError
        See `csv_checks`.
    """
    refuse_other_content(path, "CSV")
    seen = survey(path, delimiter)
    if seen.n_quotes % 2:
        check_quotes(path, delimiter)
    header_row, names = read_header(path, delimiter, headers)
    marks = MISSING_VALUES if missing is None else tuple(sorted({"", *missing}))
    wanted = {name: s for name, s in (storages or {}).items() if name in names and s in DTYPES}
    size = path.stat().st_size
    keep = size <= max_bytes_in_memory
    native = NativeReader(path, delimiter, names, header_row, marks, wanted, seen, as_written)
    frame = _in_memory(native.read()) if keep else native.scan()
    if frame is None:
        reader = _Reader(path, delimiter, names, header_row, marks)
        frame = _from_text(reader, wanted, as_written, keep=keep)
    return Source(path.name, frame, missing_values=marks, bytes_in_memory=size if keep else 0)


def _in_memory(rows: pl.DataFrame | None) -> pl.LazyFrame | None:
    return None if rows is None else rows.lazy()


def _from_text(
    reader: "_Reader", wanted: Mapping[str, str], as_written: Collection[str], *, keep: bool
) -> pl.LazyFrame:
    types = {
        name: ColumnType(as_written=name in as_written)
        for name in reader.names
        if name not in wanted
    }
    found, kept = _resolve(reader, wanted, types, keep=keep)
    frame = reader.lazy(found)
    if keep:
        whole = pl.concat(kept, rechunk=True) if kept is not None else None
        return (frame.collect(optimizations=IN_ORDER) if whole is None else whole).lazy()
    return frame


def _resolve(
    reader: "_Reader",
    wanted: Mapping[str, str],
    types: Mapping[str, ColumnType],
    *,
    keep: bool,
) -> tuple[dict[str, str], list[pl.DataFrame] | None]:
    """Return the storage of each column from all its values, and the rows if they were kept.

    Each batch is cast to the types so far; where a later batch changes one, the rows must be read
    again, and None is returned for them.
    """
    found: dict[str, str] = {}
    kept: list[pl.DataFrame] | None = [] if keep else None
    n_rows = 0
    for batch in reader.batches():
        for name, column_type in types.items():
            column_type.update(batch[name])
        for name, storage in wanted.items():
            refuse_misfit(name, batch[name], storage, n_rows, reader.path.name)
        n_rows += batch.height
        before, found = found, {n: wanted.get(n) or types[n].storage for n in reader.names}
        if kept is not None:
            kept.append(_cast(batch, found))
        if before not in ({}, found):
            kept = None
    if n_rows == 0:
        msg = f"{reader.path.name} has a header and no rows; at least one row is needed"
        raise NoRowsError(msg)
    return found, kept


def _cast(text: pl.DataFrame, storages: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame([cast_series(column, storages[column.name]) for column in text])


@dataclass(frozen=True)
class _Reader:
    """Reads the fields of a file as text, missing ones as null."""

    path: Path
    delimiter: str
    names: tuple[str, ...]
    header_row: int  # blank lines above it; -1 without a header
    marks: tuple[str, ...]

    def batches(self, columns: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the rows in order."""
        read, parse, convert = self._options(columns)
        try:
            # A stream, because Arrow takes the name of a path for its compression.
            with (
                pa.OSFile(str(self.path)) as file,
                pc.open_csv(file, read, parse, convert) as reader,
            ):
                for batch in reader:
                    frame = pl.from_arrow(batch)
                    yield frame if isinstance(frame, pl.DataFrame) else frame.to_frame()
        except pa.ArrowInvalid as error:
            refuse_ragged(self.path, self.delimiter, self.names, str(error))

    def lazy(self, storages: Mapping[str, str]) -> pl.LazyFrame:
        """Return a lazy frame that reads the file anew each time, only the columns it needs."""
        schema = pl.Schema({name: DTYPES[storage] for name, storage in storages.items()})

        def source(
            with_columns: list[str] | None,
            predicate: pl.Expr | None,
            n_rows: int | None,
            _batch_size: int | None,
        ) -> Iterator[pl.DataFrame]:
            columns = list(self.names) if with_columns is None else with_columns
            left = n_rows
            for text in self.batches(columns):
                batch = _cast(text.select(columns), storages)
                if left is not None:
                    batch = batch.head(left)
                    left -= batch.height
                yield batch if predicate is None else batch.filter(predicate)
                if left == 0:
                    return

        return register_io_source(source, schema=schema)

    def _options(
        self, columns: Collection[str] | None
    ) -> tuple[pc.ReadOptions, pc.ParseOptions, pc.ConvertOptions]:
        """Return Arrow's options; the header is skipped, because it is known already."""
        read = pc.ReadOptions(
            block_size=BLOCK_BYTES,
            column_names=list(self.names),
            skip_rows_after_names=self.header_row + 1,
        )
        convert = pc.ConvertOptions(
            column_types=dict.fromkeys(self.names, pa.large_string()),
            include_columns=None if columns is None else list(columns),
            null_values=list(self.marks),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )
        return read, pc.ParseOptions(delimiter=self.delimiter, newlines_in_values=True), convert


class CsvReader:
    """Delimited text, whose delimiter is told by suffix or header where nobody said it."""

    title = "CSV"
    suffixes = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat")
    schemes = ()
    reads = frozenset({"missing", "delimiter", "headers"})

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a file."""
        path = Path(place)
        notes: tuple[Finding, ...] = ()
        if options.delimiter is not None:
            delimiter = check_delimiter(options.delimiter)
        else:
            refuse_other_content(path, "CSV")
            delimiter, notes = guess_delimiter(path, format_suffix(path))
        source = open_csv(
            path,
            delimiter=delimiter,
            missing=options.missing,
            storages=options.storages,
            as_written=options.as_written,
            headers=options.headers,
            max_bytes_in_memory=options.max_bytes_in_memory,
        )
        declared = {*options.storages, *options.as_written}
        odd = texts_among_numbers(source.frame, path.name, declared=declared)
        commas = numbers_with_commas(source.frame, path.name, declared=declared)
        return replace(source, notes=(*notes, *odd, *commas))


READER = CsvReader()
