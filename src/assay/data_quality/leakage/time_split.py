"""Judged rows that are older than train rows."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.row_order import ordered_time, utc
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.result import Finding, Json

ABOUT = About("time_split", "Judged rows before the end of train")
NS_PER_DAY = 86_400 * 10**9
OVERLAPPING = 0.01


def check_time_split(tables: LeakTables) -> Check:
    """Compare the times of judged rows with the last of train, plus the gap that was told.

    A declared time: any judged row at or before it is an error (warning where judged rows only
    share the last moment). Undeclared: a column of dates by which the rows of both tables are in
    order, with more than 1 % of the judged rows before the end of train: warning.
    """
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if tables.same_rows:
        return ABOUT.not_judged("the judged rows are the train rows: judged_on_train_rows")
    declared = tables.data.data.schema.time
    if declared is not None:
        return _declared(tables, tables.train, declared)
    name = ordered_time(tables.train)
    if name is None or ordered_time(tables.data) != name:
        return ABOUT.not_run("no column was named as the time of the row", "--time COLUMN")
    flags, told = _early(tables, tables.train, name)
    if flags.mean() <= OVERLAPPING:
        return ABOUT.clear(
            f"rows are in the order of {name!r}, and judged ones follow", figures=told
        )
    return ABOUT.found(_finding(name, "warning", told), affected=flags, figures=told)


def _declared(tables: LeakTables, train: Part, name: str) -> Check:
    flags, told = _early(tables, train, name)
    if not flags.any():
        return ABOUT.clear(f"all judged rows are later than the {train.words}", figures=told)
    severity = "warning" if told["before"] == 0 and not tables.gap else "error"
    return ABOUT.found(_finding(name, severity, told), affected=flags, figures=told)


def _early(
    tables: LeakTables, train: Part, name: str
) -> tuple[NDArray[np.bool_], dict[str, Json]]:
    judged, learned = tables.data.column(name), train.column(name)
    as_time = tables.data.data.schema[name].storage == "time"
    if as_time:
        judged, learned = utc(judged).cast(pl.Int64), utc(learned).cast(pl.Int64)
    last = learned.max()
    if last is None:
        return np.zeros(judged.len(), dtype=bool), {"early": 0, "before": 0, "rows": judged.len()}
    gap = tables.gap * NS_PER_DAY if as_time else tables.gap
    early = (judged <= last + int(gap) if as_time else judged <= last + gap).fill_null(value=False)  # type: ignore[operator]
    end = learned.sort().tail(1)
    shown = str(end.cast(pl.Datetime("ns")).cast(pl.String).item()) if as_time else str(last)
    count = int(early.sum())
    told: dict[str, Json] = {
        "early": count,
        "before": int((judged < last).sum()),
        "rows": judged.len(),
        "share": count / judged.len(),
        "end_of_train": shown[:19] if as_time else shown,
        "gap": tables.gap,
    }
    return early.to_numpy(), told


def _finding(name: str, severity: str, told: dict[str, Json]) -> Finding:
    detected = "" if severity == "error" or told["before"] == 0 else " (rows are in its order)"
    gap = f" plus the gap of {told['gap']:g}" if told["gap"] else ""
    return Finding(
        rule="time_split",
        severity="error" if severity == "error" else "warning",
        message=(
            f"{told['early']:,} of {told['rows']:,} judged rows ({told['share']:.1%}) are not "
            f"later by {name!r}{detected} than the last train row, {told['end_of_train']}{gap}."
        ),
        where={"columns": [name], "tables": ["train", "data"]},
        evidence=told,
        cause="The rows were split without regard to time: the model has seen what came later.",
        advice=(
            f"Split by time (assay data split --kind time --time {name}), with a gap as long as "
            "the label takes to be known; then fit again."
        ),
    )
