"""Parquet files, read lazily."""

import re
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import Categories, NoRowsError, Source, check_names
from assay.errors import InputError

MAGIC = b"PAR1"
PANDAS_INDEX = re.compile(r"^__index_level_\d+__$")


def open_parquet(path: Path) -> Source:
    """Return a lazy source for a Parquet file; its rows are not read yet.

    Dictionary columns are given by their values, and the values that they may have are kept. The
    unnamed index that pandas writes beside the columns is not a column.

    Raises
    ------
    InputError
        If the file is not Parquet, is cut off, or has no rows.
    """
    _check_magic(path)
    try:
        with pq.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
            names = [name for name in schema.names if not PANDAS_INDEX.match(name)]
            check_names(names, path.name)
            categories = _categories(file, schema)
    except (pa.ArrowException, OSError) as error:
        msg = f"{path.name} cannot be read as Parquet ({error}); write it anew or get it again"
        raise InputError(msg) from error
    if n_rows == 0:
        msg = f"{path.name} has columns and no rows; at least one row is needed"
        raise NoRowsError(msg)
    frame = pl.scan_parquet(path, glob=False).select(names)
    plain = [
        pl.col(name).cast(pl.String)
        for name, dtype in frame.collect_schema().items()
        if dtype in (pl.Categorical, pl.Enum)
    ]
    return Source(path.name, frame.with_columns(plain), categories, path=path)


def _check_magic(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
        file.seek(-min(len(MAGIC), path.stat().st_size), 2)
        tail = file.read()
    if head != MAGIC:
        msg = (
            f"{path.name} is not a Parquet file: it begins with {head!r}, not {MAGIC!r}; "
            "give it the suffix of what it is, such as .csv, or convert it"
        )
        raise InputError(msg)
    if tail != MAGIC:
        msg = f"{path.name} is cut off: its end is missing; copy or write the file again"
        raise InputError(msg)


def _categories(file: pq.ParquetFile, schema: pa.Schema) -> dict[str, Categories]:
    found: dict[str, Categories] = {}
    for field in schema:
        if not pa.types.is_dictionary(field.type):
            continue
        column = file.read(columns=[field.name]).column(0).unify_dictionaries()
        values = tuple(column.chunk(0).dictionary.to_pylist()) if column.num_chunks else ()
        if all(isinstance(value, (bool, int, float, str)) for value in values):
            found[field.name] = Categories(values, ordered=bool(field.type.ordered))
    return found


class ParquetReader:
    """Parquet files."""

    title = "Parquet"
    suffixes = (".parquet", ".pq")
    schemes = ()
    reads: frozenset[str] = frozenset()

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a file."""
        return open_parquet(Path(place))


READER = ParquetReader()
