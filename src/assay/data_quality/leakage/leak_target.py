"""Columns that are the target in disguise."""

from collections.abc import Sequence

import numpy as np

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.leak_missing import filler_skill
from assay.data_quality.leakage.skill import Skill
from assay.data_quality.leakage.tables import LeakTables
from assay.models.baseline.skill import cross_validated_skill
from assay.result import Finding, Json, Severity

ABOUT = About("leak_target", "A column that is the target in disguise")
SUSPECT, STRONG, CERTAIN = 0.75, 0.9, 0.99
SUSPECT_LOW, STRONG_LOW = 0.6, 0.75
NEARLY = 0.95
MAX_WEIGHED = 3
OTHERS_ROWS = 5_000


def check_leak_target(tables: LeakTables) -> Check:
    """Look for columns that alone tell the label better than is to be believed.

    Normalised skill s is 2·AUC - 1, or R². From 0.99, or from 0.9 where all other columns together
    are shown to tell less: error. From 0.9 where they are not: info, since then the task is easy,
    or the leak is in several columns. From 0.75 where the column tells more than 0.95 times what
    the others do: warning. In each case s must also lie above 0.75 (0.6) by a bound that holds for
    all columns together, and "shown" means by that bound.
    """
    if tables.task is None or tables.truth is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if tables.task == "forecasting":
        return ABOUT.not_judged("past values tell the next ones without any leak")
    if tables.truth.reason:
        return ABOUT.not_judged(tables.truth.reason)
    skills = tables.skills
    suspects = sorted(
        (
            name
            for name, skill in skills.items()
            if skill.value >= SUSPECT
            and skill.low >= SUSPECT_LOW
            and not _by_filler(tables, name, skill)
        ),
        key=lambda name: -skills[name].value,
    )
    found = [
        finding
        for name in suspects[:MAX_WEIGHED]
        if (finding := _weigh(tables, name, skills, suspects)) is not None
    ]
    found += [
        _finding(tables, name, skills[name], None, "error")
        for name in suspects[MAX_WEIGHED:]
        if skills[name].value >= CERTAIN
    ]
    infos = [finding for finding in found if finding.severity == "info"]
    if tables.used is None:  # one cause: the task is easy, or several columns know the answer
        found = [finding for finding in found if finding not in infos[1:]]
    figures: dict[str, Json] = {
        "columns": len(skills),
        "highest": max((skill.value for skill in skills.values()), default=None),
    }
    return ABOUT.found(*found, sampled=tables.learned.sampled, figures=figures)


def _by_filler(tables: LeakTables, name: str, skill: Skill) -> bool:
    """Whether the rows without a value explain it, which `leak_missing` then says."""
    told = filler_skill(tables, name)
    return told is not None and told[1].value >= max(SUSPECT, NEARLY * skill.value)


def _weigh(
    tables: LeakTables, name: str, skills: dict[str, Skill], suspects: Sequence[str]
) -> Finding | None:
    """Compare a column with what all others tell together."""
    skill = skills[name]
    if skill.value >= CERTAIN and skill.low >= STRONG_LOW:
        return _finding(tables, name, skill, None, "error")
    certain = [each for each in suspects if skills[each].value >= CERTAIN]
    others = _others(tables, [name, *certain])
    if skill.value >= STRONG and skill.low >= STRONG_LOW:
        return _finding(tables, name, skill, others, "error" if skill.low > others else "info")
    if skill.value > NEARLY * others:
        return _finding(tables, name, skill, others, "warning")
    return None


def _others(tables: LeakTables, without: Sequence[str]) -> float:
    """Return what a strong simple model makes of the other columns; 0 where there are none."""
    columns = [column for column in tables.features if column.name not in without]
    truth = tables.truth
    assert truth is not None
    assert tables.task is not None
    if not columns:
        return 0.0
    frame = tables.learned.sample.filter(truth.known)
    rows = np.random.default_rng(tables.seed).permutation(truth.n)[:OTHERS_ROWS]
    rows.sort()
    if truth.numbers is not None:
        task, y = "regression", truth.numbers
    elif len(truth.names) == 1:
        task, y = "binary", truth.indicators[:, 0].astype(np.int64)  # type: ignore[index]
    else:
        task, y = "multiclass", truth.codes
    together = cross_validated_skill(frame[rows], columns, y[rows], task, seed=tables.seed)
    alone = [skill.value for name, skill in tables.skills.items() if name not in without]
    return max(together, *alone, 0.0)


def _finding(
    tables: LeakTables, name: str, skill: Skill, others: float | None, severity: Severity
) -> Finding:
    unused = tables.used is not None and name not in tables.used
    measure = (
        "R²" if tables.truth is not None and tables.truth.numbers is not None else "2·AUC - 1"
    )
    beside = "" if others is None else f"; all other columns together have {others:.2f}"
    told: dict[str, Json] = {
        "skill": skill.value,
        "skill_at_least": skill.low,
        "measure": measure,
        "skill_of_the_others": others,
        "rows": skill.n,
        "read_by_the_model": None if tables.used is None else not unused,
    }
    apart = "The model does not read it. " if unused else ""
    return Finding(
        rule="leak_target",
        severity="info" if unused else severity,
        message=(
            f"The column {name!r} alone tells the label: skill ({measure}) {skill.value:.2f} of "
            f"1{beside}."
        ),
        where={"columns": [name]},
        evidence=told,
        cause=(
            "The other columns tell as much: the task is easy, or several columns know the answer."
            if severity == "info"
            else "It is made from the label, or is known only after it; seldom it is honestly "
            "that good."
        ),
        advice=(
            f"{apart}Ask when its value is known. If only with or after the label, leave it out "
            f"(--ignore {name}) and fit again; else say so with --ignore-rule."
        ),
    )
