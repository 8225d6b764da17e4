"""Read what decides a column's kind: type, distinct values, the first value, the largest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import narwhals as nw

from assay.bias.compat.kinds import ColumnFacts, pandas_dtype
from assay.bias.compat.selecting import column_value, matches
from assay.data.dataset import Dataset
from assay.data.engines.protocol import Engine, LazyFrame, Table
from assay.data.requests import CubeRequest, ProfileRequest, Request
from assay.data.schema import Column, Storage
from assay.errors import ColumnNotFoundError
from assay.tables.column_profile import ColumnProfile
from assay.tables.cube import Cube, Level

WHOLE_NUMBER = r"^\s*[+-]?0*[0-9]{1,18}\s*$"
"""Texts of whole numbers of at most 18 digits; those of 19 may or may not be an int64."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The rows with the prediction as a column of theirs.

    Parameters
    ----------
    engine : Engine
    frame : narwhals.LazyFrame
    columns : mapping of str to Column
    """

    engine: Engine
    frame: LazyFrame
    columns: Mapping[str, Column]

    def scan(self, requests: Mapping[str, Request]) -> dict[str, Table]:
        """Make all requested tables in one pass."""
        return self.engine.scan(self.frame, requests)

    def require(self, names: Iterable[str]) -> None:
        """Refuse columns that are not there.

        Raises
        ------
        ColumnNotFoundError
            If any is not.
        """
        missing = set(names) - set(self.columns)
        if missing:
            raise ColumnNotFoundError(missing, list(self.columns))


PREDICTION = "__assay_compat_prediction__"


def open_rows(dataset: Dataset, prediction: str | nw.Expr | None) -> tuple[Rows, str | None]:
    """Return the rows, and the name of the column of predictions."""
    columns = {column.name: column for column in dataset.schema.columns}
    frame = dataset.frame
    if isinstance(prediction, nw.Expr):
        frame = frame.with_columns(prediction.alias(PREDICTION))
        storage = _storage_of(frame.collect_schema()[PREDICTION])
        columns[PREDICTION] = Column(PREDICTION, "prediction", "categorical", storage)
        prediction = PREDICTION
    return Rows(engine=dataset.engine, frame=frame, columns=columns), prediction


def read_facts(
    rows: Rows, asked: Sequence[tuple[str, tuple[Level, ...]]]
) -> tuple[dict[str, ColumnFacts], tuple[bool, ...]]:
    """Return what is known of each column, and whether any row has a listed value as it is.

    Parameters
    ----------
    rows : Rows
    asked : sequence of (str, tuple)
        Columns with their listed values.

    Returns
    -------
    dict of str to ColumnFacts
    tuple of bool
        As long as `asked`.
    """
    rows.require(name for name, _ in asked)
    names = list(dict.fromkeys(name for name, _ in asked))
    requests: dict[str, Request] = {
        "profile": ProfileRequest(columns=dict.fromkeys(names, "continuous"))
    }
    for name in names:
        if rows.columns[name].storage == "utf8":
            whole = column_value(name, "utf8").str.contains(WHOLE_NUMBER)
            requests[f"whole:{name}"] = CubeRequest(by={"whole": whole})
    for at, (name, values) in enumerate(asked):
        storage = rows.columns[name].storage
        hit = matches(column_value(name, storage), values, storage)
        requests[f"match:{at}"] = CubeRequest(by={"hit": hit})
    tables = rows.scan(requests)
    first = rows.frame.select(*names).head(1).collect().to_dict(as_series=False)
    profiles = cast("tuple[ColumnProfile, ...]", tables["profile"])
    facts = {
        profile.name: _facts_of(profile, rows, tables, first[profile.name][0])
        for profile in profiles
    }
    matched = (cast("Cube", tables[f"match:{at}"]) for at in range(len(asked)))
    hits = tuple(True in cube.levels[0] for cube in matched)
    return _with_text_maxima(rows, facts), hits


def _facts_of(
    profile: ColumnProfile, rows: Rows, tables: Mapping[str, Table], first: object
) -> ColumnFacts:
    column = rows.columns[profile.name]
    n_values = profile.n - profile.n_null - profile.n_nan
    has_null = column.has_null or n_values < profile.n
    whole = tables.get(f"whole:{profile.name}")
    return ColumnFacts(
        name=profile.name,
        dtype=pandas_dtype(replace(column, has_null=has_null)),
        storage=column.storage,
        n_values=n_values,
        n_distinct=profile.n_distinct,
        whole_texts=isinstance(whole, Cube) and set(whole.levels[0]) - {None} == {True},
        first=first if isinstance(first, (bool, int, float, str)) else None,
        maximum=profile.maximum if column.storage in ("int64", "float64") else None,
    )


def _with_text_maxima(rows: Rows, facts: Mapping[str, ColumnFacts]) -> dict[str, ColumnFacts]:
    """Add the largest number of each text column of whole numbers."""
    texts = [name for name, each in facts.items() if each.whole_texts]
    if not texts:
        return dict(facts)
    numbers = rows.frame.select(
        *(nw.col(name).cast(nw.String).str.strip_chars().cast(nw.Int64) for name in texts)
    )
    request = ProfileRequest(columns=dict.fromkeys(texts, "continuous"))
    made = cast("tuple[ColumnProfile, ...]", rows.engine.scan(numbers, {"": request})[""])
    return {
        **facts,
        **{each.name: replace(facts[each.name], maximum=each.maximum) for each in made},
    }


def _storage_of(dtype: object) -> Storage:
    if dtype == nw.Boolean:
        return "bool"
    if isinstance(dtype, nw.dtypes.DType) and dtype.is_numeric():
        return "int64" if dtype.is_integer() else "float64"
    return "utf8"
