"""Arrow IPC files and streams; a Feather file is one of them. Read from the file, not into memory.

A file in the IPC file format is scanned by Polars; a stream is gone through batch by batch.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from assay.data.sources.content import read_head
from assay.data.sources.parquet import PANDAS_INDEX
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import Categories, NoRowsError, Source, check_names
from assay.errors import InputError

FILE_MAGIC = b"ARROW1"
OLD_FEATHER = b"FEA1"


def open_arrow(path: Path) -> Source:
    """Return a lazy source for an Arrow IPC file or stream.

    Dictionary columns are given by their values, and the values that they may have are kept. The
    unnamed index that pandas writes beside the columns is not a column.

    Raises
    ------
    InputError
        If the file is not Arrow, is cut off, or has no rows.
    """
    head = read_head(path, len(FILE_MAGIC))
    if head.startswith(OLD_FEATHER):
        msg = f"{path.name} is Feather of version 1, which is not read; write it anew"
        raise InputError(msg)
    is_file = head == FILE_MAGIC
    try:
        schema, n_rows = _survey(path, is_file=is_file)
        names = [name for name in schema.names if not PANDAS_INDEX.match(name)]
        check_names(names, path.name)
        categories = _categories(path, schema, is_file=is_file)
    except (pa.ArrowException, OSError, EOFError) as error:
        msg = (
            f"{path.name} cannot be read as Arrow ({_one_line(error)}); it may be cut off or of "
            "another format: write it anew or get it again"
        )
        raise InputError(msg) from error
    if n_rows == 0:
        msg = f"{path.name} has columns and no rows; at least one row is needed"
        raise NoRowsError(msg)
    scan = pl.scan_ipc(path, glob=False) if is_file else _scan_stream(path)
    frame = scan.select(names)
    plain = [
        pl.col(name).cast(pl.String)
        for name, dtype in frame.collect_schema().items()
        if dtype in (pl.Categorical, pl.Enum)
    ]
    return Source(path.name, frame.with_columns(plain), categories)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _batches(
    path: Path, *, is_file: bool, fields: list[int] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the batches; of a mapped file only what is used is read."""
    options = pa.ipc.IpcReadOptions(included_fields=fields)
    with pa.memory_map(str(path)) as mapped:
        if is_file:
            with pa.ipc.open_file(mapped, options=options) as reader:
                for at in range(reader.num_record_batches):
                    yield reader.get_batch(at)
        else:
            with pa.ipc.open_stream(mapped, options=options) as reader:
                yield from reader


def _survey(path: Path, *, is_file: bool) -> tuple[pa.Schema, int]:
    """Return the schema and the number of rows; goes through all batches, so a cut shows."""
    with pa.memory_map(str(path)) as mapped:
        opener = pa.ipc.open_file if is_file else pa.ipc.open_stream
        with opener(mapped) as reader:
            schema = reader.schema
    if len(schema) == 0:
        return schema, 0
    return schema, sum(batch.num_rows for batch in _batches(path, is_file=is_file, fields=[0]))


def _categories(path: Path, schema: pa.Schema, *, is_file: bool) -> dict[str, Categories]:
    places = [at for at, field in enumerate(schema) if pa.types.is_dictionary(field.type)]
    values: dict[str, dict[object, None]] = {schema.names[at]: {} for at in places}
    if places:
        for batch in _batches(path, is_file=is_file, fields=places):
            for name in values:
                values[name] |= dict.fromkeys(batch.column(name).dictionary.to_pylist())
    return {
        name: Categories(tuple(found), ordered=bool(schema.field(name).type.ordered))  # type: ignore[arg-type]
        for name, found in values.items()
        if all(isinstance(value, (bool, int, float, str)) for value in found)
    }


def _scan_stream(path: Path) -> pl.LazyFrame:
    with pa.memory_map(str(path)) as mapped, pa.ipc.open_stream(mapped) as reader:
        empty = pl.from_arrow(_plain(reader.schema.empty_table()))
    schema = empty.schema if isinstance(empty, pl.DataFrame) else pl.Schema()

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for batch in _batches(path, is_file=False):
            made = pl.from_arrow(_plain(pa.Table.from_batches([batch])))
            frame = made if isinstance(made, pl.DataFrame) else made.to_frame()
            frame = frame if with_columns is None else frame.select(with_columns)
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            yield frame if predicate is None else frame.filter(predicate)
            if left == 0:
                return

    return register_io_source(source, schema=schema)


def _plain(table: pa.Table) -> pa.Table:
    """Give dictionary columns by their values."""
    for at, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table.column(at).cast(field.type.value_type)
            table = table.set_column(at, pa.field(field.name, field.type.value_type), plain)
    return table


class ArrowReader:
    """Arrow IPC files and streams, and Feather."""

    title = "Arrow"
    suffixes = (".arrow", ".feather", ".ipc", ".arrows")
    schemes = ()
    reads: frozenset[str] = frozenset()

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a file."""
        return open_arrow(Path(place))


READER = ArrowReader()
