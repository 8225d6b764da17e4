"""Rows of databases: SQLite files and a PostgreSQL server on loopback."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import NoRowsError
from assay.data.sources.sql import READER, open_query
from assay.data.sources.sql_address import read_address
from assay.data.sources.sql_query import read_query
from assay.data.sources.sql_values import ValueColumn
from assay.errors import InputError, MissingExtraError
from postgresql_server import PASSWORD, PostgresqlServer

ORDERS = {
    "id": [1, 2, 3],
    "price": [None, 2.5, 4.0],
    "name": [None, "Zoë", ""],
    "paid": [True, False, None],
}


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """Return the URL of an SQLite file with a table `orders`."""
    path = tmp_path / "my shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE orders (id INTEGER, price, name TEXT, paid BOOLEAN)")
        rows = list(zip(*ORDERS.values(), strict=True))
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
        connection.execute('CREATE TABLE "odd ""table"" name" (x)')
        connection.execute('INSERT INTO "odd ""table"" name" VALUES (7)')
    return f"sqlite:///{path}"


def refused(url: str, query: str | None) -> str:
    with pytest.raises(InputError) as error:
        open_query(url, query)
    return str(error.value)


def test_sqlite_table_has_the_types_of_its_values(shop: str) -> None:
    frame = open_query(shop, "orders").frame.collect()
    assert frame.to_dict(as_series=False) == ORDERS
    assert frame.dtypes == [pl.Int64, pl.Float64, pl.String, pl.Boolean]


def test_flags_other_than_0_and_1_stay_numbers(shop: str) -> None:
    query = "SELECT paid FROM orders UNION ALL SELECT 2"
    assert open_query(shop, query).frame.collect().dtypes == [pl.Int64]


def test_a_column_without_values_is_one_of_floats(shop: str) -> None:
    frame = open_query(shop, "SELECT NULL AS gap FROM orders").frame.collect()
    assert frame.dtypes == [pl.Float64]
    assert frame["gap"].null_count() == 3


def test_sqlite_reader_is_registered_for_urls(shop: str) -> None:
    data = Dataset.read(shop, query="SELECT * FROM orders WHERE id > 1", label="name")
    assert data.count_rows() == 2
    assert data.name == f"{shop}: SELECT * FROM orders WHERE id > 1"


def test_numbers_among_text_are_refused_with_both_places(tmp_path: Path) -> None:
    url = _sqlite_of(tmp_path, [(value,) for value in (None, 3, 4, "many")])
    message = refused(url, "t")
    assert "column 'x' mixes types: row 2 of the result is a number, 3" in message
    assert "row 4 is text, 'many'" in message
    assert "--types x=text" in message


def test_a_column_declared_text_may_mix(tmp_path: Path) -> None:
    url = _sqlite_of(tmp_path, [(value,) for value in (3, None, "many", 2.5)])
    options = ReadOptions(query="t", storages={"x": "utf8"})
    assert READER.open(url, options).frame.collect()["x"].to_list() == ["3", None, "many", "2.5"]


def test_a_column_declared_text_that_does_not_mix_keeps_its_type(tmp_path: Path) -> None:
    url = _sqlite_of(tmp_path, [(3,), (4,)])
    options = ReadOptions(query="t", storages={"x": "utf8"})
    assert READER.open(url, options).frame.collect().dtypes == [pl.Int64]


def test_types_widen_from_batch_to_batch() -> None:
    column = ValueColumn("x", may_mix=True)
    assert column.take((None, None)).null_count() == 2
    assert column.take((1,)).dtype == pl.Int64
    assert column.take((0.5,)).dtype == pl.Float64
    assert column.take((2, "b")).to_list() == ["2", "b"]
    assert column.take((7,)).to_list() == ["7"]
    assert column.finish().dtype == pl.String


def test_mixture_across_batches_names_rows_of_the_whole_result() -> None:
    column = ValueColumn("x")
    column.take((None, "a"))
    with pytest.raises(InputError, match=r"row 2 of the result is text, 'a', and row 4 is a numb"):
        column.take(("b", 1))


def test_a_table_with_an_odd_name_is_quoted(shop: str) -> None:
    assert open_query(shop, '"odd ""table"" name"').frame.collect()["x"].to_list() == [7]


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("orders", 'SELECT * FROM "orders"'),
        ("my-schema.Orders", 'SELECT * FROM "my-schema"."Orders"'),
        ('"a.b"."c d"', 'SELECT * FROM "a.b"."c d"'),
        (" SELECT 1 ; ;", "SELECT 1"),
        ("TABLE orders", "TABLE orders"),
        ("sélection", 'SELECT * FROM "sélection"'),
        ("VALUES(1)", "VALUES(1)"),
    ],
)
def test_names_are_quoted_and_queries_are_not(text: str, sql: str) -> None:
    assert read_query(text).sql == sql


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE orders",
        "DELETE FROM orders",
        "SELECT 1; DROP TABLE orders",
        "INSERT INTO orders (id) VALUES (9) RETURNING id",
        "ATTACH DATABASE 'new.db' AS other",
        "PRAGMA user_version = 3",
        "CREATE TABLE made (x)",
    ],
)
def test_sqlite_runs_nothing_but_one_select(
    shop: str, statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = _content(shop)
    assert "must be one SELECT" in refused(shop, statement)
    assert _content(shop) == before
    assert not (tmp_path / "new.db").exists()


def test_sqlite_without_a_query_lists_the_tables(shop: str) -> None:
    message = refused(shop, None)
    assert "--query" in message
    assert "orders" in message


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("order", "no such table: order; did you mean orders?"),
        ("SELECT * FROM zebra", 'there is odd "table" name, orders'),
        ("SELECT prize FROM orders", "no such column: prize"),
        ("SELEC * FROM orders", "syntax error"),
        ("SELECT 1 AS a, 2 AS a", "more than one column named 'a'"),
        (" ; ", "the query is empty"),
    ],
)
def test_sqlite_says_what_is_wrong_with_a_query(shop: str, query: str, expected: str) -> None:
    assert expected in refused(shop, query)


def test_a_query_without_rows_is_refused(shop: str) -> None:
    with pytest.raises(NoRowsError, match="gives no rows"):
        open_query(shop, "SELECT * FROM orders WHERE id > 99")


def test_a_missing_sqlite_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert "there is no file" in refused(f"sqlite:///{path}", "t")
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    path.write_text("a,b\n1,2\n")
    assert "cannot be opened as an SQLite database" in refused(f"sqlite:///{path}", "t")


def test_a_url_without_a_file_is_refused() -> None:
    assert "names no file" in refused("sqlite://", "t")


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (CAST(x'e9' AS TEXT))")
    assert "UTF-8" in refused(f"sqlite:///{path}", "t")


def test_a_sqlite_result_beyond_memory_goes_through_a_file(tmp_path: Path) -> None:
    values = [*range(3000), *(number / 4 for number in range(3000))]
    url = _sqlite_of(tmp_path, [(value,) for value in values])
    small = open_query(url, "t").frame.collect()
    large = open_query(url, "t", max_bytes_in_memory=1).frame.collect()
    assert large.equals(small)
    assert large["x"].to_list() == values


# ---- PostgreSQL -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(postgresql: PostgresqlServer) -> Iterator[PostgresqlServer]:
    """Yield the server with some tables in it."""
    pytest.importorskip("adbc_driver_postgresql")
    postgresql.run(
        "CREATE TYPE mood AS ENUM ('sad', 'fine');"
        "CREATE TABLE kinds (i int, f real, n numeric(10,2), whole numeric(9), ok bool, d date, "
        "ts timestamp, tz timestamptz, t text, tags text[], j jsonb, u uuid, m mood, ip inet, "
        "iv interval, cash money);"
        "INSERT INTO kinds (i) SELECT NULL FROM generate_series(1, 5000);"
        "INSERT INTO kinds VALUES (1, 1.5, 3.25, 12, true, '2024-01-31', '2024-01-31 10:00', "
        "'2024-01-31 10:00+02', 'Zoë', '{a,b}', '{\"k\": 1}', "
        "'6a2f41a3-c54c-fce8-32d2-0324e1c32e22', 'fine', '10.0.0.1', '1 day', 12.5);"
        'CREATE TABLE empty (x int); CREATE TABLE "Odd Name" (x int);'
        'INSERT INTO "Odd Name" VALUES (7);'
    )
    yield postgresql
    postgresql.run('DROP TABLE kinds, empty, "Odd Name"; DROP TYPE mood')


def test_postgresql_types_hold_after_many_nulls(server: PostgresqlServer) -> None:
    frame = open_query(server.url(), "SELECT * FROM kinds").frame.collect()
    assert frame.height == 5001
    row = frame.row(-1, named=True)
    assert dict(frame.schema) == {
        "i": pl.Int32(),
        "f": pl.Float32(),
        "n": pl.Float64(),
        "whole": pl.Int64(),
        "ok": pl.Boolean(),
        "d": pl.Date(),
        "ts": pl.Datetime("us"),
        "tz": pl.Datetime("us", "UTC"),
        "t": pl.String(),
        "tags": pl.List(pl.String()),
        "j": pl.String(),
        "u": pl.String(),
        "m": pl.String(),
        "ip": pl.String(),
        "iv": pl.String(),
        "cash": pl.Float64(),
    }
    assert (row["n"], row["whole"], row["cash"]) == (3.25, 12, 12.5)
    assert row["tz"].isoformat() == "2024-01-31T08:00:00+00:00"
    assert (row["t"], row["tags"], row["m"], row["ip"]) == (
        "Zoë",
        ["a", "b"],
        "fine",
        "10.0.0.1/32",
    )
    assert (row["j"], row["iv"], row["u"][:8]) == ('{"k": 1}', "1 day", "6a2f41a3")


def test_the_same_rows_in_parquet_have_the_same_fingerprint(
    server: PostgresqlServer, tmp_path: Path
) -> None:
    query = "SELECT i, n, whole, ok, d, ts, tz, t FROM kinds ORDER BY i"
    told = {"query": query, "kinds": {"d": "time"}}
    from_server = Dataset.read(server.url(), **told)
    pl.DataFrame(pl.concat(list(from_server.batches()))).write_parquet(tmp_path / "same.parquet")
    from_file = Dataset.read(tmp_path / "same.parquet")
    assert from_server.fingerprint() == from_file.fingerprint()
    assert from_server.fingerprint().rows == 5001
    assert [c.storage for c in from_server.schema.columns] == [
        c.storage for c in from_file.schema.columns
    ]


def test_a_postgresql_result_beyond_memory_goes_through_a_file(server: PostgresqlServer) -> None:
    query = "SELECT i::bigint, i / 3.0 AS x, 'row ' || i AS t FROM generate_series(1, 300000) AS i"
    large = open_query(server.url(), query, max_bytes_in_memory=2**20).frame
    assert large.select(pl.len(), pl.col("i").sum()).collect().row(0) == (300_000, 45_000_150_000)
    assert large.filter(pl.col("i") == 299_999).collect()["t"].to_list() == ["row 299999"]
    small = open_query(server.url(), query).frame
    assert large.collect().equals(small.collect())


def test_a_postgresql_table_by_its_name(server: PostgresqlServer) -> None:
    assert open_query(server.url(), '"Odd Name"').frame.collect()["x"].to_list() == [7]
    assert open_query(server.url(), 'public."Odd Name"').frame.collect()["x"].to_list() == [7]


def test_a_comment_at_the_end_is_no_trouble(server: PostgresqlServer) -> None:
    frame = open_query(server.url(), "SELECT 1.5::numeric AS x -- half").frame.collect()
    assert frame["x"].to_list() == [1.5]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE kinds",
        "DELETE FROM kinds",
        "DELETE FROM kinds RETURNING i",
        "WITH gone AS (DELETE FROM kinds RETURNING i) SELECT * FROM gone",
        "SELECT 1; DROP TABLE kinds",
        "SELECT nextval('seq')",
    ],
)
def test_postgresql_changes_nothing(server: PostgresqlServer, statement: str) -> None:
    server.run("CREATE SEQUENCE seq")
    try:
        message = refused(server.url(), statement)
        assert "SELECT" in message
        assert server.run("SELECT count(*) FROM kinds") == "5001"
        assert server.run("SELECT is_called FROM seq") == "f"
    finally:
        server.run("DROP SEQUENCE seq")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (None, "there is Odd Name, empty, kinds"),
        ("kind", 'relation "kind" does not exist; did you mean kinds?'),
        ("SELECT nope FROM kinds", 'column "nope" does not exist'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT 1 / 0", "division by zero"),
        ("SELECT 1 AS a, 2 AS a", "more than one column named 'a'"),
        ("SELECT 'infinity'::timestamp AS until", "column 'until', row 1 of the result: infinity"),
        ("SELECT '-infinity'::date AS since", "NULLIF(since, 'infinity')"),
        ("empty", "gives no rows"),
    ],
)
def test_postgresql_says_what_is_wrong_with_a_query(
    server: PostgresqlServer, query: str | None, expected: str
) -> None:
    message = refused(server.url(), query)
    assert expected in message
    assert "\n" not in message


@pytest.mark.parametrize("user", ["guarded:lily-attic-3", "guarded"])
def test_a_wrong_or_missing_password_is_told_and_not_shown(
    server: PostgresqlServer, user: str
) -> None:
    message = refused(server.url(user), "kinds")
    assert "password" in message
    assert "PGPASSWORD" in message
    assert "lily" not in message


def test_the_password_is_in_no_name(server: PostgresqlServer) -> None:
    server.run("GRANT SELECT ON kinds TO guarded")
    url = server.url(f"guarded:{PASSWORD}")
    source = open_query(url, "SELECT count(*) AS n FROM kinds")
    place = f"postgresql://127.0.0.1:{server.port}/postgres"
    assert source.name == f"{place}: SELECT count(*) AS n FROM kinds"
    assert PASSWORD not in repr(read_address(url))
    assert PASSWORD not in refused(url, "SELECT nope")


def test_a_password_in_the_databases_own_words_is_hidden(server: PostgresqlServer) -> None:
    url = server.url(f"guarded:{PASSWORD}")
    assert '"***"' in refused(url, f'SELECT "{PASSWORD}"')


def test_no_server_and_no_database(server: PostgresqlServer) -> None:
    with_nobody = "postgresql://assay:pw-hyacinth@127.0.0.1:1/db"
    message = refused(with_nobody, "SELECT 1")
    assert "no connection to postgresql://127.0.0.1:1/db" in message
    assert "hyacinth" not in message
    assert 'database "nodb" does not exist' in refused(server.url(database="nodb"), "SELECT 1")


@pytest.mark.parametrize("login", ["u:pa@ss", "u:pa/ss", "u:1?ss", "u:1#ss"])
def test_a_password_that_breaks_the_url_is_not_shown(login: str) -> None:
    message = refused(f"postgresql://{login}@host/db", "SELECT 1")
    assert "percent-encode" in message
    assert "ss@" not in message


def test_a_database_without_a_reader_of_its_own(server: PostgresqlServer) -> None:
    """Redshift speaks PostgreSQL's protocol, and goes through connectorx."""
    pytest.importorskip("connectorx")
    url = server.url().replace("postgresql", "redshift")
    query = "SELECT i::bigint AS i, i / 4.0 AS x FROM generate_series(1, 70000) AS i"
    frame = open_query(url, query).frame.collect()
    assert frame.dtypes == [pl.Int64, pl.Float64]
    assert frame["x"].sum() == sum(range(1, 70001)) / 4
    assert 'column "nope" does not exist' in refused(url, "SELECT nope")
    assert "must be one SELECT" in refused(url, "WITH a AS (DELETE FROM kinds) SELECT 1")
    assert "must be one SELECT" in refused(url, "SELECT 1; SELECT 2")
    assert open_query(url, "SELECT 'a;b -- drop' AS x").frame.collect()["x"][0] == "a;b -- drop"


@pytest.mark.parametrize(
    ("library", "url"),
    [
        ("adbc_driver_postgresql.dbapi", "postgresql://u@h/d"),
        ("connectorx", "mysql://u@h/d"),
    ],
)
def test_a_missing_library_names_its_extra(
    monkeypatch: pytest.MonkeyPatch, library: str, url: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(MissingExtraError, match=r"assay\[sql\]"):
        open_query(url, "SELECT 1")


def _sqlite_of(folder: Path, rows: list[tuple[object, ...]]) -> str:
    """Return the URL of a file with a table `t` of one column `x`."""
    path = folder / "t.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", rows)
    return f"sqlite:///{path}"


def _content(url: str) -> bytes:
    return Path(url.removeprefix("sqlite:///")).read_bytes()
