"""PostgreSQL, read through ADBC: binary COPY in a read-only transaction, batch by batch.

Types come as Parquet's would. What Arrow has no type for is converted by the database itself:
numbers of type numeric and money to double precision (numeric without decimals and of 18 digits at
most to whole numbers), anything else, such as inet, xml, an interval or a range, to its text.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, cast

import polars as pl
import pyarrow as pa

from assay.data.sources.source import check_names
from assay.data.sources.sql_address import Address
from assay.data.sources.sql_query import Query, tables_hint
from assay.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

CONNECT_SECONDS = 10
DIRECT = ("int2", "int4", "int8", "float4", "float8", "bool", "date", "timestamp", "timestamptz",
          "time", "text", "varchar", "bpchar", "name", "char", "bytea")  # fmt: skip
JSON = ("json", "jsonb")
WHOLE_DIGITS = 18
FIRST_DAY, LAST_DAY = pl.Series([date.min, date.max]).to_physical()
LIST_TABLES = """
SELECT CASE WHEN schemaname = 'public' THEN '' ELSE schemaname || '.' END || name FROM (
  SELECT schemaname, tablename AS name FROM pg_catalog.pg_tables
  UNION ALL SELECT schemaname, viewname FROM pg_catalog.pg_views
  UNION ALL SELECT schemaname, matviewname FROM pg_catalog.pg_matviews) AS t
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
NO_TABLE = "42P01"
READS_ONLY = "assay reads the database and changes nothing in it"


class PostgreSql:
    """One connection to a PostgreSQL server; a context manager.

    Parameters
    ----------
    address : Address

    Raises
    ------
    MissingExtraError
        If the driver is not installed.
    InputError
        If there is no connection.
    """

    quote = '"'

    def __init__(self, address: Address) -> None:
        try:
            import adbc_driver_postgresql.dbapi as driver
        except ImportError as error:
            library = "adbc-driver-postgresql"
            raise MissingExtraError(library, "sql", "to read from PostgreSQL") from error
        self._address = address
        self._error = driver.Error
        try:
            self._connection: Connection = driver.connect(_with_timeout(address.url))
        except self._error as error:
            raise self._no_connection(str(error)) from None

    def __enter__(self) -> "PostgreSql":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def tables(self) -> list[str]:
        """Return the names of the tables and views that the user may see."""
        self._connection.rollback()
        with self._connection.cursor() as cursor:
            cursor.execute(LIST_TABLES)
            return [str(name) for (name,) in cursor.fetchall()]

    def batches(self, query: Query, texts: frozenset[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows that a query gives, and at least one batch.

        Parameters
        ----------
        query : Query
        texts : frozenset of str
            Unused: here columns have types.

        Raises
        ------
        InputError
            If the database refuses the query, or names repeat.
        """
        with self._connection.cursor() as cursor:
            try:
                cursor.execute("SET TRANSACTION READ ONLY")
                schema = cursor.adbc_execute_schema(f"{query.sql}\n")
            except self._error as error:
                raise self._refused(error, query) from None
            if not schema.names:
                msg = f"the query must be one SELECT: {READS_ONLY}"
                raise InputError(msg)
            check_names(schema.names, "the result of the query")
            yield from self._fetch(cursor, query, schema)

    def _fetch(self, cursor: "Cursor", query: Query, schema: pa.Schema) -> Iterator[pl.DataFrame]:
        columns = [_column(field) for field in schema]
        sql = query.sql
        if any(conversion for _, conversion in columns):
            listed = ", ".join(f"{name}{conversion} AS {name}" for name, conversion in columns)
            sql = f"SELECT {listed} FROM (\n{query.sql}\n) AS q"
        try:
            cursor.execute(f"{sql}\n")
            reader = cursor.fetch_record_batch()
            yield _to_polars(reader.schema.empty_table(), 0)
            n_rows = 0
            for batch in reader:
                yield _to_polars(pa.Table.from_batches([batch]), n_rows)
                n_rows += batch.num_rows
        except (self._error, pa.ArrowException, OSError) as error:
            raise self._refused(error, query) from None

    def _refused(self, error: Exception, query: Query) -> InputError:
        told = str(error).partition("\n\nQuery was")[0].rpartition("ERROR:  ")[2]
        told = self._address.clean(re.sub(r"\nLINE \d+:.*\n *\^\n?", " ", told)).strip()
        code = getattr(error, "sqlstate", None)
        if code == NO_TABLE:
            name = re.search(r'relation "(.*?)" does not exist', told)
            hint = tables_hint(self.tables(), name[1] if name else query.table)
        elif "read-only transaction" in told:
            hint = f"give one SELECT: {READS_ONLY}"
        elif "multiple commands" in told:
            hint = "give one SELECT"
        else:
            hint = "correct the query"
        return InputError(f"{self._address.place} refused the query: {told}; {hint}")

    def _no_connection(self, told: str) -> InputError:
        told = self._address.clean(told.partition("Failed to connect: ")[2] or told)
        if "password" in told or "authentication" in told:
            hint = "check user and password, which may be in the variables PGUSER and PGPASSWORD"
        elif "FATAL" in told:
            hint = "check user and database in the URL"
        else:
            hint = "check host and port in the URL, and that the server runs"
        return InputError(f"no connection to {self._address.place}: {told}; {hint}")


def _with_timeout(url: str) -> str:
    """Return the URL with a time-out for connecting, unless it has one."""
    if "connect_timeout=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}connect_timeout={CONNECT_SECONDS}"


def _type_name(field: pa.Field) -> str:
    return (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()


def _column(field: pa.Field) -> tuple[str, str]:
    """Return the quoted name of a column, and the cast that it needs, if any."""
    type_name = _type_name(field)
    name = '"' + field.name.replace('"', '""') + '"'
    element = type_name.removeprefix("_")
    many = "[]" if element != type_name else ""
    if element in DIRECT or type_name in JSON or _is_enum(field):
        return name, ""
    if element == "numeric":
        return name, f"::{'int8' if not many and _is_whole(field) else 'float8'}{many}"
    if element == "money" and not many:
        return name, "::numeric::float8"
    if element == "oid":
        return name, f"::int8{many}"
    return name, f"::text{many}"


def _is_enum(field: pa.Field) -> bool:
    """Whether a type of the user's own comes as text."""
    return pa.types.is_string(field.type) and not isinstance(field.type, pa.BaseExtensionType)


def _is_whole(field: pa.Field) -> bool:
    """Whether a numeric column is declared without decimals and fits 64 bits."""
    modifier = int((field.metadata or {}).get(b"POSTGRESQL:typmod", b"-1"))
    if modifier < 4:
        return False
    digits, decimals = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
    return decimals == 0 and digits <= WHOLE_DIGITS


def _to_polars(table: pa.Table, first_row: int) -> pl.DataFrame:
    columns = []
    for name, values in zip(table.column_names, table.columns, strict=True):
        if isinstance(values.type, pa.BaseExtensionType):  # JSON, as its text
            values = pa.chunked_array(
                [chunk.storage for chunk in values.chunks], values.type.storage_type
            )
        column = cast("pl.Series", pl.from_arrow(values)).alias(name)
        if column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime):
            _check_moments(column, first_row)
        columns.append(column)
    return pl.DataFrame(columns)


def _check_moments(column: pl.Series, first_row: int) -> None:
    """Refuse infinity and years that no calendar here has."""
    days = column.cast(pl.Date).to_physical()
    beyond = ((days < FIRST_DAY) | (days > LAST_DAY)).fill_null(value=False).arg_true()
    if beyond.len():
        msg = (
            f"column {column.name!r}, row {first_row + beyond[0] + 1} of the result: infinity, or "
            "a year that is not from 1 to 9999; make it null in the query, such as "
            f"NULLIF({column.name}, 'infinity')"
        )
        raise InputError(msg)
