"""Rows by group, label and subgroup laid out as the cells of a facet, for tests."""

import numpy as np

from assay.bias.cells import GroupCells
from assay.bias.split import FacetTables, Split
from assay.tables.units import CellsByUnit


def cells_of_rows(group, label, *, w=None, unit=None, stratum=None, n_groups=2, n_classes=2):
    """Count rows; `label` 1 is the positive outcome, and the prediction is the label."""
    group, label = np.asarray(group), np.asarray(label)
    weight = np.ones(len(group)) if w is None else np.asarray(w, dtype=float)
    n_strata = 1 if stratum is None else int(np.max(stratum)) + 1
    place = np.zeros(len(group), dtype=int) if stratum is None else np.asarray(stratum)
    code = (group * n_classes + label) * n_strata + place
    held, cell = np.unique(code, return_inverse=True)
    n, sums, squares = (np.bincount(cell, weights=weight**power) for power in range(3))
    by_unit = None
    if unit is not None:
        n_units = int(np.max(unit)) + 1
        joint, entry = np.unique(np.asarray(unit) * len(held) + cell, return_inverse=True)
        total = np.bincount(entry, weights=weight)
        by_unit = CellsByUnit(joint // len(held), joint % len(held), total, n_units, "group")
    answer = held // n_strata % n_classes
    return GroupCells(
        tuple("adefgh"[:n_groups]),
        held // n_strata // n_classes,
        n.astype(np.int64),
        sums,
        squares,
        w is not None,
        by_unit,
        positive=answer == 1,
        predicted=answer == 1,
        label=answer,
        prediction=answer,
        classes=tuple(range(n_classes)),
        stratum=held % n_strata,
        n_strata=n_strata,
    )


def split_of_cells(cells, group="d", versus=None):
    """Compare a group with the rest; the cells serve as strata as well."""
    tables = FacetTables(groups=cells.groups, cells=cells, strata=cells)
    return Split.of(tables, group, versus)


def split_of_counts(counts):
    """Compare two groups by an array of rows [group, class]."""
    counts = np.asarray(counts)
    at = np.argwhere(np.ones(counts.shape, dtype=bool))
    n = counts.ravel().astype(np.int64)
    w = n.astype(float)
    cells = GroupCells(
        ("a", "d"),
        at[:, 0],
        n,
        w,
        w.copy(),
        positive=at[:, 1] == 1,
        label=at[:, 1],
        classes=tuple(range(counts.shape[1])),
    )
    return split_of_cells(cells)


def with_more_weight(cells, at, step):
    """Return the same cells with some more weight in one of them."""
    from dataclasses import replace

    w = cells.w.copy()
    w[at] += step
    return replace(cells, w=w, w2=cells.w2, weighted=True)
