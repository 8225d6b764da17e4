"""Explained rows in; whether another draw of the background would order the columns alike, out."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.explainability.background_stability import rank_stability
from assay.explainability.explainer import Explainer
from assay.explainability.rank_stability import BOOTSTRAPS, HALVES, RankStability
from assay.explainability.result import Explanation
from assay.explainability.rows import take_rows

ROWS = 20
FEWEST = 10
MOST_SECONDS = 8.0
BEGINNING = 3
"""Explanations after which it is clear how long all will take."""
Progress = Callable[[str, int, int | None], None]


def order_over_backgrounds(
    explainer: Explainer,
    rows: Any,  # noqa: ANN401  the model's container
    explanation: Explanation,
    aggregation: str,
    progress: Progress,
) -> RankStability | None:
    """Explain a few rows against each background row alone, and redraw the background of them.

    Trees, which are prepared anew for each background, are explained on random halves instead.

    Parameters
    ----------
    explainer : Explainer
    rows : table in the model's container
        Those of `explanation`, in its order, and those that it did not finish.
    explanation : Explanation
    aggregation : str
    progress : callable

    Returns
    -------
    RankStability or None
        None where the question has no sense: no background, one row of it, or few rows.

    Raises
    ------
    InputError
        If the time for explanations does not allow it; the reason is for people.
    """
    told = explainer.settings
    if explanation.background is None or len(explainer.background) < 2:
        return None
    if len(explanation) < FEWEST or told.limit_predictions is not None:
        return None
    some = take_rows(rows, np.arange(min(ROWS, len(explanation))))
    spent = explanation.cost.model_seconds + explanation.cost.other_seconds
    left = MOST_SECONDS if told.seconds is None else min(MOST_SECONDS, told.seconds - spent)
    if spent / len(explanation) * len(some) > left:
        raise InputError(_TOO_LONG)
    weights = explanation.row_weights
    lighter = replace(told, interactions=False, seconds=None)
    halves = explanation.method.startswith("trees")
    total = 2 * HALVES + 1 if halves else BOOTSTRAPS + 1
    return rank_stability(
        replace(explainer, settings=lighter),
        some,
        redraw="halves" if halves else "bootstrap",
        agg=aggregation,
        row_weights=None if weights is None else weights[: len(explanation)][:ROWS],
        seed=told.seed,
        progress=_within(left, total, progress),
    )


_TOO_LONG = "the time for explanations does not allow it"


def _within(seconds: float, usual: int, progress: Progress) -> Progress:
    """Return a progress that ends the work once it is clear that it takes longer.

    `usual` is how many explanations there are where the stage does not say.
    """
    start = time.perf_counter()

    def watch(stage: str, done: int, total: int | None, /) -> None:
        progress(stage, done, total)
        spent = time.perf_counter() - start
        expected = spent if done < BEGINNING else spent / done * (total or usual)
        if max(spent, expected) > seconds:
            raise InputError(_TOO_LONG)

    return watch
