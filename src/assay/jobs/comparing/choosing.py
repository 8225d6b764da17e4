"""Several candidates on the same rows in; how much the best one's number flatters it, out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.evaluation.comparison.metric_of import metric_of
from assay.evaluation.discipline.optimism import (
    Optimism,
    expected_optimism,
    expected_optimism_of,
)
from assay.evaluation.judged import Answers, Floats, JudgedRows
from assay.evaluation.losses import row_losses
from assay.metrics.catalogue import find_metric

FEWEST = 3
"""Of two, one is the baseline: there is nothing to choose among but to change or not."""
MEANS = {
    "log_loss": "log_loss",
    "brier": "brier",
    "mae": "absolute_error",
    "mse": "squared_error",
}
"""Metrics that are a mean of what each row costs."""
MOST_ROWS = 20_000
"""Up to so many rows other metrics are computed anew for each redraw."""
DRAWS = 60


def flattery_of_best(
    rows: JudgedRows, answers: Sequence[Answers], metric: str, *, level: float, seed: int
) -> Optimism | None:
    """Say by how much the best of several candidates looks better by having been chosen.

    Means of what each row costs are redrawn whatever the number of rows; other metrics up to
    20,000 independent rows.

    Parameters
    ----------
    rows : JudgedRows
    answers : sequence of Answers
    metric : str
        The one that decides, in the catalogue.
    level : float
    seed : int

    Returns
    -------
    Optimism or None
        None for fewer than three candidates, or where it cannot be redrawn.
    """
    if len(answers) < FEWEST or rows.task in ("ranking", "forecasting"):
        return None
    losses = _losses(rows, answers, metric)
    try:
        if losses is not None:
            return expected_optimism(
                losses,
                weight=rows.weight,
                unit=rows.unit,
                greater_is_better=metric == "accuracy",
                level=level,
                seed=seed,
            )
        if rows.n > MOST_ROWS or rows.unit is not None:
            return None
        better = find_metric(metric, task=rows.task).greater_is_better
        if better is None:
            return None

        def score(places: NDArray[np.intp]) -> Floats:
            taken = rows.take(places)
            values = [metric_of(taken, each.take(places), metric).value for each in answers]
            return np.array([np.nan if value is None else value for value in values])

        return expected_optimism_of(
            score, rows.n, greater_is_better=better, draws=DRAWS, level=level, seed=seed
        )
    except InputError:  # too few rows or redraws: the comparison itself stands
        return None


def _losses(rows: JudgedRows, answers: Sequence[Answers], metric: str) -> Floats | None:
    """Return a number of each row and candidate whose mean is the metric; None where none is."""
    if metric == "accuracy":
        return np.column_stack([1 - row_losses(rows, each, "error") for each in answers])
    if metric not in MEANS:
        return None
    return np.column_stack([row_losses(rows, each, MEANS[metric]) for each in answers])
