"""SQLite, read with Python's own library: a column's type follows from its values.

SQLite gives each value a type, not each column. Whole numbers and others together are numbers; a
column declared BOOLEAN that holds 0 and 1 alone is true or false; text stays text, dates too.
Text among numbers is refused, unless the column was declared to be text.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from assay.data.sources.source import check_names
from assay.data.sources.sql_address import Address
from assay.data.sources.sql_query import Query, tables_hint
from assay.data.sources.sql_values import ValueColumn
from assay.errors import InputError

BATCH_CELLS = 250_000
BUSY_SECONDS = 10.0
BOOLEAN = ("BOOL", "BOOLEAN")
ALLOWED = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)


class Sqlite:
    """One SQLite file that is there, opened for reading alone; a context manager.

    Parameters
    ----------
    address : Address
        ``sqlite:///relative/file.db`` or ``sqlite:////absolute/file.db``.

    Raises
    ------
    InputError
        If there is no such file, or it is no database.
    """

    quote = '"'

    def __init__(self, address: Address) -> None:
        self._path = _path_of(address)
        self._uri = f"{self._path.absolute().as_uri()}?mode=ro"
        self._connection = self._connect()
        try:
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except sqlite3.Error as error:
            self._connection.close()
            msg = f"{self._path.name} cannot be opened as an SQLite database: {error}"
            raise InputError(msg) from error

    def __enter__(self) -> "Sqlite":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def tables(self) -> list[str]:
        """Return the names of tables and views."""
        found = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        return [str(name) for (name,) in found]

    def batches(self, query: Query, texts: frozenset[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows that a query gives, and at least one batch; the last types hold for all.

        Parameters
        ----------
        query : Query
        texts : frozenset of str
            Columns in which numbers among text are taken for text.

        Raises
        ------
        InputError
            If the database refuses the query, names repeat, or a column mixes types.
        """
        with closing(self._connect()) as connection:
            connection.set_authorizer(_allow_reading)
            try:
                cursor = connection.execute(query.sql)
                if cursor.description is None:
                    raise InputError(_not_a_query(self._path.name))
                names = [str(column[0]) for column in cursor.description]
                check_names(names, "the result of the query")
                flags = self._booleans(query, names)
                columns = [ValueColumn(name, name in texts, name in flags) for name in names]
                n_rows = max(1, BATCH_CELLS // len(names))
                while rows := cursor.fetchmany(n_rows):
                    values = zip(columns, zip(*rows, strict=True), strict=True)
                    yield pl.DataFrame([column.take(some) for column, some in values])
                yield pl.DataFrame([column.finish() for column in columns])
            except (sqlite3.Error, sqlite3.Warning) as error:
                raise self._refused(str(error), query) from error

    def _booleans(self, query: Query, names: list[str]) -> set[str]:
        """Return which columns of the result are declared BOOLEAN."""
        with closing(self._connect()) as connection:
            try:
                connection.execute(f"CREATE TEMP VIEW assay_result AS {query.sql}")
                told = connection.execute("PRAGMA temp.table_info(assay_result)").fetchall()
            except sqlite3.Error:  # a statement that no view can hold declares nothing
                return set()
        return {name for name, row in zip(names, told, strict=False) if row[2].upper() in BOOLEAN}

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True, timeout=BUSY_SECONDS)

    def _refused(self, told: str, query: Query) -> InputError:
        name = self._path.name
        if "no such table: " in told:
            hint = tables_hint(self.tables(), told.rpartition(": ")[2])
        elif "not authorized" in told or "one statement at a time" in told:
            return InputError(_not_a_query(name))
        else:
            hint = "correct the query"
        return InputError(f"{name} refused the query: {' '.join(told.split())}; {hint}")


def _path_of(address: Address) -> Path:
    text = unquote(address.url.partition("://")[2].partition("?")[0])
    path = Path(text.removeprefix("/"))
    if not text.startswith("/") or not path.name:
        msg = (
            f"{address.place} names no file; write sqlite:///folder/file.db, and with four "
            "slashes, sqlite:////folder/file.db, from the root"
        )
        raise InputError(msg)
    if not path.is_file():
        msg = f"there is no file {path}, and assay makes no database; check the path in the URL"
        raise InputError(msg)
    return path


def _allow_reading(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _not_a_query(name: str) -> str:
    return f"the query must be one SELECT: assay reads {name} and changes nothing in it"
