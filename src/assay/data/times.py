"""Text in ISO 8601 to times in UTC."""

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


def parse_iso(text: pl.Expr) -> pl.Expr:
    """Return text as nanoseconds in UTC without a zone; null where it is not ISO 8601.

    Times without an offset are taken for UTC.

    Examples
    --------
    >>> frame = pl.DataFrame({"at": ["2020-01-02", "2020-01-02T03:04:05+01:00", "soon"]})
    >>> frame.select(parse_iso(pl.col("at")).dt.to_string("iso"))["at"].to_list()
    ['2020-01-02 00:00:00.000000000', '2020-01-02 02:04:05.000000000', None]
    """
    shape = pl.when(text.str.contains(ISO_START)).then(text)
    naive = [shape.str.to_datetime(f, time_unit="ns", strict=False) for f in NAIVE_FORMATS]
    zoned = [
        shape.str.to_datetime(f, time_unit="ns", strict=False).dt.replace_time_zone(None)
        for f in ZONED_FORMATS
    ]
    return pl.coalesce(*naive, *zoned)


def to_utc(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return any column of times, dates or ISO text as nanoseconds in UTC without a zone."""
    if dtype == pl.String:
        return parse_iso(column)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return column.cast(pl.Datetime("ns"))
