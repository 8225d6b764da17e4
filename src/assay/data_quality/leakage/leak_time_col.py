"""Columns of times that lie after the event of their row."""

import polars as pl

from assay.data.times import to_utc
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.result import Finding

ABOUT = About("leak_time_col", "Times later than the row's own")
SHARE = 0.01


def check_leak_time_col(tables: LeakTables) -> Check:
    """Compare every column of times with the declared one, in all rows that a model learns from.

    Later than the row's time in more than 1 % of the rows: error.
    """
    part = tables.learned
    event = part.data.schema.time
    if event is None:
        return ABOUT.not_run("no column was named as the time of the row", "--time COLUMN")
    if part.data.schema[event].storage != "time":
        return ABOUT.not_judged(f"the time {event!r} is a number, and other times are dates")
    columns = [each.name for each in tables.features if each.storage == "time"]
    columns = [name for name in columns if name != event]
    if not columns:
        return ABOUT.clear("there is no other column of times")
    counted = _later(part, event, columns)
    found = [
        _finding(tables, event, name, later, rows)
        for name, (later, rows) in counted.items()
        if rows and later / rows > SHARE
    ]
    return ABOUT.found(*found)


def _later(part: Part, event: str, columns: list[str]) -> dict[str, tuple[int, int]]:
    """Return the rows in which each column is later than the event, and those with both."""
    totals: dict[str, tuple[int, int]] = dict.fromkeys(columns, (0, 0))
    for batch in part.data.batches([event, *columns]):
        types = batch.schema
        at = to_utc(pl.col(event), types[event])
        told = batch.select(
            *((to_utc(pl.col(n), types[n]) > at).sum().alias(f"{n}:later") for n in columns),
            *(
                (pl.col(n).is_not_null() & pl.col(event).is_not_null()).sum().alias(f"{n}:rows")
                for n in columns
            ),
        ).row(0, named=True)
        for name, (later, rows) in totals.items():
            totals[name] = later + told[f"{name}:later"], rows + told[f"{name}:rows"]
    return totals


def _finding(tables: LeakTables, event: str, name: str, later: int, rows: int) -> Finding:
    unused = tables.used is not None and name not in tables.used
    return Finding(
        rule="leak_time_col",
        severity="info" if unused else "error",
        message=(
            f"The column {name!r} is later than {event!r} in {later:,} of {rows:,} rows "
            f"({later / rows:.1%}): it was not known then."
        ),
        where={"columns": [name, event]},
        evidence={"later": later, "rows": rows, "share": later / rows},
        cause="It is filled in after the event; or it is a date that was planned before it.",
        advice=(
            f"Leave it out (--ignore {name}) and fit again; for a planned date, say so with "
            "--ignore-rule leak_time_col=REASON."
        ),
    )
