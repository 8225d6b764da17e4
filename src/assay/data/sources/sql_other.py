"""Databases without a reader of their own, as connectorx reads them.

connectorx has no read-only transaction but MySQL's, so that anything which does not look like one
SELECT is refused here; a user who may only read is the better guard.
"""

import re
from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from assay.data.sources.source import check_names
from assay.data.sources.sql_address import Address
from assay.data.sources.sql_query import Query
from assay.errors import InputError, MissingExtraError

DIALECTS = ("mysql", "mssql", "oracle", "redshift", "clickhouse", "trino")
BATCH_ROWS = 65_536
QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)
READS = re.compile(r"[\s(]*(?:select|with|values|table)\b", re.IGNORECASE)
WRITES = re.compile(r";|\b(?:insert|update|delete|merge|drop|create|alter|into)\b", re.IGNORECASE)
READ_ONLY = {"mysql": ["SET SESSION TRANSACTION READ ONLY"]}


class OtherDatabase:
    """A database behind a URL that connectorx knows; a context manager.

    Parameters
    ----------
    address : Address

    Raises
    ------
    MissingExtraError
        If connectorx is not installed.
    """

    def __init__(self, address: Address) -> None:
        try:
            import connectorx
        except ImportError as error:
            library = "connectorx"
            raise MissingExtraError(library, "sql", f"to read from {address.dialect}") from error
        self._connectorx = connectorx
        self._address = address
        self.quote = "`" if address.dialect in ("mysql", "clickhouse") else '"'

    def __enter__(self) -> "OtherDatabase":
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: each query has a connection of its own."""

    def tables(self) -> list[str]:
        """Return nothing: every database lists its tables in another way."""
        return []

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
            If there is no connection, the query does more than read, or it is refused.
        """
        plain = QUOTED.sub(" ", query.sql)
        if READS.match(plain) is None or WRITES.search(plain) is not None:
            msg = (
                f"the query must be one SELECT: assay reads {self._address.place} and changes "
                "nothing in it"
            )
            raise InputError(msg)
        try:
            reader = self._connectorx.read_sql(
                self._address.url,
                query.sql,
                return_type="arrow_stream",
                batch_size=BATCH_ROWS,
                pre_execution_query=READ_ONLY.get(self._address.dialect),
            )
            check_names(reader.schema.names, "the result of the query")
            yield _to_polars(reader.schema.empty_table())
            for batch in reader:
                yield _to_polars(pa.Table.from_batches([batch]))
        except (InputError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001  a panic of the library is no Exception
            told = self._address.clean(str(error))
            msg = f"{self._address.place} gave no rows: {told}; check the URL and the query"
            raise InputError(msg) from None


def _to_polars(table: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(table)
    return frame.with_columns(pl.selectors.decimal().cast(pl.Float64))
