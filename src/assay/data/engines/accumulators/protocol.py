"""What the scan asks of every accumulator, and what they share."""

from typing import TYPE_CHECKING, Protocol

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.requests import Request

if TYPE_CHECKING:
    from assay.data.engines.protocol import Table

WEIGHT, UNIT = "weight", "unit"


class Accumulator(Protocol):
    """Gathers one table while batches go by.

    `columns` names the expressions that the batches must hold; `add` takes a batch of exactly
    these columns in which NaN is already null; `finish` returns the table.
    """

    def columns(self) -> dict[str, nw.Expr]:
        """Return what each batch must hold, by the names that `add` reads."""
        ...

    def add(self, batch: pl.DataFrame) -> None:
        """Take the rows of one batch into account."""
        ...

    def finish(self) -> "Table":
        """Return the table of all rows seen."""
        ...


def weight_and_unit(request: Request) -> dict[str, nw.Expr]:
    """Return the columns for the weight and the independent unit, where they are asked for."""
    columns: dict[str, nw.Expr] = {}
    if request.weight is not None:
        columns[WEIGHT] = nw.col(request.weight)
    if request.unit is not None:
        columns[UNIT] = nw.col(request.unit)
    return columns


def floats(batch: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """Return a column of numbers or booleans as float64, null as NaN, −0.0 as 0.0."""
    column = batch.get_column(name).cast(pl.Float64)
    return column.to_numpy() + 0.0


def dense_codes(values: pl.Series) -> tuple[NDArray[np.int32], int]:
    """Return the rank of each value among the distinct ones (null last), and how many there are.

    Examples
    --------
    >>> codes, n = dense_codes(pl.Series(["b", None, "a", "b"]))
    >>> codes.tolist(), n
    ([1, 2, 0, 1], 3)
    """
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    elif values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    ranks = values.rank("dense")
    top = ranks.max()
    n_levels = int(top) if isinstance(top, int) else 0
    codes = (ranks.cast(pl.Int64) - 1).fill_null(n_levels)
    return codes.cast(pl.Int32).to_numpy(), n_levels + int(values.null_count() > 0)
