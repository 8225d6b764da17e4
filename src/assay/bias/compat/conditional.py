"""Conditional demographic disparity, within subgroups (CDDL, CDDPL)."""

from typing import Literal

import numpy as np

from assay.bias.compat.counts import Comparison, Ints
from assay.bias.compat.failing import MetricFailure

TP, FP, FN, TN = range(4)
ACCEPTED = {"labels": [TP, FN], "predicted labels": [TP, FP]}
REJECTED = {"labels": [FP, TN], "predicted labels": [FN, TN]}


def conditional_disparity(
    of: Comparison, outcome: Literal["labels", "predicted labels"] = "labels"
) -> float:
    """Return Σ nᵢ/n · (rejected_d/rejected − accepted_d/accepted) over subgroups i.

    A fraction of nothing is 0. A row without a value of the group variable counts in n and
    belongs to no subgroup.

    Raises
    ------
    MetricFailure
        Without a group variable, or where no row is accepted, or none rejected.
    """
    if of.strata is None:
        msg = "Group variable is empty or not provided"
        raise MetricFailure(msg)
    whole = of.whole
    accepted = whole.positives if outcome == "labels" else whole.predicted_positives
    if accepted == 0:
        msg = f"Positive {outcome} are empty: no row is accepted"
        raise MetricFailure(msg)
    if accepted == whole.n:
        msg = f"Negative {outcome} are empty: no row is rejected"
        raise MetricFailure(msg)
    n = (of.strata.d + of.strata.a).sum(axis=1)
    disparity = _share_of_d(of, REJECTED[outcome]) - _share_of_d(of, ACCEPTED[outcome])
    return float((n * disparity).sum() / whole.n)


def _share_of_d(of: Comparison, which: list[int]) -> np.ndarray:
    assert of.strata is not None  # checked by the caller
    d: Ints = of.strata.d[:, which].sum(axis=1)
    both: Ints = d + of.strata.a[:, which].sum(axis=1)
    return np.divide(d, both, out=np.zeros(len(both)), where=both > 0)
