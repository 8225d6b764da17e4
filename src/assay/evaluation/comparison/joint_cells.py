"""Codes of truth and answers in, the rows of each combination that occurs out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assay.evaluation.comparison.parts import Parts
from assay.evaluation.judged import Codes, Floats
from assay.metrics.cells import Cells
from assay.stats.sums import sums_by
from assay.tables.cube import Cube, Level
from assay.tables.units import CellsByUnit

OTHER = "(another answer)"
_COUNTED_AT_ONCE = 1_000_000


@dataclass(frozen=True, eq=False)
class JointCells:
    """Rows, weights and units by combination of truth and answers.

    Parameters
    ----------
    classes : tuple
        With one more at the end where an answer is none of them.
    codes : tuple of ndarray of int, each of shape (n_cells,)
        Places among the classes: of the truth, then of each candidate's answer.
    n : ndarray of int, shape (n_cells,)
        Rows.
    w, w2 : ndarray of float, shape (n_cells,)
        Sums of weights and of squared weights.
    weighted : bool
    by_unit : CellsByUnit or None
    """

    classes: tuple[Level, ...]
    codes: tuple[Codes, ...]
    n: Codes
    w: Floats
    w2: Floats
    weighted: bool
    by_unit: CellsByUnit | None

    def take(self, order: NDArray[np.intp]) -> "JointCells":
        """Return the cells in another order; only where no units were declared."""
        assert self.by_unit is None
        codes = tuple(each[order] for each in self.codes)
        return replace(self, codes=codes, n=self.n[order], w=self.w[order], w2=self.w2[order])

    def cells(self, candidate: int) -> Cells:
        """Return the cells as those of truth and the answers of one candidate, from 0."""
        predicted = self.codes[1 + candidate]
        shared = (self.n, self.w, self.w2, self.weighted, self.by_unit)
        return Cells(self.classes, self.codes[0], predicted, *shared)

    def cube(self) -> Cube:
        """Return the cube of label and prediction, where there is one candidate."""
        truth, answer = self.codes
        levels = (self.classes, self.classes)
        codes = np.column_stack([truth, answer])
        shared = (self.n, self.w, self.w2, self.weighted, self.by_unit)
        return Cube(("label", "prediction"), levels, codes, *shared)


def joint_cells(
    parts: Parts, classes: tuple[Level, ...], *answers: NDArray[np.generic]
) -> JointCells:
    """Count the rows of each combination of truth and answers.

    Parameters
    ----------
    parts : Parts
        Of rows whose truth is a place among the classes.
    classes : tuple
    *answers : ndarray of int, shape (n_rows,)
        Places among the classes, -1 for an answer that is none of them.

    Returns
    -------
    JointCells
    """
    columns = [np.asarray(each, dtype=np.int64) for each in (parts.rows.truth, *answers)]
    k = len(classes)
    if any(bool((each < 0).any()) for each in columns):
        columns = [np.where(each < 0, k, each) for each in columns]
        classes, k = (*classes, OTHER), k + 1
    sizes = (k,) * len(columns)
    found, place, n = _counted(np.ravel_multi_index(columns, sizes), k ** len(columns))
    codes = tuple(each.astype(np.int64) for each in np.unravel_index(found, sizes))
    weighted = parts.rows.weight is not None
    w = sums_by(place, parts.weight, len(found)) if weighted else n.astype(np.float64)
    w2 = sums_by(place, parts.weight**2, len(found)) if weighted else w
    return JointCells(classes, codes, n, w, w2, weighted, _by_unit(parts, place, len(found)))


def _counted(flat: NDArray[np.intp], size: int) -> tuple[NDArray[np.intp], Codes, Codes]:
    """Return the codes that occur, where each row's stands among them, and how often."""
    if size > _COUNTED_AT_ONCE:
        found, place, n = np.unique(flat, return_inverse=True, return_counts=True)
        return found, place.astype(np.int64), n.astype(np.int64)
    every = np.bincount(flat, minlength=size)
    found = np.flatnonzero(every)
    among = np.zeros(size, dtype=np.int64)
    among[found] = np.arange(len(found))
    return found, among[flat], every[found].astype(np.int64)


def _by_unit(parts: Parts, place: Codes, n_cells: int) -> CellsByUnit | None:
    if parts.code is None:
        return None
    found, entry = np.unique(parts.code * n_cells + place, return_inverse=True)
    w = sums_by(entry, parts.weight, len(found))
    return CellsByUnit(found // n_cells, found % n_cells, w, parts.n, parts.kind)
