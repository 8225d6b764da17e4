"""Labels of judged rows that no train row has."""

from collections import Counter

import polars as pl

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.truth import NUMERIC
from assay.result import Finding

ABOUT = About("new_label", "Labels that train rows do not have")
SHOWN = 5


def check_new_label(tables: LeakTables) -> Check:
    """Compare the labels of both tables: any that no train row has is an error."""
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if tables.task is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if tables.task in NUMERIC:
        return ABOUT.not_judged("the label is a number, and any number may come")
    seen, rows = _labels(tables, tables.train), _labels(tables, tables.data)
    new = {label: count for label, count in rows.items() if label not in seen}
    if not new:
        return ABOUT.clear()
    count = sum(new.values())
    named = ", ".join(repr(label) for label, _ in Counter(new).most_common(SHOWN))
    finding = Finding(
        rule="new_label",
        severity="error",
        message=f"{count:,} judged rows have a label that no train row has: {named}.",
        where={"columns": list(tables.data.data.schema.labels), "tables": ["train", "data"]},
        evidence={"labels": len(new), "rows": count, "of": tables.data.rows},
        cause="The label is written in another way, or the class was not there for fitting.",
        advice="Write labels alike in both tables; else fit on rows that have every class.",
    )
    return ABOUT.found(finding)


def _labels(tables: LeakTables, part: Part) -> dict[str, int]:
    """Return how many rows have each label; of several labels a row, each of them."""
    schema = part.data.schema
    if tables.task == "multilabel" and len(schema.labels) > 1:
        sums = {name: part.column(name).cast(pl.Int64).sum() for name in schema.labels}
        return {name: int(rows) for name, rows in sums.items() if rows}
    values = part.column(next(iter(schema.labels)))
    if values.dtype.base_type() == pl.List:
        values = values.explode()
    counted = values.drop_nulls().cast(pl.String).rename("label").value_counts(name="rows")
    return dict(counted.iter_rows())
