"""Which part of a split each row belongs to, as a code; the edges are cumulative shares."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.row_hash import RowHasher, canonical
from assay.data.sources.source import HELPER_PREFIX
from assay.data.times import to_utc
from assay.errors import InputError

DROPPED = -1
Codes = NDArray[np.int8]


def _uniform(data: Dataset, columns: Sequence[str], salt: str) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each row, made from these columns and the salt."""
    described = [data.schema[name] for name in columns]
    hasher = RowHasher([column.name for column in described], salt=f"split:{salt}")
    parts = []
    for batch in data.batches(columns):
        values = [canonical(batch[column.name], column.storage) for column in described]
        low, _ = hasher.hash(values, batch.height)
        parts.append((low >> np.uint64(11)).astype(np.float64) * 2.0**-53)
    return np.concatenate(parts) if parts else np.zeros(0)


def _row_columns(data: Dataset) -> tuple[str, ...]:
    return tuple(name for name in data.schema.names if not name.startswith(HELPER_PREFIX))


def column_values(data: Dataset, column: str) -> pl.Series:
    """Return one column of all rows."""
    return pl.concat(list(data.batches([column]))).to_series()


def hash_codes(data: Dataset, column: str | None, edges: NDArray[np.float64], salt: str) -> Codes:
    """Cut by the hash of the id, or of the whole row where there is none."""
    columns = _row_columns(data) if column is None else (column,)
    return _cut(_uniform(data, columns, salt), edges)


def _cut(numbers: NDArray[np.float64], edges: NDArray[np.float64]) -> Codes:
    return np.searchsorted(edges, numbers, side="right").astype(np.int8)


def group_codes(data: Dataset, column: str, edges: NDArray[np.float64], salt: str) -> Codes:
    """Cut by the hash of the group; a row without one is decided by its own content."""
    numbers = _uniform(data, (column,), salt)
    groups = canonical(column_values(data, column), data.schema[column].storage)
    alone = groups.is_null().to_numpy()
    if alone.any():
        numbers = np.where(alone, _uniform(data, _row_columns(data), salt), numbers)
    return _cut(numbers, edges)


def stratified_codes(data: Dataset, column: str, edges: NDArray[np.float64], salt: str) -> Codes:
    """Order each class by the hash of its rows and cut it at the shares."""
    id_column = next(iter(data.schema.with_role("id")), None)
    columns = _row_columns(data) if id_column is None else (id_column,)
    rows = pl.DataFrame(
        {"class": column_values(data, column), "at": _uniform(data, columns, salt)}
    )
    rank = pl.col("at").rank("ordinal").over("class")
    shares = rows.select(((rank - 0.5) / pl.len().over("class")).alias("share"))
    return _cut(shares["share"].to_numpy(), edges)


def time_codes(
    data: Dataset, column: str, edges: NDArray[np.float64], gap: timedelta | None
) -> Codes:
    """Cut at moments, so that rows of one moment stay together.

    Rows without a time are dropped, and so are those less than `gap` before a cut.
    """
    times = _moments(column_values(data, column))
    if times.null_count() == times.len():
        msg = f"column {column!r} has no time in any row"
        raise InputError(msg)
    known = times.drop_nulls().sort().to_numpy()
    cuts = known[np.ceil(edges * known.size).astype(np.intp).clip(0, known.size - 1)]
    at = times.fill_null(0).to_numpy()
    codes = np.searchsorted(cuts, at, side="right").astype(np.int8)
    if gap is not None:
        width = round(gap.total_seconds() * 10**9)
        for code, cut in enumerate(cuts):
            codes[(codes == code) & (at > cut - width)] = DROPPED
    codes[times.is_null().to_numpy()] = DROPPED
    return codes


def _moments(values: pl.Series) -> pl.Series:
    if values.dtype == pl.String or values.dtype.is_temporal():
        at = values.rename("at").to_frame().select(to_utc(pl.col("at"), values.dtype))
        return at.to_series().cast(pl.Int64)
    if not values.dtype.is_numeric():
        msg = f"column {values.name!r} holds {values.dtype}, which has no order in time"
        raise InputError(msg)
    return values.fill_nan(None) if values.dtype.is_float() else values
