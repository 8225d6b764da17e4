"""The cells of a facet in; what is known of each group by itself out."""

from collections.abc import Mapping

import numpy as np

from assay.bias.cells import Flags, GroupCells
from assay.bias.split import FacetTables
from assay.metrics.rates import cell_rate, rate_estimate
from assay.result import Estimate

Rates = Mapping[str, tuple[Flags, Flags, str, str]]


def group_rates(
    cells: GroupCells, place: int, *, level: float, rates: Rates | None = None
) -> dict[str, Estimate]:
    """Return the rates of one group with their intervals.

    Parameters
    ----------
    cells : GroupCells
    place : int
        Of the group among `cells.groups`.
    level : float
    rates : mapping or None
        What `rates_of` gives; spares making it for each group.

    Returns
    -------
    dict of str to Estimate
        Of "base_rate", "selection_rate", "accuracy", "recall", "false_positive_rate" and
        "precision" those that labels and predictions give.

    Examples
    --------
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> round(group_rates(cells, 1, level=0.95)["recall"].value, 4)
    0.7407
    """
    inside = cells.group == place
    found: dict[str, Estimate] = {}
    for name, (above, below, what, undefined) in (rates or rates_of(cells)).items():
        rate = cell_rate(cells, above & inside, below & inside, level=level)
        if rate is None:
            found[name] = Estimate.undefined(undefined, level=level)
        else:
            found[name] = rate_estimate(rate, level=level, what=what)
    return found


def rates_of(cells: GroupCells) -> dict[str, tuple[Flags, Flags, str, str]]:
    """Return name → cells above, cells below, what these are, and what is said without any."""
    every = np.ones(len(cells.n), dtype=bool)
    empty = "the group has no rows"
    y, p = cells.positive, cells.predicted
    found: dict[str, tuple[Flags, Flags, str, str]] = {}
    if y is not None:
        found["base_rate"] = (y, every, "rows", empty)
    if p is not None:
        found["selection_rate"] = (p, every, "rows", empty)
    if cells.label is not None and cells.prediction is not None:
        found["accuracy"] = (cells.label == cells.prediction, every, "rows", empty)
    if y is not None and p is not None:
        found["recall"] = (y & p, y, "positive rows", "no row of the group is positive")
        negative = "no row of the group is negative"
        found["false_positive_rate"] = (~y & p, ~y, "negative rows", negative)
        chosen = "no row of the group is predicted positive"
        found["precision"] = (y & p, p, "rows predicted positive", chosen)
    return found


def group_shares(cells: GroupCells) -> np.ndarray:
    """Return each group's share of the weight, shape (n_groups,)."""
    weight = np.bincount(cells.group, weights=cells.w, minlength=len(cells.groups))
    total = weight.sum()
    return weight / total if total > 0 else weight


def label_shares(tables: FacetTables) -> dict[str, tuple[float, ...]]:
    """Return group → share of each class of the label; empty without a label."""
    cells = tables.cells
    if cells.label is None:
        return {}
    counts = np.zeros((len(cells.groups), len(cells.classes)))
    np.add.at(counts, (cells.group, cells.label), cells.w)
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return {name: tuple(map(float, row)) for name, row in zip(cells.groups, shares, strict=True)}
