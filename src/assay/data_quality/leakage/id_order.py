"""An order of the rows, or an id that counts them, that tells the label."""

import numpy as np
import polars as pl

from assay.data.schema import Column
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.row_order import ordered_time
from assay.data_quality.leakage.skill import Skill, column_skill
from assay.data_quality.leakage.tables import ROW, LeakTables
from assay.result import Finding

ABOUT = About("id_order", "An order of rows that tells the label")
TELLS, TELLS_LOW = 0.5, 0.3
AS_NUMBER = Column(ROW, "feature", "continuous", "int64")


def check_id_order(tables: LeakTables) -> Check:
    """Ask how well the place of the row, and each id of whole numbers, alone tell the label.

    Normalised skill of 0.5 or more (0.3 by a bound for all of them): warning; error where the
    model reads the id. Rows in the order of time are left out: a trend is no leak.
    """
    truth, part = tables.truth, tables.learned
    if truth is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if truth.reason:
        return ABOUT.not_judged(truth.reason)
    timed = part.data.schema.time or ordered_time(part)
    if timed is not None or tables.task == "forecasting":
        name = f" of {timed!r}" if timed is not None else ""
        return ABOUT.not_judged(f"rows are in the order of time{name}, and a trend is no leak")
    schema = part.data.schema
    named = [*part.identifiers, *schema.with_role("id")]
    ids = [name for name in named if schema[name].storage == "int64"]
    asked = {ROW: pl.Series(part.places[truth.known])}
    asked |= {name: tables.values(name) for name in ids}
    found: list[Finding] = []
    for name, values in asked.items():
        skill = column_skill(values, AS_NUMBER, truth, columns=len(asked))
        if skill.value >= TELLS and skill.low >= TELLS_LOW:
            found.append(_finding(tables, None if name == ROW else name, skill))
    return ABOUT.found(*_folded(found), sampled=part.sampled)


def _folded(found: list[Finding]) -> list[Finding]:
    """Keep the id that the model reads, else the order of the rows: it is one cause."""
    errors = [each for each in found if each.severity == "error"]
    return errors or found[:1]


def _finding(tables: LeakTables, name: str | None, skill: Skill) -> Finding:
    read = name is not None and tables.used is not None and name in tables.used
    what = "The place of the row in the table" if name is None else f"The id {name!r}"
    return Finding(
        rule="id_order",
        severity="error" if read else "warning",
        message=f"{what} alone tells the label: skill {skill.value:.2f} of 1.",
        where={"columns": [] if name is None else [name], "tables": [tables.learned.data.name]},
        evidence={
            "skill": skill.value,
            "skill_at_least": skill.low,
            "rows": int(np.count_nonzero(tables.truth.known)) if tables.truth else 0,
        },
        cause="The table is sorted by the label, or was put together class after class.",
        advice=(
            "Shuffle the rows before they are split (assay data split does), never take the last "
            "ones as test; leave ids out of the features."
        ),
    )
