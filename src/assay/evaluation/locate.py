"""A Dataset and a column in, the first row that cannot be used out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


@dataclass(frozen=True)
class BadRow:
    """Where a value cannot be used (rows counted from 1, as in a file), and the value as text."""

    row: int
    value: str

    def __str__(self) -> str:
        return f"first in row {self.row:,} (counted from 1): {self.value}"


def first_outside(
    data: "Dataset", column: str, *, low: float | None = None, high: float | None = None
) -> BadRow | None:
    """Find the first row whose number is null, NaN, infinite or outside a range.

    Reads the column batch by batch and stops at the first: call it only when there is one.

    Parameters
    ----------
    data : Dataset
    column : str
    low, high : float or None
        Values outside are bad.

    Returns
    -------
    BadRow or None
    """
    offset = 0
    for batch in data.batches([column]):
        values = batch[column].cast(pl.Float64)
        good = values.is_finite()
        if low is not None:
            good &= values >= low
        if high is not None:
            good &= values <= high
        bad = (~good.fill_null(value=False)).arg_true()
        if bad.len():
            return BadRow(offset + int(bad[0]) + 1, str(batch[column][int(bad[0])]))
        offset += batch.height
    return None
