"""Columns that name the row."""

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.tables import LeakTables
from assay.result import Finding

ABOUT = About("id_column", "Identifiers among the features")


def check_id_column(tables: LeakTables) -> Check:
    """List features that name rows: see `identifier_columns`; info."""
    part = tables.learned
    read = {
        name: why
        for name, why in part.identifiers.items()
        if tables.used is None or name in tables.used
    }
    found = [
        Finding(
            rule="id_column",
            severity="info",
            message=f"The column {name!r} names the row and does not describe it.",
            where={"columns": [name]},
            evidence={"why": why, "rows": part.rows},
            cause="Nearly every row has a value of its own, so nothing learned of it holds later.",
            advice=f"Name it with --id {name}, or leave it out with --ignore {name}.",
        )
        for name, why in read.items()
    ]
    return ABOUT.found(*found)
