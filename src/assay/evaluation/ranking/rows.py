"""A dataset in; its queries, relevance and scores as arrays, checked, out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class RankingRows:
    """What a ranking is judged by; arrays of shape (n_rows,), or (n_queries,) where told.

    Parameters
    ----------
    query : ndarray of int
        Codes 0, 1, … in the order in which the queries first come.
    names : polars.Series, length n_queries
        The queries as they are written.
    relevance, scores : ndarray of float
    weight : ndarray of float or None, shape (n_queries,)
    group : ndarray of int or None, shape (n_queries,)
        Code of the declared group that a query belongs to.
    item : ndarray of int or None
        Code of the document, where a column of ids was named.
    """

    query: Codes
    names: pl.Series
    relevance: Floats
    scores: Floats
    weight: Floats | None = None
    group: Codes | None = None
    item: Codes | None = None

    @property
    def n_queries(self) -> int:
        """Queries."""
        return len(self.names)

    def named(self, queries: NDArray[np.bool_], most: int = 5) -> list[str]:
        """Return the first of the marked queries as texts."""
        return [str(each) for each in self.names.gather(np.flatnonzero(queries)[:most].tolist())]


def read_ranking(data: "Dataset") -> RankingRows:
    """Read the rows of a ranking, and refuse what no order can be judged by.

    Parameters
    ----------
    data : Dataset
        With a label, a query, and one column of scores or predictions.

    Raises
    ------
    InputError
        If a relevance is negative or not finite, a row has no query, or a query has several
        weights or groups.
    """
    schema = data.schema
    answers = (*schema.scores, *schema.predictions)
    if schema.query is None or schema.label is None or len(answers) != 1:
        msg = (
            "a ranking is judged by a label (--label), a column of queries (--query-id) and one "
            f"column of scores (--score); found: {schema.label}, {schema.query}, {list(answers)}"
        )
        raise InputError(msg)
    beside = [schema.weight, schema.group, schema.with_role("id")[0] if _has_id(data) else None]
    wanted = [schema.query, schema.label, *answers, *(each for each in beside if each)]
    table = data.collect(list(dict.fromkeys(wanted)))
    query, names = _queries(table[schema.query], data.name)
    weight, group, item = (None if name is None else table[name] for name in beside)
    of_query = np.zeros(len(names), dtype=np.int64)
    of_query[query[::-1]] = np.arange(len(query))[::-1]  # the first row of each query
    return RankingRows(
        query=query,
        names=names,
        relevance=_relevance(table[schema.label], data.name),
        scores=_scores(table[answers[0]], data.name),
        weight=None if weight is None else _of_query(weight, query, of_query, names, "weights"),
        group=None if group is None else _groups(group, query, of_query, names),
        item=None if item is None else _codes(item),
    )


def _has_id(data: "Dataset") -> bool:
    return len(data.schema.with_role("id")) == 1


def _codes(values: pl.Series) -> Codes:
    """Return 0, 1, … for each distinct value in the order in which they first come."""
    alone = values.rename("v").to_frame().with_row_index("row")
    first = alone.group_by("v").agg(pl.col("row").min())
    first = first.sort("row").with_columns(code=pl.int_range(pl.len(), dtype=pl.Int64))
    joined = alone.join(first.select("v", "code"), on="v", how="left", nulls_equal=True)
    return joined.sort("row")["code"].to_numpy()


def _queries(values: pl.Series, where: str) -> tuple[Codes, pl.Series]:
    missing = values.is_null()
    if values.dtype.is_float():
        missing = missing | values.is_nan()
    if missing.any():
        row = int(missing.arg_max() or 0) + 1
        msg = (
            f"column {values.name!r} of {where} (the query) has no value in {missing.sum()} rows, "
            f"first in row {row} (counted from 1); every document must belong to a query: drop "
            "these rows or fill them in"
        )
        raise InputError(msg)
    return _codes(values), values.unique(maintain_order=True)


def _relevance(values: pl.Series, where: str) -> Floats:
    found = values.cast(pl.Float64).to_numpy()
    bad = ~np.isfinite(found) | (found < 0)
    if bad.any():
        row = int(np.argmax(bad))
        msg = (
            f"column {values.name!r} of {where} (the relevance) is negative or not finite in "
            f"{int(bad.sum())} rows, first in row {row + 1} (counted from 1): {found[row]:g}; "
            "relevance is 0 for nothing and grows with worth: shift it, or name another label"
        )
        raise InputError(msg)
    return found


def _scores(values: pl.Series, where: str) -> Floats:
    if not (values.dtype.is_numeric() or values.dtype == pl.Boolean):
        msg = (
            f"column {values.name!r} of {where} (the scores of the ranking) must hold numbers, "
            f"and holds {values.dtype}; name another with --score"
        )
        raise InputError(msg)
    found = values.cast(pl.Float64).to_numpy()
    if not np.isfinite(found).all():
        row = int(np.argmin(np.isfinite(found)))
        msg = (
            f"column {values.name!r} of {where} (the scores of the ranking) is not finite, first "
            f"in row {row + 1} (counted from 1): {found[row]}; give a number for every document"
        )
        raise InputError(msg)
    return found


def _groups(values: pl.Series, query: Codes, first: Codes, names: pl.Series) -> Codes:
    if values.is_null().any():  # a row without a group belongs to nobody: its query stands alone
        own = pl.Series(query).cast(pl.String)
        values = pl.select(
            pl.when(values.is_not_null())
            .then(pl.lit("g") + values.cast(pl.String))
            .otherwise(pl.lit("q") + own)
        ).to_series()
    codes = pl.Series(_codes(values))
    return _of_query(codes, query, first, names, "groups").astype(np.int64)


def _of_query(
    values: pl.Series, query: Codes, first: Codes, names: pl.Series, what: str
) -> Floats:
    """Return the value that all rows of a query share."""
    found = values.cast(pl.Float64).to_numpy()
    shared = found[first]
    differ = found != shared[query]
    if differ.any():
        name = names[int(query[np.argmax(differ)])]
        msg = (
            f"a query counts as a whole, and query {name!r} has several {what}; give all its "
            f"documents the same, or leave the {what} out"
        )
        raise InputError(msg)
    return shared
