"""Attributions of a model that was taken apart in; the same with its pairs of players out."""

from dataclasses import replace
from typing import Any

import numpy as np

from assay.explainability.computed import INTERRUPTED, Computed
from assay.explainability.trees.prepared import PreparedTrees

MOST_CELLS = 50_000_000
"""Rows × players² × outputs beyond which pairs are not kept."""
MOST_SECONDS = 20.0
"""Pairs of trees that would take longer are left out."""
SHARE = 0.25
"""Of the time that an explanation may take, for pairs of trees."""


def with_pairs_of_sum(found: Computed) -> Computed:
    """Add the pairs of a sum over columns: none does anything with another."""
    n_rows, n_players, n_outputs = found.values.shape
    if n_rows * n_players**2 * n_outputs > MOST_CELLS:
        return _without(found, "there are too many")
    return replace(found, interactions=np.zeros((n_rows, n_players, n_players, n_outputs)))


def with_pairs_of_trees(
    found: Computed,
    ready: PreparedTrees,
    rows: Any,  # noqa: ANN401  the model's container
    seconds: float | None,
) -> Computed:
    """Add the pairs of trees, exact by their own tables.

    Parameters
    ----------
    found : Computed
    ready : PreparedTrees
    rows : table in the model's container
        Those that are explained.
    seconds : float or None
        That the explanation may take.
    """
    n_rows, n_players, n_outputs = found.values.shape
    if found.stopped is not None:
        return _without(found, found.stopped)
    if n_rows * n_players**2 * n_outputs > MOST_CELLS:
        return _without(found, "there are too many")
    needed = ready.pair_seconds(n_rows)
    if needed is None:
        return _without(found, "its trees are too deep for tables")
    most = MOST_SECONDS if seconds is None else min(MOST_SECONDS, SHARE * seconds)
    if needed > most:
        return _without(found, f"they would take about {needed:.0f} s")
    try:
        pairs = ready.interactions(rows, found.predictions)
    except KeyboardInterrupt as interrupt:
        return replace(_without(found, INTERRUPTED), interrupt=interrupt)
    if pairs is None:
        return _without(found, "tables of its trees did not add up to its score")
    return replace(found, interactions=pairs)


def _without(found: Computed, why: str) -> Computed:
    return replace(found, reason=f"{found.reason}; pairs of columns are left out: {why}")
