"""A Dataset and a column in, the first row that cannot be used out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from assay.data.dataset import Dataset


@dataclass(frozen=True)
class BadRow:
    """Where a value cannot be used, and the value as text."""

    row: int
    value: str


def first_bad_row(
    data: "Dataset",
    column: str,
    *,
    finite: bool = True,
    low: float | None = None,
    high: float | None = None,
) -> BadRow | None:
    """Find the first row whose value is null, NaN, infinite or outside a range.

    Reads the column batch by batch and stops at the first: call it only when there is one.

    Parameters
    ----------
    data : Dataset
    column : str
    finite : bool
        Whether infinite values count as bad.
    low, high : float or None
        Values outside are bad.

    Returns
    -------
    BadRow or None
        Row counted from 0.
    """
    offset = 0
    for batch in data.engine.batches(data.frame, [column]):
        values = batch[column]
        bad = values.is_null()
        if values.dtype.is_numeric():
            numbers = values.cast(pl.Float64)
            bad = bad | (~numbers.is_finite() if finite else numbers.is_nan())
            if low is not None:
                bad = bad | (numbers < low)
            if high is not None:
                bad = bad | (numbers > high)
        found = bad.fill_null(value=True).arg_max()
        if found is not None and bool(bad.fill_null(value=True)[found]):
            value = values[found]
            return BadRow(offset + found, "null" if value is None else str(value))
        offset += batch.height
    return None
