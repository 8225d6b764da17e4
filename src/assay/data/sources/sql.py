"""Rows of a database, by a connection URL and one query.

``postgresql://user@host:5432/shop`` with ``--query 'SELECT …'``, or with the name of a table;
``sqlite:///folder/file.db``, with four slashes from the root. The password of PostgreSQL is best
left to the variable PGPASSWORD or to ~/.pgpass; in a URL it is percent-encoded, and it is shown
and written down nowhere. The query is run once; say ORDER BY where the order of rows matters. A
result of more than 512 MB goes to a temporary file, batch by batch.

Nothing is written: PostgreSQL runs the query in a read-only transaction, an SQLite file is opened
for reading alone, and anything but one SELECT is refused.

PostgreSQL's types come as those of Parquet would. Numbers of type numeric become floats (whole
numbers if declared without decimals and of at most 18 digits), what has no counterpart, such as
inet or an interval, becomes its text, and infinite dates are refused. SQLite types values, not
columns: whole and other numbers together are numbers, a column declared BOOLEAN that holds 0 and 1
alone is true or false, dates stay text, and text among numbers is refused unless the column is
declared to be text (``--types zip=text``).

MySQL, SQL Server, Oracle, Redshift, ClickHouse and Trino are read as connectorx reads them. It has
no read-only transaction but MySQL's: use a user who may only read.
"""

from collections.abc import Iterator
from typing import Protocol

import polars as pl

from assay.data.sources.reader import MAX_BYTES_IN_MEMORY, ReadOptions
from assay.data.sources.source import NoRowsError, Source
from assay.data.sources.spool import Spool
from assay.data.sources.sql_address import Address, read_address
from assay.data.sources.sql_other import DIALECTS, OtherDatabase
from assay.data.sources.sql_postgresql import PostgreSql
from assay.data.sources.sql_query import Query, read_query, tables_hint
from assay.data.sources.sql_sqlite import Sqlite
from assay.errors import InputError


class Database(Protocol):
    """One open connection; a context manager.

    Attributes
    ----------
    quote : str
        What stands around a name.
    """

    quote: str

    def __enter__(self) -> "Database": ...

    def __exit__(self, *_: object) -> None: ...

    def tables(self) -> list[str]:
        """Return the names of the tables and views that there are."""
        ...

    def batches(self, query: Query, texts: frozenset[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows in order; there is at least one batch, and the last has the types."""
        ...


def open_query(
    url: str,
    query: str | None,
    *,
    texts: frozenset[str] = frozenset(),
    max_bytes_in_memory: int = MAX_BYTES_IN_MEMORY,
) -> Source:
    """Return a source for the rows that a query gives; it is run once.

    Parameters
    ----------
    url : str
        ``postgresql://user@host:port/database``, ``sqlite:///folder/file.db``, or a URL of
        another database that connectorx reads.
    query : str or None
        A SELECT, or the name of a table.
    texts : frozenset of str
        Columns in which SQLite may mix numbers and text; all is text then.
    max_bytes_in_memory : int
        A larger result is written to a temporary file.

    Raises
    ------
    InputError
        If there is no connection, no query or no row, or the database refuses the query.
    MissingExtraError
        If the driver is not installed.
    """
    address = read_address(url)
    with _connect(address) as database:
        if query is None:
            hint = tables_hint(database.tables())
            msg = (
                f"{address.place} is a database; say with --query which rows: a SELECT, or the "
                f"name of a table; {hint}"
            )
            raise InputError(msg)
        asked = read_query(query, quote=database.quote)
        spool = Spool("the result of the query", max_bytes_in_memory=max_bytes_in_memory)
        types: dict[str, pl.DataType] = {}
        for batch in database.batches(asked, texts):
            spool.add(batch)
            types = dict(batch.schema)
    name = f"{address.place}: {asked.shown}"
    if spool.n_rows == 0:
        msg = f"{name} gives no rows; at least one row is needed"
        raise NoRowsError(msg)
    return Source(name, spool.finish(types))


def _connect(address: Address) -> Database:
    if address.dialect == "postgresql":
        return PostgreSql(address)
    if address.dialect == "sqlite":
        return Sqlite(address)
    return OtherDatabase(address)


class SqlReader:
    """Databases."""

    title = "SQL query"
    suffixes = ()
    schemes = ("postgresql", "postgres", "sqlite", *DIALECTS)
    reads = frozenset({"query"})

    def open(self, place: str, options: ReadOptions) -> Source:
        """Return a source for a URL."""
        texts = frozenset(name for name, to in options.storages.items() if to == "utf8")
        return open_query(
            place,
            options.query,
            texts=texts | frozenset(options.as_written),
            max_bytes_in_memory=options.max_bytes_in_memory,
        )


READER = SqlReader()
