"""Named columns of numbers in, the table behind a figure out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.reports.page import Cell, Table
from assay.result import Estimate

MAX_TABLE_ROWS = 21
Floats = NDArray[np.float64]


def table_of(caption: str, columns: Mapping[str, NDArray[np.generic]]) -> Table:
    """Return a folded table with all the numbers."""
    cells = [[_cell(value) for value in values.tolist()] for values in columns.values()]
    return Table(caption, tuple(columns), tuple(zip(*cells, strict=True)), folded=True)


def thin_table_of(caption: str, columns: Mapping[str, Floats]) -> Table:
    """Return a table of at most `MAX_TABLE_ROWS` points; results.json has them all."""
    length = len(next(iter(columns.values())))
    keep = np.unique(np.linspace(0, length - 1, min(length, MAX_TABLE_ROWS)).round().astype(int))
    table = table_of(caption, {name: values[keep] for name, values in columns.items()})
    note = (
        f"{len(keep)} of {length:,} points; results.json has them all."
        if len(keep) < length
        else ""
    )
    return Table(table.caption, table.columns, table.rows, folded=True, note=note)


def interval_cell(value: float, low: float, high: float, *, n: int) -> Estimate:
    """Return a value with its interval as one cell."""
    return Estimate(value=float(value), low=float(low), high=float(high), n=n)


def _cell(value: object) -> Cell:
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, int | str | bool) else str(value)
