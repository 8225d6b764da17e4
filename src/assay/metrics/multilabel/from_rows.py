"""Arrays in, the small tables of many labels out: the form for a few rows in memory."""

import numpy as np
from numpy.typing import NDArray

from assay.metrics.multilabel.label_draws import LabelDraws, draw_labels
from assay.metrics.multilabel.quantities import (
    Flags,
    Floats,
    answer_quantities,
    rank_quantities,
)
from assay.metrics.regression.from_rows import moments_of_rows
from assay.stats.sums import sums_by
from assay.tables.cube import Cube
from assay.tables.moments import Moments
from assay.tables.unit_sums import UnitSums


def answer_moments(truth: Flags, given: Flags, weight: Floats | None = None) -> Moments:
    """Return the moments of `answer_quantities`."""
    return moments_of_rows(answer_quantities(truth, given), weight)


def rank_moments(truth: Flags, scores: Floats, weight: Floats | None = None) -> Moments:
    """Return the moments of `rank_quantities`."""
    return moments_of_rows(rank_quantities(truth, scores), weight)


def exact_cube(truth: Flags, given: Flags) -> Cube:
    """Return how many rows have all labels right, as `subset_accuracy` reads it."""
    right = int((truth == given).all(axis=1).sum())
    counts = [[len(truth) - right, right]]
    return Cube.from_counts({"label": (True,), "prediction": (False, True)}, counts)


def label_sums(
    truth: Flags,
    given: Flags,
    *,
    weight: Floats | None = None,
    group: NDArray[np.int64] | None = None,
) -> UnitSums:
    """Return the sums that `draw_labels` reads, each row as its own unit unless groups are given.

    Examples
    --------
    >>> truth = np.array([[True, False], [True, True]])
    >>> label_sums(truth, truth).sums.sum(axis=0).tolist()
    [2.0, 1.0, 2.0, 1.0, 2.0, 1.0]
    """
    n, k = truth.shape
    w = np.ones(n) if weight is None else weight.astype(np.float64)
    unit = np.arange(n, dtype=np.int64)
    if group is not None:
        unit = np.searchsorted(np.unique(group), group).astype(np.int64)
    n_units = int(unit.max()) + 1 if n else 0
    columns = np.hstack([truth & given, truth, given]).astype(np.float64)
    return UnitSums(
        tuple(f"{what}:{at}" for what in ("right", "true", "given") for at in range(k)),
        n,
        np.bincount(unit, minlength=n_units),
        sums_by(unit, w, n_units),
        sums_by(unit, w**2, n_units),
        np.column_stack([sums_by(unit, w * column, n_units) for column in columns.T]),
        columns.sum(axis=0),
        "row" if group is None else "group",
        weighted=weight is not None,
    )


def drawn_labels(
    truth: Flags,
    given: Flags,
    *,
    weight: Floats | None = None,
    group: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> LabelDraws:
    """Return redraws of rows with many labels; the labels are called "0", "1", ….

    Examples
    --------
    >>> truth = np.array([[True, False], [True, True]])
    >>> drawn_labels(truth, truth).whole.right.tolist()
    [2.0, 1.0]
    """
    names = tuple(str(at) for at in range(truth.shape[1]))
    return draw_labels(label_sums(truth, given, weight=weight, group=group), names, seed=seed)
