"""Codes of independent units: declared groups, or blocks of neighbours in time."""

from math import isqrt

import polars as pl

from assay.data.times import to_utc

UNIT = "__assay_unit__"


def group_codes(values: pl.Series) -> pl.Series:
    """Return 0, 1, … for each distinct value in ascending order.

    A row without a value belongs to nobody: it is a unit of its own.

    Examples
    --------
    >>> group_codes(pl.Series(["b", "a", None, "b", None])).to_list()
    [1, 0, 2, 1, 3]
    """
    column = values.rename(UNIT)
    if column.dtype.is_float():
        column = column.fill_nan(None)
    if column.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    codes = column.rank("dense").cast(pl.Int64) - 1
    top = codes.max()
    first_alone = int(top) + 1 if isinstance(top, int) else 0
    alone = column.is_null().cast(pl.Int64).cum_sum() - 1 + first_alone
    return codes.fill_null(alone).cast(pl.Int32)


def block_codes(values: pl.Series) -> pl.Series:
    """Return blocks of neighbours in time: about √n blocks of about √n rows, numbered in order.

    Rows of one moment share a block; rows without a time make up the last block. √n rows a block
    leave enough blocks to resample, while a block outlasts what neighbours have in common.

    Examples
    --------
    >>> block_codes(pl.Series([3, 1, 2, 4])).to_list()
    [1, 0, 0, 1]
    """
    column = values.rename(UNIT)
    if column.dtype == pl.String or column.dtype.is_temporal():
        frame = column.to_frame()
        column = frame.select(to_utc(pl.col(UNIT), column.dtype)).to_series().cast(pl.Int64)
    if column.dtype.is_float():
        column = column.fill_nan(None)
    n_timed = column.len() - column.null_count()
    n_blocks = max(isqrt(n_timed), 1)
    before = column.rank("min").cast(pl.Int64) - 1
    blocks = (before * n_blocks) // max(n_timed, 1)
    return group_codes(blocks.fill_null(n_blocks))
