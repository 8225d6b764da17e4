"""Judged rows that are nearly the same as train rows."""

import numpy as np
from numpy.typing import NDArray

from assay.data_quality.leakage.chance import more_often_p
from assay.data_quality.leakage.check import About, Check
from assay.data_quality.leakage.near_numbers import near_number_twins
from assay.data_quality.leakage.near_texts import near_text_twins
from assay.data_quality.leakage.tables import LeakTables
from assay.result import Finding, Json

ABOUT = About("overlap_near", "Near twins of train rows")
SHARE, TIMES = 0.01, 3
CHANCE = 0.001
LEAST = 2


def check_overlap_near(tables: LeakTables) -> Check:
    """Look for judged rows that nearly equal a train row, in samples of both.

    By numbers (see `near_number_twins`) and by texts (see `near_text_twins`). Warning where two
    rows or more, and a larger share than 1 % or than three times that of train rows with a near
    twin among the other train rows, and more than that by a test at 0.1 %.
    """
    if tables.train is None:
        return ABOUT.not_run(
            "the rows that the model was fitted on were not given", "--train DATA"
        )
    if tables.same_rows:
        return ABOUT.not_judged("the judged rows are the train rows: judged_on_train_rows")
    found: list[Finding] = []
    affected = np.zeros(tables.data.rows, dtype=bool)
    reasons: list[str] = []
    sampled = ""
    for how, search in (("numbers", near_number_twins), ("texts", near_text_twins)):
        twins = search(tables)
        if isinstance(twins, str):
            reasons.append(twins)
            continue
        sampled = twins.sampled
        if _too_many(twins.near, twins.near_within):
            found.append(_finding(how, twins.near, twins.near_within))
            affected[twins.places[twins.near]] = True
    if not sampled:
        return ABOUT.not_judged("; ".join(reasons))
    return ABOUT.found(*found, sampled=sampled, affected=affected if found else None)


def _too_many(near: NDArray[np.bool_], within: NDArray[np.bool_]) -> bool:
    count, inside = int(near.sum()), int(within.sum())
    if count < LEAST or near.mean() <= min(SHARE, TIMES * float(within.mean())):
        return False
    return more_often_p(count, len(near), inside, len(within)) < CHANCE


def _finding(how: str, near: NDArray[np.bool_], within: NDArray[np.bool_]) -> Finding:
    told: dict[str, Json] = {
        "near": int(near.sum()),
        "rows": len(near),
        "share": float(near.mean()),
        "near_within_train": float(within.mean()),
        "by": how,
    }
    return Finding(
        rule="overlap_near",
        severity="warning",
        message=(
            f"{told['near']:,} of {len(near):,} judged rows ({near.mean():.1%}) nearly equal a "
            f"train row by their {how}; of train rows {within.mean():.1%} nearly equal another."
        ),
        where={"tables": ["train", "data"]},
        evidence=told,
        cause="Copies with noise or small edits, or readings of the same thing, on both sides.",
        advice=(
            "Find what such rows have in common and split by it (GroupKFold), or drop them from "
            "the judged rows; then fit again."
        ),
    )
