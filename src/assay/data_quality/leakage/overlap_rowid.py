"""Declared row ids that are in both tables."""

import polars as pl

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.twins import Twins
from assay.result import Finding

ABOUT = About("overlap_rowid", "Row ids on both sides")


def check_overlap_rowid(tables: LeakTables) -> Check:
    """Compare the declared ids of judged and train rows: any shared one is an error.

    Ids that count from the same number in both tables, of rows that are not alike, were given anew
    in each file: warning.
    """
    name = next(iter(tables.data.data.schema.with_role("id")), None)
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if name is None:
        return ABOUT.not_run("no column was named as the id of the row", "--id COLUMN")
    if tables.same_rows:
        return ABOUT.not_judged("the judged rows are the train rows: judged_on_train_rows")
    judged, train = tables.data.column(name), tables.train.column(name)
    if tables.data.data.schema.query is not None and judged.n_unique() < judged.len():
        return ABOUT.not_judged(f"{name!r} names items that several queries share, and no rows")
    known = judged.is_in(train.drop_nulls().unique().implode()).fill_null(value=False).to_numpy()
    shared = int(known.sum())
    if not shared:
        return ABOUT.clear(f"no value of {name!r} is in both")
    alike = Twins(tables.keys["data"], tables.keys["train"]).judged_flags
    anew = _counts(judged) and _counts(train) and judged.min() == train.min()
    anew = anew and not bool((alike & known).any())
    return ABOUT.found(_finding(tables.train, name, shared, len(judged), anew), affected=known)


def _counts(values: pl.Series) -> bool:
    """Whether whole numbers count rows without a gap."""
    if not values.dtype.is_integer() or values.null_count():
        return False
    low, high = values.min(), values.max()
    assert isinstance(low, int)
    assert isinstance(high, int)
    return values.n_unique() == values.len() == high - low + 1


def _finding(train: Part, name: str, shared: int, rows: int, anew: bool) -> Finding:
    return Finding(
        rule="overlap_rowid",
        severity="warning" if anew else "error",
        message=(
            f"{shared:,} of {rows:,} judged rows ({shared / rows:.1%}) have an id ({name!r}) that "
            "a train row has too."
        ),
        where={"columns": [name], "tables": [train.role, "data"]},
        evidence={"shared": shared, "rows": rows, "share": shared / rows, "counted_anew": anew},
        cause=(
            "Both files count their rows from the same number, and no such rows are alike: the "
            "ids were probably given anew in each."
            if anew
            else "The same rows were used for fitting and for judging."
        ),
        advice=(
            "Give ids that hold over both files, or do not name the column as --id."
            if anew
            else f"Drop the shared rows from one side, or split again by {name!r}, and fit again."
        ),
    )
