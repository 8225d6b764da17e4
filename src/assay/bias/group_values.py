"""Counts of a facet in, what each group has of what a metric compares out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.bias.arithmetic import (
    ACCURACY,
    ALL,
    FALSE_POSITIVES,
    FN,
    FP,
    JACCARD,
    LABELLED,
    NEGATIVE_PRECISION,
    PRECISION,
    PREDICTED,
    RECALL,
    SPECIFICITY,
    TN,
    TP,
    Share,
)
from assay.bias.cells import GroupCells

Floats = NDArray[np.float64]
COMPARED: Mapping[str, tuple[Share, ...]] = {
    "difference_in_positive_proportions_in_labels": (LABELLED,),
    "difference_in_positive_proportions_in_predicted_labels": (PREDICTED,),
    "disparate_impact": (PREDICTED,),
    "accuracy_difference": (ACCURACY,),
    "recall_difference": (RECALL,),
    "equal_opportunity_difference": (RECALL,),
    "specificity_difference": (SPECIFICITY,),
    "false_positive_rate_difference": (FALSE_POSITIVES,),
    "balanced_accuracy_difference": (RECALL, SPECIFICITY),
    "average_odds_difference": (RECALL, FALSE_POSITIVES),
    "difference_in_acceptance_rates": (PRECISION,),
    "predictive_parity_difference": (PRECISION,),
    "difference_in_rejection_rates": (NEGATIVE_PRECISION,),
    "difference_in_conditional_acceptance": (Share(counted=(FN, TP), among=(FP, TP)),),
    "difference_in_conditional_rejection": (Share(counted=(TN, FP), among=(TN, FN)),),
    "treatment_equality": (Share(counted=(FN,), among=(FP,)),),
    "f1_difference": (JACCARD,),
}
"""Metric → shares whose sum it compares, or a number that rises with that sum."""


def group_values(cells: GroupCells, metric: str) -> Floats | None:
    """Return a number of each group by which a metric ranks them.

    The difference or ratio of two groups is the larger the further apart their numbers are.

    Parameters
    ----------
    cells : GroupCells
    metric : str
        Name in the catalogue.

    Returns
    -------
    ndarray of float, shape (n_groups,), or None
        NaN or infinite where a group's own number is undefined; None for metrics that are not
        made of shares of counts.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> group_values(cells, "recall_difference").round(3).tolist()
    [0.929, 0.741]
    """
    shares = COMPARED.get(metric)
    if shares is None:
        return None
    counts = _counts(cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [
            counts[:, list(share.counted)].sum(axis=1) / counts[:, list(share.among)].sum(axis=1)
            for share in shares
        ]
    return np.sum(parts, axis=0)


def _counts(cells: GroupCells) -> Floats:
    """Return the weight of TN, FP, FN and TP in each group, shape (n_groups, 4)."""
    none = np.zeros(len(cells.n), dtype=bool)
    positive = none if cells.positive is None else cells.positive
    predicted = none if cells.predicted is None else cells.predicted
    place = cells.group * len(ALL) + 2 * positive + predicted
    sums = np.bincount(place, weights=cells.w, minlength=len(cells.groups) * len(ALL))
    return sums.astype(np.float64).reshape(len(cells.groups), len(ALL))
