"""Text in ISO 8601 to times in UTC."""

from datetime import datetime
from typing import Literal

import polars as pl

NAIVE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
)
ZONED_FORMATS = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z")
ISO_START = r"^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})"
FIRST, LAST = datetime(1678, 1, 1), datetime(2262, 1, 1)  # noqa: DTZ001 - UTC without a zone
"""Between them 64 bits hold nanoseconds; dates such as 9999-12-31 mean "never" in much data."""
FAR = r"^(?:0\d{3}|1[0-5]\d\d|16[0-6]\d|167[0-7]|226[2-9]|22[7-9]\d|2[3-9]\d\d|[3-9]\d{3})-"
NS_PER_US = 1_000


def parse_iso(text: pl.Expr, unit: Literal["ns", "us"] = "ns") -> pl.Expr:
    """Return text as a time in UTC without a zone; null where it is not ISO 8601.

    Times without an offset are taken for UTC. Nanoseconds before `FIRST` and after `LAST` wrap
    around; see `to_utc` for times that keep their order.

    Examples
    --------
    >>> frame = pl.DataFrame({"at": ["2020-01-02", "2020-01-02T03:04:05+01:00", "soon"]})
    >>> frame.select(parse_iso(pl.col("at")).dt.to_string("iso"))["at"].to_list()
    ['2020-01-02 00:00:00.000000000', '2020-01-02 02:04:05.000000000', None]
    """
    shape = pl.when(text.str.contains(ISO_START)).then(text)
    naive = [shape.str.to_datetime(f, time_unit=unit, strict=False) for f in NAIVE_FORMATS]
    zoned = [
        shape.str.to_datetime(f, time_unit=unit, strict=False).dt.replace_time_zone(None)
        for f in ZONED_FORMATS
    ]
    return pl.coalesce(*naive, *zoned)


def to_utc(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return any column of times, dates or ISO text as nanoseconds in UTC without a zone.

    What nanoseconds cannot hold becomes `FIRST` or `LAST`, so that the order stays. Time that
    passed counts from 1970.

    Examples
    --------
    >>> frame = pl.DataFrame({"at": ["2020-01-02", "9999-12-31"]})
    >>> frame.select(to_utc(pl.col("at"), pl.String()).dt.year())["at"].to_list()
    [2020, 2262]
    """
    if dtype == pl.String:
        far = is_far(column)
        near = parse_iso(pl.when(~far).then(column))
        return pl.coalesce(near, _clipped(parse_iso(pl.when(far).then(column), "us")))
    if isinstance(dtype, pl.Duration):
        return column.cast(pl.Duration("ns")).cast(pl.Int64).cast(pl.Datetime("ns"))
    return _clipped(_micros(column, dtype)) if _is_coarse(dtype) else _naive(column, dtype)


def utc_count(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return what `to_utc` holds as int64; beyond `FIRST` and `LAST` it wraps around.

    Different times thus stay different, which is what a hash needs.
    """
    if dtype == pl.String:
        return parse_iso(column).cast(pl.Int64)
    if _is_coarse(dtype):
        return _micros(column, dtype).cast(pl.Int64) * NS_PER_US
    return _naive(column, dtype).cast(pl.Int64)


def is_far(text: pl.Expr) -> pl.Expr:
    """Whether ISO text is of a year that nanoseconds cannot hold."""
    return text.str.contains(FAR)


def _is_coarse(dtype: pl.DataType) -> bool:
    return not (isinstance(dtype, pl.Datetime) and dtype.time_unit == "ns")


def _micros(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return _naive(column, dtype).cast(pl.Datetime("us"))


def _naive(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return column


def _clipped(micros: pl.Expr) -> pl.Expr:
    return micros.clip(FIRST, LAST).cast(pl.Datetime("ns"))
