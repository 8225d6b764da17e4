"""Equal rows with different labels, and the accuracy that they leave attainable."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.labels import label_codes
from assay.data_quality.leakage.row_keys import as_codes
from assay.data_quality.leakage.tables import LeakTables
from assay.data_quality.leakage.truth import NUMERIC
from assay.result import Finding, Json

ABOUT = About("label_conflict", "Equal rows with different labels")
SHARE = 0.01


@dataclass(frozen=True)
class Conflict:
    """How far equal rows disagree about the label.

    Parameters
    ----------
    rows : int
        Rows with an equal row of another label.
    of : int
    attainable : float
        Highest accuracy that any model of these columns can have on these rows: the most frequent
        label of each set of equal rows, added up.
    """

    rows: int
    of: int
    attainable: float


def conflict_of(codes: NDArray[np.int64], labels: NDArray[np.int64]) -> Conflict:
    """Count rows that disagree with an equal one.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,)
        Alike for equal rows.
    labels : ndarray of int, shape (n_rows,)

    Examples
    --------
    >>> conflict_of(np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0]))
    Conflict(rows=3, of=4, attainable=0.75)
    """
    width = int(labels.max()) + 1
    pairs, counts = np.unique(codes * width + labels, return_counts=True)
    owner = pairs // width
    n_codes = int(codes.max()) + 1
    most = np.zeros(n_codes, dtype=np.int64)
    np.maximum.at(most, owner, counts)
    disagreeing = np.bincount(owner, minlength=n_codes) > 1
    rows = int(disagreeing[codes].sum())
    return Conflict(rows, len(codes), float(most.sum() / len(codes)))


def check_label_conflict(tables: LeakTables) -> Check:
    """Count rows that a model learns from and that equal a row of another label.

    More than 1 %: warning, where a column whose values seldom agree is among those compared;
    without one it is info, since columns of few values cannot tell all.
    """
    if tables.task is None:
        return ABOUT.not_run("no label was named", "--label COLUMN")
    if tables.task in NUMERIC:
        return ABOUT.not_judged("the label is a number")
    part = tables.learned
    (codes,) = as_codes(tables.keys[part.role])
    (labels,) = label_codes(tables, part)
    assert labels is not None
    found = conflict_of(codes, labels)
    share = found.rows / found.of
    told: dict[str, Json] = {
        "rows": found.rows,
        "of": found.of,
        "share": share,
        "attainable_accuracy": found.attainable,
    }
    if share <= SHARE:
        return ABOUT.clear(f"{found.rows:,} of {found.of:,} rows", figures=told)
    return ABOUT.found(_finding(tables, found, told), figures=told)


def _finding(tables: LeakTables, found: Conflict, told: dict[str, Json]) -> Finding:
    telling = bool(tables.separating)
    return Finding(
        rule="label_conflict",
        severity="warning" if telling else "info",
        message=(
            f"{found.rows:,} of {found.of:,} {tables.learned.words} "
            f"({found.rows / found.of:.1%}) equal a row with another label; on them no model of "
            f"these columns can be more accurate than {found.attainable:.1%}."
        ),
        where={"tables": [tables.learned.role]},
        evidence=told,
        cause=(
            "Some labels are wrong, or what decides them is not among the columns."
            if telling
            else "The columns have few values, and do not decide the label."
        ),
        advice="Look at such rows; correct labels, or add the column that tells them apart.",
    )
