"""Frames and arrays that are in memory already: pandas, Polars, Arrow, NumPy."""

import sys
from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl
import pyarrow as pa

from assay.data.sources.source import Categories, Source, check_names
from assay.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

FRAME_NAME = "frame"
N_LISTED = 3


def open_frame(data: object) -> Source:
    """Return a source for any frame or two-dimensional array.

    Columns of a NumPy array without field names are called x0, x1, …; an index of a pandas frame
    is not a column. Categorical columns are given by their values.

    Raises
    ------
    InputError
        If the type is unknown, column names repeat, or a column mixes types.
    """
    if isinstance(data, pl.LazyFrame):
        return _from_polars(data)
    if isinstance(data, pl.DataFrame):
        return _from_polars(data.lazy())
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return _from_arrow(data)
    if isinstance(data, np.ndarray):
        return _from_numpy(data)
    if isinstance(data, Mapping):
        return _from_mapping(data)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return _from_pandas(cast("pd.DataFrame", data))
    msg = (
        f"a table was expected, not {type(data).__module__}.{type(data).__qualname__}; give a "
        "path or a URL, or a pandas, Polars or Arrow frame, or a 2-D NumPy array"
    )
    raise InputError(msg)


def to_series(values: object, name: str) -> pl.Series:
    """Return one column from a list, a Series of any library or a one-dimensional array.

    Raises
    ------
    InputError
        If it has more than one dimension or mixes types.
    """
    values = _only_column(values, name)
    if isinstance(values, pl.Series):
        return _plain(values).alias(name)
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return _from_arrow_column(values, name)[0]
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(values, (pandas.Series, pandas.Index)):
        return _from_pandas_column(cast("pd.Series", values), name)[0]
    array = values if isinstance(values, np.ndarray) else None
    if array is None and isinstance(values, Iterable) and not isinstance(values, _NO_COLUMN):
        return _from_objects(list(values), name)
    if array is None:
        msg = f"{name} must be a list, an array or a Series, not {type(values).__qualname__}"
        raise InputError(msg)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        msg = f"{name} must have one dimension, not shape {array.shape}"
        raise InputError(msg)
    if array.dtype == object:
        return _from_objects(array.tolist(), name)
    return pl.Series(name, np.ascontiguousarray(array), nan_to_null=True)


_NO_COLUMN = (str, bytes, Mapping, Set)  # iterating gives letters, keys or no order


def _only_column(values: object, name: str) -> object:
    """Return the column of a frame that has one; anything else as it is."""
    pandas = sys.modules.get("pandas")
    is_pandas = pandas is not None and isinstance(values, pandas.DataFrame)
    if not is_pandas and not isinstance(values, pl.DataFrame | pa.Table):
        return values
    n_columns = int(values.shape[1])  # type: ignore[attr-defined]
    if n_columns != 1:
        msg = f"{name} must be one column, not a frame of {n_columns} columns; choose one of them"
        raise InputError(msg)
    if is_pandas:
        return cast("pd.DataFrame", values).iloc[:, 0]
    return values.column(0) if isinstance(values, pa.Table) else values.to_series()  # type: ignore[attr-defined]


def _from_polars(frame: pl.LazyFrame) -> Source:
    types = frame.collect_schema()
    check_names(types.names(), "the frame")
    categories = {
        name: Categories(tuple(dtype.categories.to_list()), ordered=True)
        for name, dtype in types.items()
        if isinstance(dtype, pl.Enum)
    }
    plain = [pl.col(name).cast(pl.String) for name, t in types.items() if t in _CATEGORICAL]
    return Source(FRAME_NAME, frame.with_columns(plain) if plain else frame, categories)


_CATEGORICAL = (pl.Categorical, pl.Enum)


def _plain(values: pl.Series) -> pl.Series:
    return values.cast(pl.String) if values.dtype in _CATEGORICAL else values


def _from_arrow(table: pa.Table) -> Source:
    check_names(table.column_names, "the Arrow table")
    columns = [_from_arrow_column(table.column(name), name) for name in table.column_names]
    return _assemble(columns)


def _from_numpy(array: np.ndarray) -> Source:
    if array.dtype.names is not None and array.ndim == 1:
        names = list(array.dtype.names)
        check_names(names, "the array")
        return _assemble([(to_series(array[name], name), None) for name in names])
    if array.ndim != 2:
        msg = (
            f"a table was expected, not an array of shape {array.shape}; give one of shape "
            "(rows, columns), for a single column array.reshape(-1, 1)"
        )
        raise InputError(msg)
    names = [f"x{at}" for at in range(array.shape[1])]
    check_names(names, "the array")
    return _assemble([(to_series(array[:, at], name), None) for at, name in enumerate(names)])


def _from_mapping(data: Mapping[object, object]) -> Source:
    check_names([str(name) for name in data], "the mapping")
    columns = [to_series(values, str(name)) for name, values in data.items()]
    lengths = {column.name: column.len() for column in columns}
    if len(set(lengths.values())) > 1:
        msg = f"columns have different lengths: {lengths}; every column needs one value a row"
        raise InputError(msg)
    return _assemble([(column, None) for column in columns])


def _from_pandas(frame: "pd.DataFrame") -> Source:
    names = [str(name) for name in frame.columns]
    check_names(names, "the pandas frame")
    columns = [_from_pandas_column(frame.iloc[:, at], name) for at, name in enumerate(names)]
    source = _assemble(columns)
    return Source(source.name, source.frame, source.categories, original=frame)


def _assemble(columns: list[tuple[pl.Series, Categories | None]]) -> Source:
    frame = pl.DataFrame([column for column, _ in columns])
    categories = {column.name: known for column, known in columns if known is not None}
    return Source(FRAME_NAME, frame.lazy(), categories)


def _from_pandas_column(column: "pd.Series", name: str) -> tuple[pl.Series, Categories | None]:
    kind = str(column.dtype)
    if kind.startswith("Sparse"):
        column = column.sparse.to_dense()
    elif kind.startswith(("period", "interval")):
        column = column.astype(str).where(column.notna(), None)
    try:
        values = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return _from_objects(column.tolist(), name), None
    series, categories = _from_arrow_column(values, name)
    if categories is not None and kind == "category":
        ranks = bool(column.cat.ordered)
        categories = Categories(categories.values, ordered=ranks)
    return series, categories


def _from_arrow_column(
    values: pa.Array | pa.ChunkedArray, name: str
) -> tuple[pl.Series, Categories | None]:
    categories = None
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_dictionary(values.type):
        if isinstance(values, pa.ChunkedArray):
            values = values.unify_dictionaries()
            first = values.chunk(0) if values.num_chunks else None
        else:
            first = values
        known = () if first is None else tuple(first.dictionary.to_pylist())
        if all(isinstance(value, (bool, int, float, str)) for value in known):
            categories = Categories(known, ordered=bool(values.type.ordered))
        values = values.cast(values.type.value_type)
    series = pl.from_arrow(values)
    if not isinstance(series, pl.Series):
        msg = f"column {name!r} cannot be read as one column"
        raise InputError(msg)
    return _plain(series).alias(name), categories


def _from_objects(values: list[object], name: str) -> pl.Series:
    """Return a column from Python objects of one type (numbers may mix; None and NaN are null)."""
    values = [None if _is_missing(value) else _builtin(value) for value in values]
    kinds: dict[str, int] = {}
    for at, value in enumerate(values):
        if value is not None:
            kinds.setdefault(_kind(value), at)
    if len(kinds) > 1:
        told = "; ".join(
            f"row {at} (counted from 0) is {kind}: {values[at]!r}"
            for kind, at in list(kinds.items())[:N_LISTED]
        )
        msg = (
            f"column {name!r} mixes types: {told}; make it one type first, for text "
            f"frame[{name!r}].astype(str)"
        )
        raise InputError(msg)
    try:
        return pl.Series(name, values, strict=False, nan_to_null=True)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        kind = next(iter(kinds), "nothing")
        msg = f"column {name!r} holds {kind}, which cannot be read as a column: {error}"
        raise InputError(msg) from error


def _is_missing(value: object) -> bool:
    if value is None or type(value).__name__ in ("NaTType", "NAType"):
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def _builtin(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float)) else type(value).__name__
