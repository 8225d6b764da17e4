"""A table and a second file about the same rows in, the table with that file's columns out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

import narwhals as nw
import polars as pl

from assay.data.dataset import Dataset
from assay.data.inference import infer_columns, storage_of
from assay.data.row_order import IN_ORDER
from assay.data.schema import Column, Role
from assay.data.sources.open import open_source
from assay.data.sources.reader import ReadOptions
from assay.data.sources.source import HELPER_PREFIX, Source
from assay.errors import ColumnNotFoundError, InputError
from assay.result import Finding

_NUMBERS = ("int64", "float64")
_PARTNER = f"{HELPER_PREFIX}partner__"
_MANY_ALONE = 0.1
How = Literal["left", "inner"]


def join_side_file(
    data: Dataset,
    source: object,
    *,
    columns: Sequence[str] | None = None,
    on: str | None = None,
    how: How = "left",
    role: Role = "facet",
    options: ReadOptions | None = None,
) -> Dataset:
    """Add columns of another file, matched by an identifier or by the order of the rows.

    The order of the rows stays. The added columns are no features, so no model sees them. They
    are held in memory (about 8 bytes a number and row, and the identifiers while they are
    matched); the rows of `data` stay where they are.

    Parameters
    ----------
    data : Dataset
    source : path, URL or frame
        As in `Dataset.read`.
    columns : sequence of str or None
        Those to add; None for all but the identifier.
    on : str or None
        Column that names the row in both tables, each name once; None matches the first row with
        the first, the second with the second, and needs as many rows in both.
    how : {"left", "inner"}
        What becomes of rows without a partner: "left" keeps them without values, "inner" drops
        them. Either way they are counted in a note. Rows of the file that `data` does not have
        are passed over.
    role : str
        Of the added columns.
    options : ReadOptions or None
        How the file is to be read.

    Returns
    -------
    Dataset
        With a note `side_file_rows_unmatched` where rows have no partner.

    Raises
    ------
    ColumnNotFoundError
        If the identifier, or a column that is asked for, is missing.
    InputError
        If identifiers repeat or are of different kinds, the numbers of rows differ, or a column
        is in both tables.

    Examples
    --------
    >>> data = Dataset.read({"id": [1, 2], "paid": [True, False]}, label="paid")
    >>> joined = join_side_file(data, {"id": [2, 1], "sex": ["f", "m"]}, on="id")
    >>> joined.frame.collect().to_native()["sex"].to_list()
    ['m', 'f']
    """
    opened = open_source(source, options)
    names = _names(data, opened, columns, on)
    wanted = names if on is None else [on, *names]
    side = opened.frame.select(wanted).collect(engine="streaming", optimizations=IN_ORDER)
    n_rows = data.count_rows()
    if on is None:
        joined, n_alone = _by_order(data, side, opened.name, n_rows), 0
    else:
        joined, n_alone = _by_name(data, side, opened.name, on)
    added = infer_columns(side.select(names).lazy(), categories=opened.categories)
    made = _described(data, joined, added, role, has_alone=n_alone > 0)
    if n_alone and how == "inner":
        made = made.filter(~nw.col(_PARTNER).is_null())
    if on is not None:
        made = replace(made, frame=made.frame.drop(_PARTNER))
    notes = (*data.notes, *opened.notes)
    if n_alone:
        notes = (*notes, _unmatched(opened.name, n_alone, n_rows, how))
    return replace(made, notes=notes)


def _names(
    data: Dataset, opened: Source, columns: Sequence[str] | None, on: str | None
) -> list[str]:
    """Return the columns to add."""
    there = opened.frame.collect_schema().names()
    if on is not None and on not in data.schema.names:
        raise ColumnNotFoundError([on], data.schema.names, where=data.name)
    asked = list(dict.fromkeys(columns)) if columns is not None else there
    names = [name for name in asked if name != on]
    missing = set(names) | ({on} if on is not None else set())
    missing -= set(there)
    if missing:
        raise ColumnNotFoundError(missing, there, where=opened.name)
    both = [name for name in names if name in data.schema.names]
    if both:
        by = "" if on is not None else "; if it names the rows, match them by it"
        msg = (
            f"{', '.join(both)} is in {opened.name} and in {data.name}; name only the columns "
            f"that {data.name} does not have, or rename one{by}"
        )
        raise InputError(msg)
    if not names:
        msg = f"{opened.name} has no column to add beside {on!r}"
        raise InputError(msg)
    return names


def _by_order(data: Dataset, side: pl.DataFrame, name: str, n_rows: int) -> pl.LazyFrame:
    if side.height != n_rows:
        msg = (
            f"{name} has {side.height} rows and {data.name} has {n_rows}, so they cannot be "
            "matched by their order; name a column that identifies the row in both"
        )
        raise InputError(msg)
    return pl.concat([_native(data), side.lazy()], how="horizontal")


def _by_name(data: Dataset, side: pl.DataFrame, name: str, on: str) -> tuple[pl.LazyFrame, int]:
    """Return the joined rows and how many have no partner."""
    left = _native(data)
    keys = left.select(pl.col(on)).collect(engine="streaming", optimizations=IN_ORDER).to_series()
    side = side.with_columns(_alike(side[on], keys, name, data.name))
    for values, where in ((keys, data.name), (side[on], name)):
        _refuse_twice(values, where, on)
    side = side.filter(_value(on, side.schema[on]).is_not_null())
    n_alone = int((~keys.is_in(side[on].implode()).fill_null(value=False)).sum())
    side = side.with_columns(pl.lit(value=True).alias(_PARTNER))
    return left.join(side.lazy(), on=on, how="left", maintain_order="left"), n_alone


def _alike(values: pl.Series, keys: pl.Series, name: str, other: str) -> pl.Series:
    """Return the file's identifiers in the type of the table's.

    Raises
    ------
    InputError
        If they are of another kind.
    """
    kinds = [storage_of(values.dtype), storage_of(keys.dtype)]
    if kinds[0] != kinds[1] and not all(kind in _NUMBERS for kind in kinds):
        msg = (
            f"the identifier {values.name!r} is {kinds[0]} in {name} (for example "
            f"{_example(values)}) and {kinds[1]} in {other} ({_example(keys)}), so nothing would "
            "match; read both as text or both as numbers"
        )
        raise InputError(msg)
    if values.dtype == keys.dtype:
        return values
    cast_values = values.cast(keys.dtype, strict=False)
    if kinds == ["float64", "int64"]:  # 1.5 is nobody's identifier among whole numbers
        whole = values.fill_nan(None).floor() == values
        cast_values = pl.select(pl.when(whole).then(cast_values)).to_series()
    return cast_values.alias(values.name)


def _example(values: pl.Series) -> str:
    known = values.drop_nulls().head(1).to_list()
    return repr(known[0]) if known else "no value"


def _refuse_twice(values: pl.Series, where: str, on: str) -> None:
    frame = values.to_frame().filter(_value(on, values.dtype).is_not_null())
    counts = frame.group_by(on).len().filter(pl.col("len") > 1)
    if counts.height:
        first = counts.sort("len", on, descending=[True, False]).row(0)
        msg = (
            f"{counts.height} values of the identifier {on!r} are in more than one row of "
            f"{where}, for example {first[0]!r} in {first[1]} rows; each row needs a name of its "
            "own"
        )
        raise InputError(msg)


def _value(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name).fill_nan(None) if dtype.is_float() else pl.col(name)


def _described(
    data: Dataset,
    frame: pl.LazyFrame,
    added: Sequence[Column],
    role: Role,
    *,
    has_alone: bool,
) -> Dataset:
    """Return the dataset of the joined rows, the added columns in their role."""
    plain = [
        replace(column, role="ignored", is_feature=False, has_null=column.has_null or has_alone)
        for column in added
    ]
    schema = replace(data.schema, columns=(*data.schema.columns, *plain))
    made = data.with_frame(cast("nw.LazyFrame[pl.LazyFrame]", nw.from_native(frame)), schema)
    return made.with_roles(**{role: [column.name for column in added]})


def _native(data: Dataset) -> pl.LazyFrame:
    return cast("pl.LazyFrame", nw.to_native(data.frame))


def _unmatched(name: str, n_alone: int, n_rows: int, how: How) -> Finding:
    fate = "were left out" if how == "inner" else "have no value in its columns"
    return Finding(
        rule="side_file_rows_unmatched",
        severity="warning" if n_alone > n_rows * _MANY_ALONE else "info",
        message=f"{n_alone:,} of {n_rows:,} rows have no partner in {name}; they {fate}.",
        where={"file": name},
        evidence={"rows_unmatched": n_alone, "rows": n_rows},
        cause="The file is of other rows, or its identifiers are written in another way.",
        advice="Compare the identifiers of both; look whether the rows without a partner differ "
        "from the others.",
    )
