"""Rows by group, label and prediction: the table that most metrics are functions of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.bias.facet import Facet
from assay.bias.outcomes import Outcomes
from assay.tables.cube import Cube, Level
from assay.tables.units import CellsByUnit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
KEY = "facet:{}".format
LABEL, PREDICTION, STRATUM = "label", "prediction", "stratum"


@dataclass(frozen=True, eq=False)
class GroupCells:
    """The cells of one facet that hold rows; those that are left out are not among them.

    Parameters
    ----------
    groups : tuple of str
    group : ndarray of int, shape (n_cells,)
        Index into `groups`.
    n : ndarray of int, shape (n_cells,)
        Rows.
    w, w2 : ndarray of float, shape (n_cells,)
        Sums of weights and of squared weights; equal to `n` where rows are not weighted.
    weighted : bool
    by_unit : CellsByUnit or None
        The same cells by independent unit; `cell` counts the cells of this table.
    positive : ndarray of bool or None, shape (n_cells,)
        Whether the label is the positive outcome; None without a label or without such outcome.
    predicted : ndarray of bool or None, shape (n_cells,)
        Whether the positive outcome is predicted.
    label, prediction : ndarray of int or None, shape (n_cells,)
        Place among `classes`; of a prediction that is no class of the labels, beyond them.
    classes : tuple
        Values of the label, then values that are only predicted.
    stratum : ndarray of int or None, shape (n_cells,)
        Subgroup by the group variable, 0 to `n_strata` - 1.
    n_strata : int
    """

    groups: tuple[str, ...]
    group: NDArray[np.int64]
    n: NDArray[np.int64]
    w: Floats
    w2: Floats
    weighted: bool = False
    by_unit: CellsByUnit | None = None
    positive: Flags | None = None
    predicted: Flags | None = None
    label: NDArray[np.int64] | None = None
    prediction: NDArray[np.int64] | None = None
    classes: tuple[Level, ...] = ()
    stratum: NDArray[np.int64] | None = None
    n_strata: int = 0

    @classmethod
    def from_counts(
        cls, groups: Sequence[str], counts: object, *, weights: object = None
    ) -> "GroupCells":
        """Build cells of a yes/no outcome from an array [group, label, prediction].

        Parameters
        ----------
        groups : sequence of str
        counts : array-like of int, shape (n_groups, 2, 2) or (n_groups, 2)
            Rows by group, label (no, yes) and prediction (no, yes), or by group and label alone.
        weights : array-like of float or None
            Weight of each row of a cell, of the same shape; None for rows without weights.

        Examples
        --------
        >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
        >>> int(cells.n[cells.positive & cells.predicted].sum())
        85
        """
        dense = np.asarray(counts, dtype=np.int64)
        at = np.argwhere(np.ones(dense.shape, dtype=bool))
        n = dense.ravel()
        each = np.ones(dense.shape) if weights is None else np.asarray(weights, dtype=np.float64)
        label = at[:, 1]
        prediction = at[:, 2] if dense.ndim > 2 else None
        return cls(
            tuple(groups),
            at[:, 0],
            n,
            n * each.ravel(),
            n * each.ravel() ** 2,
            weights is not None,
            positive=label == 1,
            predicted=None if prediction is None else prediction == 1,
            label=label,
            prediction=prediction,
            classes=(False, True),
        )

    @property
    def n_rows(self) -> int:
        """Rows in all groups."""
        return int(self.n.sum())

    @property
    def group_rows(self) -> NDArray[np.int64]:
        """Rows of each group, shape (n_groups,)."""
        rows = np.bincount(self.group, weights=self.n, minlength=len(self.groups))
        return rows.astype(np.int64)


def group_cells(facet: Facet, cube: Cube, outcomes: Outcomes) -> GroupCells:
    """Lay a cube out as the cells of a facet, without the rows that are left out.

    Parameters
    ----------
    facet : Facet
    cube : Cube
        Keys ``facet:0``, ``facet:1`` …, and of "label", "prediction", "stratum" those there are.
    outcomes : Outcomes

    Returns
    -------
    GroupCells
    """
    at = {name: place for place, name in enumerate(cube.keys)}
    keys = [at[KEY(i)] for i in range(len(facet.keys))]
    group = facet.place(tuple(cube.levels[key] for key in keys), cube.codes[:, keys])
    if STRATUM in at:  # a row without a value of the group variable belongs to no subgroup
        strata = cube.levels[at[STRATUM]]
        missing = np.array([level is None for level in strata], dtype=bool)
        group = np.where(missing[cube.codes[:, at[STRATUM]]], -1, group)
    kept = np.flatnonzero(group >= 0)
    classes = list(outcomes.classes)
    label = _places(cube, at, LABEL, classes)
    prediction = _places(cube, at, PREDICTION, classes)
    stratum = cube.codes[kept, at[STRATUM]].astype(np.int64) if STRATUM in at else None
    return GroupCells(
        facet.groups,
        group[kept],
        cube.n[kept],
        cube.w[kept],
        cube.w2[kept],
        cube.weighted,
        _units_of(cube.by_unit, kept, len(cube.n)),
        _is_positive(label, kept, classes, outcomes.labels_positive),
        _is_positive(prediction, kept, classes, outcomes.predictions_positive),
        None if label is None else label[kept],
        None if prediction is None else prediction[kept],
        tuple(classes),
        stratum,
        len(cube.levels[at[STRATUM]]) if STRATUM in at else 0,
    )


def _places(
    cube: Cube, at: dict[str, int], name: str, classes: list[Level]
) -> NDArray[np.int64] | None:
    """Return the place of each cell's value among the classes; new values are added to them."""
    if name not in at:
        return None
    levels = cube.levels[at[name]]
    places = np.zeros(max(1, len(levels)), dtype=np.int64)
    for code, level in enumerate(levels):
        found = next((i for i, known in enumerate(classes) if same_level(known, level)), None)
        if found is None:
            found = len(classes)
            classes.append(level)
        places[code] = found
    return places[cube.codes[:, at[name]]]


def same_level(one: Level, other: Level) -> bool:
    """Whether two values are the same and of one kind: 1 and True are not."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _is_positive(
    places: NDArray[np.int64] | None,
    kept: NDArray[np.intp],
    classes: Sequence[Level],
    positive: tuple[Level, ...],
) -> Flags | None:
    if places is None or not positive:
        return None
    good = np.array([any(same_level(level, one) for one in positive) for level in classes])
    return good[places[kept]]


def _units_of(
    by_unit: CellsByUnit | None, kept: NDArray[np.intp], n_cells: int
) -> CellsByUnit | None:
    if by_unit is None:
        return None
    new = np.full(n_cells, -1, dtype=np.int64)
    new[kept] = np.arange(len(kept))
    cell = new[by_unit.cell]
    inside = cell >= 0
    return CellsByUnit(
        by_unit.unit[inside], cell[inside], by_unit.w[inside], by_unit.n_units, by_unit.kind
    )
