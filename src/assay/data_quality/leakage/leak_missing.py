"""Missing values, or a constant filler, that show the target."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.row_keys import trimmed
from assay.data_quality.leakage.skill import Skill, indicator_skill
from assay.data_quality.leakage.tables import LeakTables
from assay.result import Finding, Json

ABOUT = About("leak_missing", "Missing values that carry the target")
SUSPECT, SUSPECT_LOW = 0.75, 0.6
MIN_DISTINCT = 10
STANDS_OUT = 3
"""A filler is more frequent than the next value by this factor."""


def check_leak_missing(tables: LeakTables) -> Check:
    """Look for columns that are missing, empty or filled in just where the label says so.

    Normalised skill of the mark "null, empty or the filler" of 0.75 or more, and 0.6 by a bound
    that holds for all columns: error. A filler is a value three times as frequent as the next one
    in a column of ten values or more; the levels of a category are not fillers.
    """
    if tables.truth is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if tables.truth.reason:
        return ABOUT.not_judged(tables.truth.reason)
    found: list[Finding] = []
    highest = 0.0
    for column in tables.features:
        told = filler_skill(tables, column.name)
        if told is None:
            continue
        highest = max(highest, told[1].value)
        if told[1].value >= SUSPECT and told[1].low >= SUSPECT_LOW:
            found.append(_finding(tables, column.name, *told))
    figures: dict[str, Json] = {"columns": len(tables.features), "highest": highest}
    return ABOUT.found(*found, sampled=tables.learned.sampled, figures=figures)


def filler_skill(tables: LeakTables, name: str) -> tuple[str, Skill] | None:
    """Return the better of two marks of a column's rows, missing or filler, and its skill."""
    truth = tables.truth
    assert truth is not None
    values = trimmed(tables.values(name))
    columns = 2 * max(len(tables.features), 1)
    marks = {"missing": _missing(values)}
    filler = _filler(values)
    if filler is not None:
        marks[f"equal to {filler[0]!r}"] = filler[1]
    told = {
        what: indicator_skill(flags, truth, columns=columns)
        for what, flags in marks.items()
        if flags.any() and not flags.all()
    }
    return max(told.items(), key=lambda pair: pair[1].value, default=None)


def _missing(values: pl.Series) -> NDArray[np.bool_]:
    if values.dtype.is_float():
        values = values.fill_nan(None)
    missing = values.is_null()
    if values.dtype == pl.String:
        missing |= (values == "").fill_null(value=False)
    return missing.to_numpy()


def _filler(values: pl.Series) -> tuple[object, NDArray[np.bool_]] | None:
    """Return the value that fills a column of many values, and its rows; None without one."""
    if values.dtype.is_nested() or values.dtype == pl.Object:
        return None
    known = values.drop_nulls().drop_nans() if values.dtype.is_float() else values.drop_nulls()
    counted = known.value_counts(sort=True, name="rows").head(MIN_DISTINCT)
    if counted.height < MIN_DISTINCT or counted["rows"][0] < STANDS_OUT * counted["rows"][1]:
        return None
    mode = counted[values.name][0]
    return mode, (values == mode).fill_null(value=False).to_numpy()


def _finding(tables: LeakTables, name: str, what: str, skill: Skill) -> Finding:
    unused = tables.used is not None and name not in tables.used
    return Finding(
        rule="leak_missing",
        severity="info" if unused else "error",
        message=(
            f"Whether the column {name!r} is {what} tells the label: skill {skill.value:.2f} of 1."
        ),
        where={"columns": [name]},
        evidence={
            "mark": what,
            "skill": skill.value,
            "skill_at_least": skill.low,
            "rows": skill.n,
            "read_by_the_model": None if tables.used is None else not unused,
        },
        cause="The value is filled in, or left out, when the outcome is known.",
        advice=(
            f"Leave the column out (--ignore {name}), or take its value as it was before the "
            "outcome, and fit again."
        ),
    )
