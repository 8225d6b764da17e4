"""A cube of label and prediction in, its cells in one order and their spread out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.stats.spread import Spread, skewness, unit_spread
from assay.stats.sums import sums_by
from assay.tables.cube import Cube, Level
from assay.tables.units import CellsByUnit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a confusion that hold rows, in one order of the classes.

    Parameters
    ----------
    classes : tuple
        For a yes/no label (False, True).
    actual, predicted : ndarray of int, shape (n_cells,)
        Place among the classes of each cell's label and prediction.
    n : ndarray of int, shape (n_cells,)
        Rows.
    w, w2 : ndarray of float, shape (n_cells,)
        Sums of weights and of squared weights.
    weighted : bool
    by_unit : CellsByUnit or None
        The same cells by independent unit.
    """

    classes: tuple[Level, ...]
    actual: NDArray[np.int64]
    predicted: NDArray[np.int64]
    n: NDArray[np.int64]
    w: Floats
    w2: Floats
    weighted: bool = False
    by_unit: CellsByUnit | None = None

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Which cells hold right answers, shape (n_cells,)."""
        return self.actual == self.predicted

    @cached_property
    def class_rows(self) -> NDArray[np.int64]:
        """Rows of each class, shape (k,)."""
        rows = sums_by(self.actual, self.n.astype(np.float64), len(self.classes))
        return rows.astype(np.int64)

    @cached_property
    def n_rows(self) -> int:
        """Rows in all cells."""
        return int(self.n.sum())

    def position(self, value: Level) -> int:
        """Return the place of a class.

        Raises
        ------
        InputError
            If there is no such class.
        """
        return _place(value, self.classes)


def _place(value: Level, classes: Sequence[Level]) -> int:
    for place, known in enumerate(classes):
        if known == value and isinstance(known, bool) == isinstance(value, bool):
            return place
    listed = ", ".join(repr(known) for known in classes)
    msg = f"the class {value!r} is not in the table; it has: {listed}"
    raise InputError(msg)


def confusion_cells(cube: Cube, classes: Sequence[Level] | None = None) -> Cells:
    """Put the cells of a cube into one order of the classes.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction".
    classes : sequence or None
        Order of both axes; None for the values that occur, sorted. Booleans always give
        (False, True).

    Returns
    -------
    Cells

    Raises
    ------
    InputError
        If the keys are others, or a value is not among the classes.

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[5, 1], [2, 4]])
    >>> cells = confusion_cells(cube)
    >>> cells.n[cells.right].tolist()
    [5, 4]
    """
    if set(cube.keys) != {"label", "prediction"}:
        msg = f"a confusion needs the keys label and prediction, not {', '.join(cube.keys)}"
        raise InputError(msg)
    label, prediction = cube.keys.index("label"), cube.keys.index("prediction")
    values = [cube.levels[label], cube.levels[prediction]]
    known = tuple(_classes_of(values)) if classes is None else tuple(classes)
    place = {value: _place(value, known) for axis in values for value in axis}
    actual, predicted = (
        np.array([place[value] for value in cube.levels[key]], dtype=np.int64)[cube.codes[:, key]]
        for key in (label, prediction)
    )
    return Cells(known, actual, predicted, cube.n, cube.w, cube.w2, cube.weighted, cube.by_unit)


def _classes_of(values: list[tuple[Level, ...]]) -> list[Level]:
    found = dict.fromkeys(value for axis in values for value in axis)
    if all(isinstance(value, (bool, np.bool_)) for value in found):
        return [False, True]
    try:
        return sorted(found)  # type: ignore[type-var]
    except TypeError:
        return sorted(found, key=str)


class WeighedCells(Protocol):
    """Cells of any table, as far as their rows, weights and units go."""

    @property
    def n(self) -> NDArray[np.int64]:
        """Rows."""
        ...

    @property
    def w(self) -> Floats:
        """Sums of weights."""
        ...

    @property
    def w2(self) -> Floats:
        """Sums of squared weights."""
        ...

    @property
    def weighted(self) -> bool:
        """Whether a weight column was used."""
        ...

    @property
    def by_unit(self) -> CellsByUnit | None:
        """The same cells by independent unit."""
        ...


def influence_by_unit(cells: WeighedCells, influence: Floats) -> Floats:
    """Return Σ w ψ in each unit, shape (n_units,)."""
    by_unit = cells.by_unit
    assert by_unit is not None
    weighted = by_unit.w * influence[by_unit.cell]
    return sums_by(by_unit.unit, weighted, by_unit.n_units)


def cell_spread(cells: WeighedCells, influence: Floats, *, among: NDArray[np.bool_]) -> Spread:
    """Return how a smooth function of the cells varies over samples.

    Parameters
    ----------
    cells : WeighedCells
    influence : ndarray of float, shape (n_cells,)
        Change of the value for one more unit of weight in each cell; Σ w ψ = 0.
    among : ndarray of bool, shape (n_cells,)
        The cells that the value is made from.

    Returns
    -------
    Spread
    """
    square = influence**2
    weight = float(cells.w[among].sum())
    plain = float(np.sum(cells.w * square))
    if cells.by_unit is not None:
        sums = influence_by_unit(cells, influence)
        held = np.zeros(cells.by_unit.n_units, dtype=bool)
        held[cells.by_unit.unit[among[cells.by_unit.cell]]] = True
        return unit_spread(
            sums,
            plain_variance=plain,
            n=weight,
            unit=cells.by_unit.kind,
            n_used=int(held.sum()),
        )
    variance = float(np.sum(cells.w2 * square))
    with np.errstate(divide="ignore", invalid="ignore"):
        cubes = np.where(cells.w > 0, cells.w2**2 / cells.w, 0.0)
    skew = skewness(float(np.sum(cubes * influence**3)), variance)
    if not cells.weighted:
        return Spread(variance, skew)
    kish = weight**2 / float(cells.w2[among].sum()) if weight else 0.0
    return Spread(variance, skew, weight * plain / variance if variance > 0 else kish)
