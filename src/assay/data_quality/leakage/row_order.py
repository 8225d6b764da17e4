"""Tables in; the column of times that their rows are ordered by, out."""

import polars as pl

from assay.data.times import to_utc
from assay.data_quality.leakage.tables import Part

MIN_TIMES = 20
"""Different times below which an order may be chance."""


def ordered_time(part: Part) -> str | None:
    """Return the first feature of dates or times that never falls from row to row.

    Parameters
    ----------
    part : Part

    Returns
    -------
    str or None
    """
    schema = part.data.schema
    for name in schema.features:
        if schema[name].storage != "time":
            continue
        sampled = _rising(part.sample[name])
        if sampled and _rising(part.column(name)):
            return name
    return None


def _rising(values: pl.Series) -> bool:
    times = utc(values).drop_nulls()
    return times.n_unique() >= MIN_TIMES and times.is_sorted()


def utc(values: pl.Series) -> pl.Series:
    """Return times as nanoseconds in UTC."""
    frame = values.rename("at").to_frame()
    return frame.select(to_utc(pl.col("at"), values.dtype)).to_series()
