"""Kinds and roles of columns by rule.

The **storage** follows from the type: whole numbers are int64, other numbers (decimals too)
float64, true/false bool, text utf8, dates and times time. Text of which every value is an ISO 8601
date or time has storage time as well; it stays text for a model.

The **kind** is the first that applies:

==============  ===================================================================================
kind            rule
==============  ===================================================================================
empty           no row has a value
boolean         storage bool
time            storage time
id              the name is or ends in id, uuid, guid, key, index or "Unnamed: 0"; at least 95 % of
                the values are distinct; and they are text or whole numbers
categorical     a source's own categorical type (ordinal if that one ranks its values)
text            text with more than 5 words a value on average over the first 10,000 rows
categorical     any other text; whole numbers (floats that are whole included) of at most 10 values
continuous      any other number
categorical     anything else
==============  ===================================================================================

The **role** is the one that was told; every other column is a feature. Label, prediction, score,
weight, group, time and id are not read by a model unless `features` names them; a facet is, and so
is a column of kind id, because a model may have been fitted on it.

Each kind and role can be told instead; the column's `why` then says "declared".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from assay.data.row_order import IN_ORDER
from assay.data.schema import Column, Kind, Storage, resolve_kinds
from assay.data.sources.source import Categories
from assay.data.times import ISO_START, parse_iso
from assay.errors import ColumnNotFoundError

ID_NAME = re.compile(r"(?:^|[_\s.-])(?i:id|uuid|guid|key|index)$|[a-z](?:Id|ID)$|^Unnamed: 0$")
ID_SHARE = 0.95
MIN_ID_VALUES = 20
TEXT_WORDS = 5.0
FEW_VALUES = 10
HEAD_ROWS = 10_000
EXACT_DISTINCT_ROWS = 1_000_000
MANY = 400
CELLS_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class ColumnFacts:
    """What the rule looks at.

    Parameters
    ----------
    n, n_null : int
        Rows, and rows without a value (NaN included).
    n_distinct : int
        Distinct values, approximate above a million rows; of the first rows alone where the rule
        needs no more.
    whole : bool
        Whether all numbers are whole.
    words : float
        Words a value in text, on average over the first rows.
    """

    n: int
    n_null: int
    n_distinct: int
    whole: bool = False
    words: float = 0.0


def infer_columns(
    frame: pl.LazyFrame,
    *,
    categories: Mapping[str, Categories] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> tuple[Column, ...]:
    """Return every column with kind and storage, as a feature, in the order of the table.

    Parameters
    ----------
    frame : polars.LazyFrame
    categories : mapping of str to Categories or None
        For columns that the source declares to be categorical.
    kinds : mapping of str to str or None
        Kinds that were told.

    Raises
    ------
    ColumnNotFoundError
        If `kinds` names a column that is not there.
    InputError
        If `kinds` has an unknown kind.

    Examples
    --------
    >>> frame = pl.LazyFrame({"age": [31.5, 40.0], "job": ["cook", None]})
    >>> [(column.name, column.kind, column.has_null) for column in infer_columns(frame)]
    [('age', 'continuous', False), ('job', 'categorical', True)]
    """
    types = frame.collect_schema()
    told = _check_kinds(kinds or {}, types)
    known = categories or {}
    facts, iso = _gather(frame, types)
    columns = []
    for name, dtype in types.items():
        storage: Storage = "time" if name in iso else storage_of(dtype)
        kind, why = _kind(name, storage, facts[name], known.get(name))
        if name in told:
            kind, why = told[name], "declared"
        values = known.get(name)
        columns.append(
            Column(
                name,
                "feature",
                kind,
                storage,
                has_null=facts[name].n_null > 0,
                why=why,
                is_feature=True,
                categories=None if values is None else values.values,
                ordered=values is not None and values.ordered,
            )
        )
    return tuple(columns)


def storage_of(dtype: pl.DataType) -> Storage:
    """Return how values of a type compare and hash."""
    if dtype.is_integer():
        return "int64"
    if dtype.is_float() or dtype.is_decimal():
        return "float64"
    if dtype == pl.Boolean:
        return "bool"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "utf8"
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return "time"
    return "binary" if dtype == pl.Binary else "other"


def _check_kinds(kinds: Mapping[str, str], types: Mapping[str, pl.DataType]) -> dict[str, Kind]:
    missing = set(kinds) - set(types)
    if missing:
        raise ColumnNotFoundError(missing, list(types))
    return resolve_kinds(kinds)


def _kind(
    name: str, storage: Storage, facts: ColumnFacts, categories: Categories | None
) -> tuple[Kind, str]:
    n_values = facts.n - facts.n_null
    if n_values == 0:
        return "empty", "no row has a value"
    if storage == "bool":
        return "boolean", "true or false"
    if storage == "time":
        return "time", "dates or times"
    if storage in ("int64", "utf8") and _is_id(name, facts.n_distinct, n_values):
        return "id", f"named like an id, {facts.n_distinct} distinct in {n_values} values"
    if categories is not None:
        return ("ordinal" if categories.ordered else "categorical"), "categorical in the source"
    if storage == "utf8":
        if facts.words > TEXT_WORDS:
            return "text", f"text of {facts.words:.1f} words on average"
        return "categorical", "text"
    if storage in ("int64", "float64"):
        if facts.whole and facts.n_distinct <= FEW_VALUES:
            return "categorical", f"whole numbers of {facts.n_distinct} distinct values"
        return "continuous", "numbers"
    return "categorical", "neither numbers, text nor times"


def _is_id(name: str, n_distinct: int, n_values: int) -> bool:
    return (
        n_values >= MIN_ID_VALUES
        and n_distinct >= ID_SHARE * n_values
        and ID_NAME.search(name) is not None
    )


def _gather(
    frame: pl.LazyFrame, types: Mapping[str, pl.DataType]
) -> tuple[dict[str, ColumnFacts], set[str]]:
    """Return facts, and the text columns of ISO dates: from the first rows, then from all.

    What the first rows settle is not asked of the rest: a number that is not whole, an eleventh
    value, a text that is no date.
    """
    n_rows = int(frame.select(pl.len()).collect(engine="streaming").item())
    head = frame.head(HEAD_ROWS).collect(optimizations=IN_ORDER)
    first = _first_facts(head)
    exact = n_rows <= EXACT_DISTINCT_ROWS
    select: dict[str, pl.Expr] = {}
    for at, (name, dtype) in enumerate(types.items()):
        values = _values(name, dtype)
        select[f"{at}:null"] = values.null_count()
        if dtype.is_float() and first[name].whole:
            select[f"{at}:whole"] = (values.drop_nulls() % 1 == 0).all()
        if _asks_distinct(name, dtype, first[name]):
            many = values.drop_nulls()
            select[f"{at}:distinct"] = many.n_unique() if exact else many.approx_n_unique()
        if dtype == pl.String and _looks_iso(head[name]):
            misfit = parse_iso(values).is_null() & values.is_not_null()
            select[f"{at}:iso"] = ~misfit.any()
    row = _ask(head.lazy() if n_rows <= HEAD_ROWS else frame, select, n_rows)
    facts = {
        name: replace(
            first[name],
            n=n_rows,
            n_null=row[f"{at}:null"],
            n_distinct=row.get(f"{at}:distinct", first[name].n_distinct),
            whole=bool(row.get(f"{at}:whole", first[name].whole)),
        )
        for at, name in enumerate(types)
    }
    return facts, {name for at, name in enumerate(types) if row.get(f"{at}:iso")}


def _ask(
    frame: pl.LazyFrame, select: Mapping[str, pl.Expr], n_rows: int
) -> dict[str, int | float | bool | None]:
    """Return the value of each expression: of many over few rows, some at a time in memory.

    A stream of thousands of expressions takes minutes to set up.
    """
    if len(select) <= MANY or n_rows > EXACT_DISTINCT_ROWS:
        return frame.select(**select).collect(engine="streaming").row(0, named=True)
    items, step = list(select.items()), max(CELLS_AT_ONCE // n_rows, 1)
    row: dict[str, int | float | bool | None] = {}
    for start in range(0, len(items), step):
        some = dict(items[start : start + step])
        row |= frame.select(**some).collect(engine="in-memory").row(0, named=True)
    return row


def _values(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name).fill_nan(None) if dtype.is_float() else pl.col(name)


def _first_facts(head: pl.DataFrame) -> dict[str, ColumnFacts]:
    """Return what the first rows say.

    Column by column without expressions, which take a thousand times as long for a few values.
    """
    return {column.name: _facts_of(column) for column in head}


def _facts_of(column: pl.Series) -> ColumnFacts:
    values, n = column.drop_nulls() if column.has_nulls() else column, column.len()
    if column.dtype.is_float():
        numbers = values.to_numpy()
        numbers = numbers[~np.isnan(numbers)]
        whole = bool((np.isfinite(numbers) & (np.floor(numbers) == numbers)).all())
        return ColumnFacts(n, n - numbers.size, np.unique(numbers).size, whole)
    if column.dtype == pl.String:
        words = values.str.count_matches(r"\S+").mean()
        mean = float(words) if isinstance(words, (int, float)) else 0.0
        return ColumnFacts(n, n - values.len(), 0, words=mean)
    n_distinct = values.n_unique() if column.dtype.is_numeric() else 0
    return ColumnFacts(n, n - values.len(), n_distinct, whole=column.dtype.is_integer())


def _asks_distinct(name: str, dtype: pl.DataType, first: ColumnFacts) -> bool:
    """Whether the rule needs to know how many distinct values there are."""
    if storage_of(dtype) in ("int64", "utf8") and ID_NAME.search(name) is not None:
        return True
    return first.whole and first.n_distinct <= FEW_VALUES


def _looks_iso(head: pl.Series) -> bool:
    return head.null_count() < head.len() and bool(head.str.contains(ISO_START).drop_nulls().all())
