"""Rows that belong together, on both sides of the split."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.identifiers import looks_written, named_like_id
from assay.data_quality.leakage.tables import LeakTables, Part
from assay.data_quality.leakage.truth import Truth
from assay.result import Finding

ABOUT = About("group_split", "Groups on both sides of the split")
LEAST_ROWS, MOST_ROWS, LEAST_VALUES = 2, 200, 20
CHANCE = 0.001


def check_group_split(tables: LeakTables) -> Check:
    """Look for groups with rows in both tables.

    A declared group (or query): any shared one is an error. Undeclared: a column of texts or whole
    numbers that is named or written like an id, with 20 values or more of 2 to 200 rows on
    average, whose values are on both sides: warning, where the labels within a value are more
    alike than chance makes them (an F test over values at 0.1 %, divided by the columns asked).
    Where they are not, sharing a value tells a model nothing.
    """
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if tables.same_rows:
        return ABOUT.not_judged("the judged rows are the train rows: judged_on_train_rows")
    schema = tables.data.data.schema
    declared = schema.group or schema.query
    if declared is not None:
        flags = shared_values(tables.data, tables.train, declared)
        if not flags.any():
            return ABOUT.clear(f"no value of {declared!r} is on both sides")
        return ABOUT.found(_finding(tables.train, declared, flags, told=True), affected=flags)
    return _undeclared(tables, tables.train)


def _undeclared(tables: LeakTables, train: Part) -> Check:
    candidates = [column for column in tables.features if _may_group(tables, train, column)]
    found: list[Finding] = []
    affected = np.zeros(tables.data.rows, dtype=bool)
    for column in candidates:
        alike = alike_p(tables.values(column.name), tables.truth)
        if alike is None or alike * len(candidates) >= CHANCE:
            continue
        flags = shared_values(tables.data, train, column.name)
        if flags.any():
            affected |= flags
            found.append(_finding(train, column.name, flags, told=False, p=alike))
    return ABOUT.found(*found, affected=affected if found else None, sampled=train.sampled)


def _may_group(tables: LeakTables, train: Part, column: Column) -> bool:
    """Whether a column is written or named like an id that several rows share."""
    if column.storage not in ("utf8", "int64") or column.kind == "text":
        return False
    sample = train.sample[column.name].drop_nulls()
    if sample.len() < LEAST_VALUES:
        return False
    written = column.storage == "utf8" and looks_written(sample)
    if not (written or named_like_id(column.name)):
        return False
    values = train.column(column.name).drop_nulls()
    distinct = values.n_unique()
    return distinct >= LEAST_VALUES and LEAST_ROWS <= values.len() / distinct <= MOST_ROWS


def shared_values(judged: Part, learned: Part, name: str) -> NDArray[np.bool_]:
    """Return the judged rows whose value a learned row has too."""
    values = learned.column(name).drop_nulls().unique()
    if values.dtype.is_float():
        values = values.drop_nans()
    return judged.column(name).is_in(values.implode()).fill_null(value=False).to_numpy()


def alike_p(values: pl.Series, truth: Truth | None) -> float | None:
    """Return how likely labels would be as alike within values if they did not go with them.

    One-way analysis of variance; of several classes the smallest p-value times their number.

    Parameters
    ----------
    values : polars.Series
        Of the rows whose label is known.
    truth : Truth or None

    Returns
    -------
    float or None
        None where nothing can be said: no label, or no value with two rows.
    """
    if truth is None or truth.reason:
        return None
    from scipy.special import fdtrc  # noqa: PLC0415 - only needed here

    codes = values.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    _, codes = np.unique(codes, return_inverse=True)
    rows = np.bincount(codes)
    between, within = len(rows) - 1, truth.n - len(rows)
    if between < 1 or within < 1:
        return None
    targets = truth.numbers[:, None] if truth.indicators is None else truth.indicators  # type: ignore[index]
    smallest = 1.0
    for target in targets.astype(np.float64).T:
        means = np.bincount(codes, weights=target) / rows
        explained = float((rows * (means - target.mean()) ** 2).sum())
        left = float(((target - means[codes]) ** 2).sum())
        if left <= 0:
            return 0.0 if explained > 0 else None
        smallest = min(
            smallest, float(fdtrc(between, within, explained / between / left * within))
        )
    return min(1.0, smallest * targets.shape[1])


def _finding(
    train: Part, name: str, flags: NDArray[np.bool_], *, told: bool, p: float | None = None
) -> Finding:
    shared, rows = int(flags.sum()), len(flags)
    what = "belong to a group" if told else "have a value"
    return Finding(
        rule="group_split",
        severity="error" if told else "warning",
        message=(
            f"{shared:,} of {rows:,} judged rows ({shared / rows:.1%}) {what} ({name!r}) that "
            "train rows have too."
            + ("" if told else " It may be a group: labels within a value are alike.")
        ),
        where={"columns": [name], "tables": [train.role, "data"]},
        evidence={"shared": shared, "rows": rows, "share": shared / rows, "alike_p": p},
        cause="Rows were split one by one, and what is learned of a group is seen again.",
        advice=(
            f"Split by {name!r}: GroupKFold on it, or assay data split --kind group"
            + (
                "."
                if told
                else f" with --group {name}; if new rows come from the same ones, "
                "say so with --ignore-rule group_split=REASON."
            )
        ),
    )
