"""Columns in, the values that occur in them with their rows out: one scan for all."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest, DistributionRequest, Request
from assay.data.schema import Column
from assay.tables.cube import Cube, Level
from assay.tables.distribution import Distribution

NUMBERS = ("int64", "float64")
OTHER = "(other)"
_PEEKED_ROWS = 100_000
_COUNTED_LEVELS = 500
_BINS = 4_096

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnValues:
    """What a column holds.

    Parameters
    ----------
    column : Column
    levels : tuple
        Its values in ascending order, or those of a ranking type in its order; of numbers in
        bins, or of very many values, not all of them: see `n_unlisted`.
    n : ndarray of int, shape (n_levels,)
        Their rows.
    n_missing : int
        Rows without a value, NaN included.
    n_unlisted : int
        Rows whose value is not among `levels`.
    low, high : ndarray of float, shape (n_bins,)
        Of numbers: ends of the stretches of values, in order; the two are equal where a stretch
        is one value. Empty for other columns.
    stretch_rows : ndarray of int, shape (n_bins,)
    """

    column: Column
    levels: tuple[Level, ...]
    n: Counts
    n_missing: int
    n_unlisted: int = 0
    low: Floats
    high: Floats
    stretch_rows: Counts

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, truth values not among them."""
        return self.column.storage in NUMBERS

    @property
    def n_distinct(self) -> int:
        """How many values it has, at least."""
        if self.is_number:
            return len(self.low) + int(np.count_nonzero(self.low < self.high))
        return len(self.levels) + 2 * (self.n_unlisted > 0)

    @property
    def n_values(self) -> int:
        """Rows with a value."""
        return int(self.n.sum()) + self.n_unlisted

    @property
    def minimum(self) -> float:
        """Smallest number."""
        return float(self.low[0])

    @property
    def maximum(self) -> float:
        """Largest number."""
        return float(self.high[-1])

    def key(self) -> nw.Expr:
        """Return the column as an expression in which NaN is missing."""
        column = nw.col(self.name)
        if self.column.storage != "float64":
            return column
        return column.cast(nw.Float64).fill_nan(None) + 0.0  # −0.0 and 0.0 are one value


def read_columns(data: Dataset, names: Sequence[str]) -> dict[str, ColumnValues]:
    """Count the values of columns in one scan of these columns.

    Numbers of many values come as a sorted table, above five million rows in 4,096 bins of about
    equal size (which takes a pass more); all others are counted.

    Parameters
    ----------
    data : Dataset
    names : sequence of str

    Returns
    -------
    dict of str to ColumnValues
    """
    few = _few_valued(data, names)
    requests: dict[str, Request] = {}
    for name in names:
        value = nw.col(name)
        requests[name] = (
            CubeRequest(by={name: value})
            if name in few
            else DistributionRequest(value=value.cast(nw.Float64), n_bins=_BINS)
        )
    n_rows = data.count_rows()
    tables = data.scan(requests)
    again = [name for name in few if _misses_numbers(tables[name], data.schema[name])]
    if again:
        tables |= data.scan(
            {n: DistributionRequest(value=nw.col(n).cast(nw.Float64), n_bins=_BINS) for n in again}
        )
    return {name: _values_of(tables[name], data.schema[name], n_rows) for name in names}


def _few_valued(data: Dataset, names: Sequence[str]) -> set[str]:
    """Return which columns to count value by value: all but numbers with many values."""
    numbers = [name for name in names if data.schema[name].storage in NUMBERS]
    many: set[str] = set()
    if numbers:
        first = data.frame.head(_PEEKED_ROWS)
        row = first.select(nw.col(*numbers).n_unique()).collect().row(0)
        many = {n for n, distinct in zip(numbers, row, strict=True) if distinct > _COUNTED_LEVELS}
    return set(names) - many


def _misses_numbers(table: object, column: Column) -> bool:
    """Whether there were after all too many numbers to count them one by one."""
    return isinstance(table, Cube) and table.folded > 0 and column.storage in NUMBERS


def _values_of(table: object, column: Column, n_rows: int) -> ColumnValues:
    if isinstance(table, Distribution):
        return _from_distribution(table, column, n_rows)
    assert isinstance(table, Cube)
    rows = np.zeros(len(table.levels[0]), dtype=np.int64)
    np.add.at(rows, table.codes[:, 0], table.n)
    kept = [
        at
        for at, level in enumerate(table.levels[0])
        if level is not None and not (table.folded and level == OTHER)
    ]
    levels = [table.levels[0][at] for at in kept]
    n_missing = sum(int(rows[at]) for at, v in enumerate(table.levels[0]) if v is None)
    numbers = np.array(levels if column.storage in NUMBERS else [], dtype=np.float64)
    order = _ranking(levels, column)
    n = rows[kept]
    return ColumnValues(
        column=column,
        levels=tuple(levels[at] for at in order),
        n=n[order],
        n_missing=n_missing,
        n_unlisted=int(rows.sum()) - n_missing - int(n.sum()),
        low=numbers,
        high=numbers,
        stretch_rows=n if len(numbers) else np.zeros(0, dtype=np.int64),
    )


def _from_distribution(table: Distribution, column: Column, n_rows: int) -> ColumnValues:
    low = table.value if table.low is None else table.low
    high = table.value if table.high is None else table.high
    whole = column.storage == "int64"
    one = np.flatnonzero(low == high)
    levels: list[Level] = [int(v) if whole else float(v) for v in low[one]]
    return ColumnValues(
        column=column,
        levels=tuple(levels),
        n=table.n[one],
        n_missing=n_rows - table.n_rows,
        n_unlisted=int(table.n_rows - table.n[one].sum()),
        low=low,
        high=high,
        stretch_rows=table.n,
    )


def _ranking(levels: Sequence[Level], column: Column) -> list[int]:
    """Return the order of the levels: that of a ranking type, else ascending."""
    if not column.ordered or column.categories is None:
        return list(range(len(levels)))
    rank = {value: at for at, value in enumerate(column.categories)}
    return sorted(range(len(levels)), key=lambda at: rank.get(levels[at], len(rank)))
