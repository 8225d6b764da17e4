"""Columns of a table in; those that name the row rather than describe it, with why, out."""

import re
from typing import TYPE_CHECKING

import polars as pl

from assay.data.inference import ID_NAME, MIN_ID_VALUES
from assay.data.schema import Column

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

ID_SHARE = 0.95
DENSE = 0.5
"""Whole numbers that fill this share of the range between their ends count rows."""
WRITTEN_LIKE_ID = 0.9
PATTERN = (
    r"^(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})"
    r"|[A-Za-z]{1,6}[-_:#]?\d{3,})$"
)
"""UUIDs, hashes in hex, and a few letters before a number (C-00123)."""
WHO = frozenset(
    """patient subject person user customer client member account household family session device
    machine vehicle sensor store shop school student employee animal plant site donor""".split()  # noqa: SIM905 - read as words
)
"""Words for what several rows may belong to."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def identifier_columns(data: "Dataset", sample: pl.DataFrame, rows: int) -> dict[str, str]:
    """Return the features that name rows, each with the rule that says so.

    A column of text or whole numbers is an identifier where at least 95 % of its values are
    distinct and it is named like an id, written like one (UUID, hash, letters before a number), or
    numbers the rows without large gaps. Free text and quantities with many values are none.

    Parameters
    ----------
    data : Dataset
    sample : polars.DataFrame
        Some rows of it.
    rows : int
        All of its rows.

    Returns
    -------
    dict of str to str
    """
    found: dict[str, str] = {}
    for name in data.schema.features:
        column = data.schema[name]
        why = _why(column, sample[name])
        if why and _all_distinct(data, name, rows):
            found[name] = why
    return found


def _why(column: Column, values: pl.Series) -> str:
    """Return why the sampled values look like identifiers; "" where they do not."""
    if column.kind == "id":
        return column.why
    known = values.drop_nulls()
    if known.len() < MIN_ID_VALUES or known.n_unique() < ID_SHARE * known.len():
        return ""
    if column.storage == "utf8" and column.kind != "text":
        return "written like identifiers" if looks_written(known) else ""
    if column.storage == "int64" and column.kind != "time":
        if named_like_id(column.name):
            return "named like an id, and nearly all values are distinct"
        low, high = known.min(), known.max()
        assert isinstance(low, int)
        assert isinstance(high, int)
        steps = known.diff().drop_nulls()
        counts = bool((steps > 0).all()) and high - low < known.len() / DENSE
        return "numbers the rows" if counts else ""
    return ""


def looks_written(values: pl.Series) -> bool:
    """Whether texts are written like identifiers."""
    head = values.head(1_000)
    return (
        bool(head.len()) and int(head.str.contains(PATTERN).sum()) >= WRITTEN_LIKE_ID * head.len()
    )


def named_like_id(name: str) -> bool:
    """Whether a name says that rows of the same value belong to one thing.

    Examples
    --------
    >>> named_like_id("patientNumber"), named_like_id("user_id"), named_like_id("city")
    (True, True, False)
    """
    return ID_NAME.search(name) is not None or bool(words_of(name) & WHO)


def words_of(name: str) -> frozenset[str]:
    """Return the words of a column's name in lower case.

    Examples
    --------
    >>> sorted(words_of("churnDate_2"))
    ['2', 'churn', 'date']
    """
    return frozenset(word.lower() for word in WORD.findall(name))


def _all_distinct(data: "Dataset", name: str, rows: int) -> bool:
    """Whether nearly all values of the column are distinct over all rows."""
    values = data.column(name).drop_nulls()
    enough = values.len() >= max(MIN_ID_VALUES, rows // 2)
    return enough and values.n_unique() >= ID_SHARE * values.len()
