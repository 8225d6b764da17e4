"""Parquet and Arrow files in object stores, read by Polars itself: no more than is needed."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl
from polars.io.plugins import register_io_source

from assay.data.row_order import IN_ORDER
from assay.data.sources.cloud_errors import explain
from assay.data.sources.cloud_place import Place
from assay.data.sources.parquet import PANDAS_INDEX
from assay.data.sources.source import Categories, NoRowsError, Source, check_names

PARQUET = (".parquet", ".pq")
ARROW = (".arrow", ".feather", ".ipc")
PATIENCE: dict[str, str | int] = {
    "max_retries": 1,
    "retry_timeout_ms": 20_000,
    "connect_timeout": "10s",
    "read_timeout": "15s",
}
WHOLE_NUMBERS = ("max_retries", "retry_timeout_ms", "retry_init_backoff_ms", "file_cache_ttl")


def scan(place: Place, storage: Mapping[str, str]) -> Source:
    """Return a lazy source; an error of the network shows as one of the input, whenever it comes.

    Columns of a categorical type are given by their values. Where a pattern was given, folders
    named ``key=value`` give a column.

    Parameters
    ----------
    place : Place
        Of Parquet or Arrow files.
    storage : mapping of str to str
        Polars' `storage_options`.

    Raises
    ------
    InputError
        If there is no such object, it cannot be reached or read, or has no rows.
    """
    with _quiet(), _explained(place, storage):
        native = _native(place, storage)
        types = native.collect_schema()
    names = [name for name in types if not PANDAS_INDEX.match(name)]
    check_names(names, place.shown)
    with _explained(place, storage):
        n_rows = native.select(pl.len()).collect().item()
    if n_rows == 0:
        msg = f"{place.shown} has columns and no rows; at least one row is needed"
        raise NoRowsError(msg)
    plain = [
        pl.col(name).cast(pl.String) if types[name] in (pl.Categorical, pl.Enum) else pl.col(name)
        for name in names
    ]
    categories = {
        name: Categories(tuple(types[name].categories.to_list()), ordered=True)  # type: ignore[attr-defined]
        for name in names
        if isinstance(types[name], pl.Enum)
    }
    return Source(place.shown, _guarded(native.select(plain), place, storage), categories)


def _native(place: Place, storage: Mapping[str, str]) -> pl.LazyFrame:
    url = f"{place.url}**/*.parquet" if place.is_prefix else place.url
    many = place.is_pattern or place.is_prefix
    options = {**PATIENCE, **_typed(storage)}
    if place.suffix in ARROW:
        return pl.scan_ipc(url, glob=many, storage_options=options, hive_partitioning=many)
    return pl.scan_parquet(url, glob=many, storage_options=options, hive_partitioning=many)


def _typed(storage: Mapping[str, str]) -> dict[str, str | int]:
    return {
        key: int(value) if key in WHOLE_NUMBERS and value.isdigit() else value
        for key, value in storage.items()
    }


def _guarded(frame: pl.LazyFrame, place: Place, storage: Mapping[str, str]) -> pl.LazyFrame:
    """Return the same rows, lazily; what fails on the way is explained."""

    def read(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        wanted = frame if with_columns is None else frame.select(with_columns)
        if n_rows is not None:
            wanted = wanted.head(n_rows)
        if predicate is not None:
            wanted = wanted.filter(predicate)
        with _explained(place, storage):
            yield from wanted.collect_batches(
                maintain_order=True, lazy=True, engine="streaming", optimizations=IN_ORDER
            )

    return register_io_source(read, schema=frame.collect_schema())


@contextmanager
def _explained(place: Place, storage: Mapping[str, str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # the libraries for credentials raise their own
        raise explain(place, error, storage) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back that Polars advises to name the region, which it finds out itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*region", category=UserWarning)
        yield
