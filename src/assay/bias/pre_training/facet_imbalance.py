"""Facet imbalance (CI): how unequal the two facets are in size."""

import numpy as np

from assay.bias.arithmetic import few_in_side, name_of
from assay.bias.arithmetic_cells import ALL, SIDES, Floats, places, side_cells
from assay.bias.arithmetic_differences import worded
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.metrics.few import few_units
from assay.stats.interval import Interval
from assay.stats.rate import wilson


def facet_imbalance(split: Split) -> Measurement:
    """Rows of facet a less those of facet d, over all: (n_a - n_d) / (n_a + n_d).

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1]; undefined when one of the facets has no rows. The interval is Wilson's of the
        group's share s of the rows, carried over by 1 - 2 s.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[40, 35], [10, 15]])
    >>> facet_imbalance(Split.of(FacetTables(groups=cells.groups, cells=cells), "d")).value
    0.5
    """
    return imbalance_among(split, ALL, rows="")


def imbalance_among(split: Split, outcomes: tuple[int, ...], *, rows: str) -> Measurement:
    """Return the imbalance of the rows with some outcomes.

    Parameters
    ----------
    split : Split
    outcomes : tuple of int
        Which of `TN`, `FP`, `FN` and `TP` are looked at.
    rows : str
        What these rows are, behind "rows in this group are"; "" for all rows.
    """
    cells = side_cells(split)
    group, rest = (places(side, outcomes) for side in SIDES)
    either = group | rest
    n_group, n_rest = cells.rows(group), cells.rows(rest)
    few = tuple(text for side in SIDES for text in few_in_side(split, side))
    empty = [
        f"0 rows in {name_of(split, side)}{f' are {rows}' if rows else ''}"
        for side, part in zip(SIDES, (group, rest), strict=True)
        if cells.w[part].sum() <= 0
    ]
    if empty:
        reason = ", ".join(empty)
        return Measurement.undefined(reason, n_group=n_group, n_rest=n_rest, warnings=few)
    total = float(cells.w[either].sum())
    share = float(cells.w[group].sum()) / total
    influence: Floats = (-2 * (group - share * either) / total).astype(np.float64)
    spread = cells.spread(influence, either)
    trials = 4 * share * (1 - share) / spread.variance if spread.variance > 0 else total

    def interval(level: float) -> Interval:
        low, high = wilson(share, trials, level=level, freedom=spread.freedom)
        return Interval(1 - 2 * high, 1 - 2 * low)

    return Measurement(
        value=1 - 2 * share,
        n=n_group + n_rest,
        n_group=n_group,
        n_rest=n_rest,
        interval=interval,
        method=worded(cells, "Wilson score of the group's share"),
        influence=cells.spread_out(influence),
        cells_used="cells",
        error=spread.error,
        n_effective=spread.n_effective,
        unit=spread.unit,
        warnings=few + few_units(spread),
    )


METRIC = BiasMetric(
    name="facet_imbalance",
    title="Facet imbalance (class imbalance)",
    acronym="CI",
    stage="pre_training",
    function=facet_imbalance,
    needs="group",
    tasks=("binary", "multiclass", "regression"),
    tolerated=None,  # a minority is no mistreatment; groups too small to judge are said apart
    positive_means="the share of {group} among the rows is smaller than that of {rest}",
    negative_means="the share of {group} among the rows is larger than that of {rest}",
    help=(
        "The sizes of two groups: 0 where they are equal, near 1 where this group is rare.",
        "A group may be rare because it is rare in the world; imbalance alone treats nobody "
        "differently, it only leaves fewer rows to learn from and to judge by.",
        "The error rates of the group, with their intervals: they show whether too few rows hurt.",
    ),
    reference="Amazon SageMaker Clarify, Class Imbalance (CI).",
    clarify=True,
)
