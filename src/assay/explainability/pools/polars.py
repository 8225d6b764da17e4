"""A pool of Polars frames."""

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.explainability.pools.cells import Floats, block_codes, object_codes, object_numbers
from assay.explainability.pools.refusing import refuse_dtypes

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]
PLAIN = (
    *(pl.Float32, pl.Float64, pl.Int8, pl.Int16, pl.Int32, pl.Int64),
    *(pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64),
)
"""Numbers that numpy holds in the same way."""


class PolarsPool:
    """Rows of one frame."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._rows = rows.rechunk()
        self.columns = tuple(rows.columns)
        self._blocks = _blocks_of(self._rows)
        numbers = {name for names, _ in self._blocks for name in names}
        self._others = {each.name: each for each in self._rows if each.name not in numbers}

    def __len__(self) -> int:
        return self._rows.height

    def codes(self) -> NDArray[np.int64]:
        """Return a number for each cell."""
        out = np.empty((len(self), len(self.columns)), dtype=np.int64)
        for names, block in self._blocks:
            out[:, [self.columns.index(name) for name in names]] = block_codes(block).T
        for name, column in self._others.items():
            out[:, self.columns.index(name)] = _codes(column)
        return out

    def with_first(self, row: pl.DataFrame) -> "PolarsPool | None":
        """Return the pool with another first row; None where that is not one alike.

        Its cells can be switched and compared; `numbers` and `value` are those of this pool.
        """
        if row.height != 1 or row.schema != self._rows.schema:
            return None
        cells = dict(zip(row.columns, row.row(0), strict=True))
        blocks: list[tuple[list[str], NDArray[Any]]] = []
        for names, block in self._blocks:
            values = [cells[name] for name in names]
            if None in values:
                return None
            made = block.copy()
            made[:, 0] = values
            blocks.append((names, made))
        made = copy(self)
        made._blocks = blocks
        made._others = {
            name: pl.concat([row[name], column[1:]]).rechunk()
            for name, column in self._others.items()
        }
        return made

    def numbers(self, place: int) -> Floats | None:
        """Return a column's values as numbers; None if they are none."""
        column = self._rows.to_series(place)
        dtype = column.dtype
        if dtype == pl.Object:
            return object_numbers(column)
        if dtype.is_numeric() or dtype == pl.Boolean:
            return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        if dtype.is_temporal():
            return column.to_physical().cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return None

    def is_time(self, place: int) -> bool:
        """Tell whether a column holds times."""
        return self._rows.to_series(place).dtype.is_temporal()

    def value(self, row: int, place: int) -> object:
        """Return one cell."""
        return self._rows.item(row, place)

    def mix(self, on: Mask, here: Index, there: Index) -> pl.DataFrame:
        """Return rows: from `here` where `on`, else from `there`."""
        made: dict[str, pl.Series] = {}
        for names, block in self._blocks:
            places = [self.columns.index(name) for name in names]
            mixed = np.where(on[:, places].T, block[:, here], block[:, there])
            made.update(
                (name, pl.Series(name, cells)) for name, cells in zip(names, mixed, strict=True)
            )
        for name, column in self._others.items():
            mask = on[:, self.columns.index(name)]
            made[name] = column.gather(np.where(mask, here, there))
        return pl.DataFrame([made[name] for name in self.columns])

    def cross(self, on: Mask, rows: Index, background: Index) -> pl.DataFrame:
        """Return a row for each row, mask and background row."""
        here, there = rows[:, None, None], background[None, None, :]
        made: dict[str, pl.Series] = {}
        for names, block in self._blocks:
            places = [self.columns.index(name) for name in names]
            crossed = np.where(
                on[:, places].T[:, None, :, None],
                block[:, rows][:, :, None, None],
                block[:, background][:, None, None, :],
            ).reshape(len(names), -1)
            made.update(
                (name, pl.Series(name, cells)) for name, cells in zip(names, crossed, strict=True)
            )
        for name, column in self._others.items():
            mask = on[:, self.columns.index(name)]
            at = np.where(mask[None, :, None], here, there).reshape(-1)
            made[name] = column.gather(at)
        return pl.DataFrame([made[name] for name in self.columns])

    def gather(self, places: Index) -> pl.DataFrame:
        """Return rows that take each cell from the row of the pool that `places` says."""
        return self._gathered(list(places.T))

    def _gathered(self, places: Sequence[Index]) -> pl.DataFrame:
        return pl.DataFrame(
            [column.gather(at) for column, at in zip(self._rows, places, strict=True)]
        )

    def built(self, columns: Sequence[Sequence[Any]]) -> pl.DataFrame:
        """Return rows of new values, in the columns' dtypes where they hold them."""
        return pl.DataFrame(
            [_built(own, values) for own, values in zip(self._rows, columns, strict=True)]
        )


def _blocks_of(rows: pl.DataFrame) -> list[tuple[list[str], NDArray[Any]]]:
    """Return the numbers of each dtype that miss none together, shape (n_columns, n_rows)."""
    by_dtype: dict[pl.DataType, list[str]] = {}
    for column in rows:
        if column.dtype in PLAIN and not column.null_count():
            by_dtype.setdefault(column.dtype, []).append(column.name)
    return [
        (names, np.ascontiguousarray(rows.select(names).to_numpy().T))
        for names in by_dtype.values()
    ]


def _built(own: pl.Series, values: Sequence[Any]) -> pl.Series:
    if own.dtype.is_numeric() or own.dtype == pl.Boolean:
        numbers = pl.Series(own.name, values, dtype=pl.Float64, strict=False)
        made = numbers.cast(own.dtype, strict=False)
        return made if (made.cast(pl.Float64) == numbers).all() else numbers
    return pl.Series(own.name, values, dtype=own.dtype)


def join_polars(parts: Sequence[pl.DataFrame]) -> PolarsPool:
    """Make a pool of frames with the same columns, in the dtypes of the last, the background.

    Raises
    ------
    InputError
        If a column's values do not go into the background's dtype, nor both into a common one.
    """
    background = parts[-1]
    joined: list[pl.Series] = []
    for name, dtype in background.schema.items():
        columns = [part[name] for part in parts]
        fitted = [_fitted(column, dtype) for column in columns]
        if all(column is not None for column in fitted):
            joined.append(pl.concat([column for column in fitted if column is not None]))
            continue
        if not all(column.dtype.is_numeric() for column in columns):
            refuse_dtypes(name, [str(column.dtype) for column in columns])
        joined.append(pl.concat([pl.DataFrame(c) for c in columns], how="vertical_relaxed")[name])
    return PolarsPool(pl.DataFrame(joined))


def _fitted(column: pl.Series, dtype: pl.DataType) -> pl.Series | None:
    """Return a column in another dtype; None if a value would change."""
    if column.dtype == dtype:
        return column
    text = (pl.String, pl.Categorical, pl.Enum)
    texts = column.dtype in text and dtype in text
    numbers = all(each.is_numeric() or each == pl.Boolean for each in (column.dtype, dtype))
    times = column.dtype.is_temporal() and dtype.is_temporal()
    if not (texts or numbers or times or column.null_count() == column.len()):
        return None
    made = column.cast(dtype, strict=False)
    same = made.cast(column.dtype, strict=False).eq_missing(column)
    return made if bool(same.all()) else None


def _codes(column: pl.Series) -> NDArray[np.int64]:
    if column.dtype == pl.Object or column.dtype.is_nested():
        return object_codes(column.to_list())
    if column.dtype.is_float():
        column = column.fill_nan(None)
    return column.rank("dense").fill_null(0).to_numpy().astype(np.int64)
