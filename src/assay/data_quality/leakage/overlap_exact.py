"""Judged rows that are among those that the model learned from."""

from typing import Literal

import numpy as np

from assay.data_quality.leakage.chance import more_often_p
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.labels import label_codes
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.twins import Twins
from assay.result import Finding, Json

ABOUT = About("overlap_exact", "Judged rows that are train rows too")
SHARE, TIMES = 0.01, 3
SMALL = 0.001
ALIKE = 0.2
CHANCE = 0.01
Judgement = Literal["error", "warning", "info", "open", "clear"]


def check_overlap_exact(tables: LeakTables) -> Check:
    """Compare all rows of the judged table with all train rows, and with the validation rows.

    See `weigh_twins` for what makes an error, a warning or nothing of their number.
    """
    if tables.train is None and tables.validation is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if tables.same_rows:
        return ABOUT.not_judged(
            "the judged rows are the train rows, which the finding judged_on_train_rows says"
        )
    checks = [_between(tables, part) for part in (tables.train, tables.validation) if part]
    found = [finding for check in checks for finding in check.findings]
    first = checks[0]
    if not found:
        return first
    flags = np.zeros(tables.data.rows, dtype=bool)
    for check in checks:
        flags |= check.affected if check.affected is not None else False
    return ABOUT.found(*found, affected=flags, figures=first.figures)


def _between(tables: LeakTables, part: Part) -> Check:
    twins = Twins(tables.keys["data"], tables.keys[part.role])
    shared, within = int(twins.judged_flags.sum()), int(twins.learned_flags.sum())
    rows, of = tables.data.rows, part.rows
    word = weigh_twins(shared, rows, within, of, telling=bool(tables.separating))
    told: dict[str, Json] = {
        "against": part.role,
        "shared": shared,
        "share": shared / rows,
        "twins_within": within / of,
        "rows": rows,
        "columns": len(tables.described),
    }
    if word == "open" or word == "clear":
        said = (
            f"{shared:,} of {rows:,} judged rows ({shared / rows:.1%}) equal {part.words}, of "
            f"which {within / of:.1%} equal each other"
        )
        if not shared:
            return ABOUT.clear(f"no judged row equals any of the {part.words}", figures=told)
        return ABOUT.clear(f"{said}: no more than chance can give", figures=told)
    told["other_label"] = _conflicts(tables, part, twins)
    return ABOUT.found(_finding(part, word, told), affected=twins.judged_flags, figures=told)


def weigh_twins(shared: int, rows: int, within: int, of: int, *, telling: bool) -> Judgement:
    """Say what twins across two tables mean, beside the twins inside one.

    ==========  ==============================================================================
    word        when, with the shares t of judged and c of train rows that have a twin in train
    ==========  ==============================================================================
    clear       t is 0
    info        c is 20 % or more: these columns cannot tell rows apart
    error       t exceeds the larger of 1 % and 3 c
    warning     otherwise, where c is below 1 % or equal rows are no chance
    open        t is no more than chance gives
    ==========  ==============================================================================

    Error and warning ask for twins that are no chance: a column whose values seldom agree is among
    those compared (`telling`), or t exceeds c by a test at 1 %.

    Parameters
    ----------
    shared, rows : int
        Judged rows with a twin, of all.
    within, of : int
        Train rows with a twin among the others, of all.
    telling : bool
        Whether some column can tell rows apart.

    Examples
    --------
    >>> weigh_twins(30, 1_000, 0, 4_000, telling=True)
    'error'
    >>> weigh_twins(30, 1_000, 120, 4_000, telling=False)
    'open'
    """
    if not shared:
        return "clear"
    share, inside = shared / rows, within / of
    if inside >= ALIKE:
        return "info"
    if not telling and more_often_p(shared, rows, within, of) >= CHANCE:
        return "open"
    if share > max(SHARE, TIMES * inside):
        return "error"
    return "warning" if telling or inside < SHARE else "open"


def _conflicts(tables: LeakTables, part: Part, twins: Twins) -> int | None:
    """Count judged rows whose label none of their twins has; None without classes."""
    mine, theirs = label_codes(tables, tables.data, part)
    if mine is None or theirs is None:
        return None
    judged, learned = twins.codes
    width = int(max(mine.max(initial=0), theirs.max(initial=0))) + 1
    agree = np.isin(judged * width + mine, learned * width + theirs)
    return int((twins.judged_flags & ~agree).sum())


def _percent(share: float) -> str:
    """Return a share in percent; a small one with two digits."""
    return f"{share:.1%}" if share >= SMALL else f"{100 * share:.2g}%"


def _finding(part: Part, word: Judgement, told: dict[str, Json]) -> Finding:
    shared, rows = told["shared"], told["rows"]
    assert isinstance(shared, int)
    assert isinstance(rows, int)
    if word == "info":
        return Finding(
            rule="overlap_exact",
            severity="info",
            message=(
                f"Whether judged rows are {part.words} too cannot be judged: "
                f"{told['twins_within']:.1%} of the {part.words} equal another one."
            ),
            where={"tables": [part.role, "data"]},
            evidence=told,
            cause="The columns have too few values to tell rows apart.",
            advice="Name a column that does (--id COLUMN); overlap_rowid then compares it.",
        )
    labels = told["other_label"]
    conflict = f" {labels:,} of them have another label there." if labels else ""
    return Finding(
        rule="overlap_exact",
        severity="error" if word == "error" else "warning",
        message=(
            f"{shared:,} of {rows:,} judged rows ({_percent(shared / rows)}) are among the "
            f"{part.words}.{conflict}"
        ),
        where={"tables": [part.role, "data"]},
        evidence=told,
        cause="The rows were repeated before they were split, or were not split at all.",
        advice=(
            "Drop repeated rows before splitting, or keep them on one side (GroupKFold on a hash "
            "of the row; assay data split does); then fit again."
        ),
    )
