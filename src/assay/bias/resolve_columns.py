"""Columns in, the values that occur in them with their rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest, Request
from assay.data.schema import Column
from assay.tables.cube import Cube, Level

NUMBERS = ("int64", "float64")
OTHER = "(other)"
_PEEKED_ROWS = 100_000
_COUNTED_LEVELS = 500
_DRAWN_ROWS = 200_000
_DRAWN_SEED = 20_261_123

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
    low, high : ndarray of float, shape (n_stretches,)
        Of numbers: ends of the stretches of values, in order; the two are equal where a stretch
        is one value, else the lower end belongs to the stretch before. Empty for other columns.
    stretch_rows : ndarray of int, shape (n_stretches,)
        Their rows, or in proportion to them where rows were drawn.
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
        return number_key(self.column)


def number_key(column: Column) -> nw.Expr:
    """Return a column as an expression in which NaN is missing, and −0.0 is 0.0."""
    key = nw.col(column.name)
    return key if column.storage != "float64" else key.cast(nw.Float64).fill_nan(None) + 0.0


def read_columns(
    data: Dataset, names: Sequence[str], listed: Mapping[str, Sequence[Level]] | None = None
) -> dict[str, ColumnValues]:
    """Count the values of columns, reading these columns alone.

    Numbers of more than 500 values are not counted one by one: their ends are exact, and up to
    200,000 rows all else; above, 200,000 rows drawn with a fixed seed say where the rest lies.

    Parameters
    ----------
    data : Dataset
    names : sequence of str
    listed : mapping or None
        For columns of numbers the values whose rows are counted in any case.

    Returns
    -------
    dict of str to ColumnValues
    """
    many = _many_valued(data, names)
    requests: dict[str, Request] = {
        name: CubeRequest(by={name: nw.col(name)}) for name in names if name not in many
    }
    for name in many & set(listed or {}):
        key = number_key(data.schema[name])
        wanted = [value for value in (listed or {})[name] if not isinstance(value, str)]
        requests[name] = CubeRequest(by={name: key}, where=key.is_in(wanted))
    tables = data.scan(requests) if requests else {}
    many |= {name for name in names if _misses_numbers(tables.get(name), data.schema[name])}
    found = _read_numbers(data, [name for name in names if name in many], tables)
    for name in names:
        table = tables.get(name)
        if name not in many and isinstance(table, Cube):
            found[name] = _from_cube(table, data.schema[name])
    return found


def _many_valued(data: Dataset, names: Sequence[str]) -> set[str]:
    """Return the columns of numbers with so many values that they are not counted one by one."""
    numbers = [name for name in names if data.schema[name].storage in NUMBERS]
    if not numbers:
        return set()
    first = data.frame.head(_PEEKED_ROWS)
    row = first.select(nw.col(*numbers).n_unique()).collect().row(0)
    return {n for n, distinct in zip(numbers, row, strict=True) if distinct > _COUNTED_LEVELS}


def _misses_numbers(table: object, column: Column) -> bool:
    """Whether there were after all too many numbers to count them one by one."""
    return isinstance(table, Cube) and table.folded > 0 and column.storage in NUMBERS


def _read_numbers(
    data: Dataset, names: Sequence[str], tables: Mapping[str, object]
) -> dict[str, ColumnValues]:
    if not names:
        return {}
    keys = [number_key(data.schema[name]).alias(name) for name in names]
    frame = data.frame.select(*keys)
    row = frame.select(
        *(nw.col(name).min().alias(f"{at}:min") for at, name in enumerate(names)),
        *(nw.col(name).max().alias(f"{at}:max") for at, name in enumerate(names)),
        *(nw.col(name).count().alias(f"{at}:n") for at, name in enumerate(names)),
    ).collect()
    said = {name: row[name].item() for name in row.columns}
    drawn = data.engine.sample(frame, _DRAWN_ROWS, seed=_DRAWN_SEED)
    found: dict[str, ColumnValues] = {}
    for at, name in enumerate(names):
        values = drawn[name].drop_nulls().to_numpy()
        ends = said[f"{at}:min"], said[f"{at}:max"]
        table = tables.get(name)
        found[name] = _from_numbers(
            data.schema[name],
            values,
            ends,
            n_values=int(said[f"{at}:n"]),
            n_missing=data.count_rows() - int(said[f"{at}:n"]),
            listed=table if isinstance(table, Cube) else None,
        )
    return found


def _from_numbers(
    column: Column,
    drawn: NDArray[np.generic],
    ends: tuple[float, float],
    *,
    n_values: int,
    n_missing: int,
    listed: Cube | None,
) -> ColumnValues:
    seen, rows = np.unique(drawn, return_counts=True)
    high = low = seen.astype(np.float64)
    levels: list[Level] = seen.tolist()
    n = rows
    if len(drawn) < n_values:
        high = np.unique([*high, *ends])
        low = np.concatenate([high[:1], high[:-1]])
        stretch = np.zeros(len(high), dtype=np.int64)
        stretch[np.searchsorted(high, seen)] = rows
        rows = stretch
        levels, n = _counted(listed)
    return ColumnValues(
        column=column,
        levels=tuple(levels),
        n=n,
        n_missing=n_missing,
        n_unlisted=n_values - int(n.sum()),
        low=low,
        high=high,
        stretch_rows=rows,
    )


def _counted(cube: Cube | None) -> tuple[list[Level], Counts]:
    """Return the values of a table of one key with their rows; a missing one is none."""
    if cube is None:
        return [], np.zeros(0, dtype=np.int64)
    rows = np.zeros(len(cube.levels[0]), dtype=np.int64)
    np.add.at(rows, cube.codes[:, 0], cube.n)
    kept = [
        at
        for at, level in enumerate(cube.levels[0])
        if level is not None and not (cube.folded and level == OTHER)
    ]
    return [cube.levels[0][at] for at in kept], rows[kept]


def _from_cube(table: Cube, column: Column) -> ColumnValues:
    levels, n = _counted(table)
    missing = table.levels[0].index(None) if None in table.levels[0] else -1
    n_missing = int(table.n[table.codes[:, 0] == missing].sum())
    numbers = np.array(levels if column.storage in NUMBERS else [], dtype=np.float64)
    order = _ranking(levels, column)
    return ColumnValues(
        column=column,
        levels=tuple(levels[at] for at in order),
        n=n[order],
        n_missing=n_missing,
        n_unlisted=int(table.n.sum()) - n_missing - int(n.sum()),
        low=numbers,
        high=numbers,
        stretch_rows=n if len(numbers) else np.zeros(0, dtype=np.int64),
    )


def _ranking(levels: Sequence[Level], column: Column) -> list[int]:
    """Return the order of the levels: that of a ranking type, else ascending."""
    if not column.ordered or column.categories is None:
        return list(range(len(levels)))
    rank = {value: at for at, value in enumerate(column.categories)}
    return sorted(range(len(levels)), key=lambda at: rank.get(levels[at], len(rank)))
