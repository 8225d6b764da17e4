"""A Dataset in; the numbers by which its rows are parted out: hashes in [0, 1), and times."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.row_hash import RowHasher, canonical
from assay.data.sources.source import HELPER_PREFIX
from assay.data.times import to_utc
from assay.errors import InputError

CHANCE_TWINS = 0.8
"""Share of rows that are twins of an earlier one, from which twins are by chance: the columns have
too few values to tell rows apart."""


def uniform(data: Dataset, columns: Sequence[str], salt: str) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each row, made from these columns and the salt."""
    described = [data.schema[name] for name in columns]
    hasher = RowHasher([column.name for column in described], salt=f"split:{salt}")
    parts = []
    for batch in data.batches(columns):
        values = [canonical(batch[column.name], column.storage) for column in described]
        low, _ = hasher.hash(values, batch.height)
        parts.append(_to_unit(low))
    return np.concatenate(parts) if parts else np.zeros(0)


def _to_unit(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _row_columns(data: Dataset) -> tuple[str, ...]:
    return tuple(name for name in data.schema.names if not name.startswith(HELPER_PREFIX))


def row_numbers(
    data: Dataset, salt: str, *, id_column: str | None = None, apart: bool | None = None
) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each row, from its id or else from its content.

    Rows of the same content have the same number. Where they are so many that the columns cannot
    tell rows apart, the first, second, … of them have different numbers.

    Parameters
    ----------
    data : Dataset
    salt : str
    id_column : str or None
        None takes the declared id.
    apart : bool or None
        Whether twins are told apart; None where more than `CHANCE_TWINS` of the rows are twins.
    """
    column = id_column or next(iter(data.schema.with_role("id")), None)
    if column is not None:
        return uniform(data, (column,), salt)
    numbers = uniform(data, _row_columns(data), salt)
    return tell_apart(numbers, salt) if twins_apart(numbers, apart) else numbers


def twins_apart(numbers: NDArray[np.float64], told: bool | None = None) -> bool:
    """Whether so many rows are twins of an earlier one that they are twins by chance."""
    if told is not None or numbers.size == 0:
        return bool(told)
    return 1 - np.unique(numbers).size / numbers.size >= CHANCE_TWINS


def tell_apart(numbers: NDArray[np.float64], salt: str) -> NDArray[np.float64]:
    """Return other numbers in [0, 1): the same for the same number and count of its twins."""
    frame = pl.DataFrame({"at": numbers.view(np.int64)})
    nth = frame.select(pl.int_range(pl.len()).over("at").alias("nth"))["nth"]
    hasher = RowHasher(["at", "nth"], salt=f"twins:{salt}")
    low, _ = hasher.hash([frame["at"], nth.cast(pl.Int64)], numbers.size)
    return _to_unit(low)


def group_numbers(
    data: Dataset, column: str, salt: str
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the code of each row's group, and a number in [0, 1) that groups are ordered by.

    A row without a group is a group of its own, decided by its content.
    """
    numbers = uniform(data, (column,), salt)
    values = data.column(column)
    groups = canonical(values, data.schema[column].storage)
    alone = groups.is_null().to_numpy()
    codes = groups.rank("dense").fill_null(0).to_numpy().astype(np.intp)
    if alone.any():
        numbers = np.where(alone, row_numbers(data, salt, apart=True), numbers)
        codes[alone] = codes.max() + 1 + np.arange(int(alone.sum()))
    _, codes = np.unique(codes, return_inverse=True)
    return codes.astype(np.intp), numbers


def moments(values: pl.Series) -> pl.Series:
    """Return times as numbers in their order, null where there is none.

    Raises
    ------
    InputError
        If the values have no order in time.
    """
    if values.dtype == pl.String or values.dtype.is_temporal():
        at = values.rename("at").to_frame().select(to_utc(pl.col("at"), values.dtype))
        return at.to_series().cast(pl.Int64)
    if not values.dtype.is_numeric():
        msg = f"column {values.name!r} holds {values.dtype}, which has no order in time"
        raise InputError(msg)
    return values.fill_nan(None) if values.dtype.is_float() else values
