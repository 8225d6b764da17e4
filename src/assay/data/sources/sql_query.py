"""What is asked of a database: one query, or the name of a table."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from assay.errors import InputError

PART = r'(?:"(?:[^"]|"")+"|[^\s()\'"`;*,.]+)'
NAME = re.compile(rf"{PART}(?:\.{PART})*")
MAX_LISTED = 10
MAX_SHOWN = 60


@dataclass(frozen=True)
class Query:
    """One query.

    Parameters
    ----------
    sql : str
        Without a semicolon at the end.
    shown : str
        For people, on one line and shortened.
    table : str or None
        The name that was given in place of a query.
    """

    sql: str
    shown: str
    table: str | None = None


def read_query(text: str, *, quote: str = '"') -> Query:
    """Return a query; of a table's name one for all its rows and columns.

    A name is one word, with dots between schema and table; a part with spaces or dots stands in
    double quotes. It is quoted, so that nothing in it can be taken for SQL.

    Parameters
    ----------
    text : str
    quote : str
        What the database puts around a name.

    Raises
    ------
    InputError
        If there is nothing in it.

    Examples
    --------
    >>> read_query("shop.orders").sql
    'SELECT * FROM "shop"."orders"'
    >>> read_query("SELECT 1;").sql
    'SELECT 1'
    """
    text = text.strip()
    while text.endswith(";"):
        text = text[:-1].rstrip()
    if not text:
        msg = "the query is empty; give a SELECT, or the name of a table"
        raise InputError(msg)
    if NAME.fullmatch(text):
        parts = [_unquoted(part) for part in re.findall(PART, text)]
        quoted = ".".join(f"{quote}{part.replace(quote, quote * 2)}{quote}" for part in parts)
        return Query(f"SELECT * FROM {quoted}", text, ".".join(parts))
    shown = " ".join(text.split())
    return Query(text, shown if len(shown) <= MAX_SHOWN else f"{shown[: MAX_SHOWN - 1]}…")


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def tables_hint(tables: list[str], wanted: str | None = None) -> str:
    """Return what to say of the tables that are there, those of a near name alone if any are."""
    if not tables:
        return "no table could be listed"
    if wanted is not None:
        folded = {name.lower(): name for name in tables}
        folded |= {name.rpartition(".")[2].lower(): name for name in tables}
        near = get_close_matches(wanted.lower(), folded, n=3)
        if near:
            return f"did you mean {' or '.join(dict.fromkeys(folded[name] for name in near))}?"
    more = f" and {len(tables) - MAX_LISTED} more" if len(tables) > MAX_LISTED else ""
    return f"there is {', '.join(tables[:MAX_LISTED])}{more}"
