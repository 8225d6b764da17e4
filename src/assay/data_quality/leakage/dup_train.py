"""Rows that repeat each other among those that a model learns from."""

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.row_keys import as_codes
from assay.data_quality.leakage.tables import LeakTables
from assay.data_quality.leakage.twins import repeated
from assay.result import Finding, Json

ABOUT = About("dup_train", "Repeated rows")
SHARE = 0.05


def check_dup_train(tables: LeakTables) -> Check:
    """Count rows that equal another one, the label apart.

    More than 5 %: warning, where a column whose values seldom agree is among those compared;
    without one, equal rows are what few values give.
    """
    part = tables.learned
    (codes,) = as_codes(tables.keys[part.role])
    rows = int(repeated(codes).sum())
    told: dict[str, Json] = {"repeated": rows, "rows": part.rows, "share": rows / part.rows}
    said = f"{rows:,} of {part.rows:,} {part.words} ({rows / part.rows:.1%}) equal another one"
    if rows <= SHARE * part.rows:
        return ABOUT.clear(said if rows else f"no two {part.words} are equal", figures=told)
    if not tables.separating:
        return ABOUT.not_judged(f"{said}, as columns of few values make them", figures=told)
    finding = Finding(
        rule="dup_train",
        severity="warning",
        message=f"{said}.",
        where={"tables": [part.role]},
        evidence=told,
        cause="Rows were joined or loaded more than once, or the same thing was recorded again.",
        advice=(
            "Drop repeated rows, or weigh them; keep them on one side of every split "
            "(assay data split does)."
        ),
    )
    return ABOUT.found(finding, figures=told)
