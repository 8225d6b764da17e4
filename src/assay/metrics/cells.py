"""A cube of label and prediction in, its square of cells and their spread out."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """Rows true, columns predicted.

    Parameters
    ----------
    classes : tuple
        Order of both axes; for a yes/no label (False, True).
    n : ndarray of int, shape (k, k)
        Rows.
    w, w2 : ndarray of float, shape (k, k)
        Sums of weights and of squared weights.
    weighted : bool
    by_unit : CellsByUnit or None
        With cells numbered along the rows of the square.
    """

    classes: tuple[Level, ...]
    n: NDArray[np.int64]
    w: Floats
    w2: Floats
    weighted: bool = False
    by_unit: CellsByUnit | None = None

    def position(self, value: Level) -> int:
        """Return the place of a class.

        Raises
        ------
        InputError
            If there is no such class.
        """
        for place, known in enumerate(self.classes):
            if known == value and isinstance(known, bool) == isinstance(value, bool):
                return place
        listed = ", ".join(repr(known) for known in self.classes)
        msg = f"the class {value!r} is not in the table; it has: {listed}"
        raise InputError(msg)


def confusion_cells(cube: Cube, classes: Sequence[Level] | None = None) -> Cells:
    """Lay a cube out as a square.

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
    >>> confusion_cells(cube).n.tolist()
    [[5, 1], [2, 4]]
    """
    if set(cube.keys) != {"label", "prediction"}:
        msg = f"a confusion needs the keys label and prediction, not {', '.join(cube.keys)}"
        raise InputError(msg)
    axes = [cube.keys.index("label"), cube.keys.index("prediction")]
    values = [cube.levels[axis] for axis in axes]
    known = tuple(_classes_of(values)) if classes is None else tuple(classes)
    empty = Cells(known, np.zeros((len(known),) * 2, dtype=np.int64), np.zeros(0), np.zeros(0))
    places = [np.array([empty.position(v) for v in axis], dtype=np.int64) for axis in values]
    flat = (
        places[0][cube.codes[:, axes[0]]] * len(known) + places[1][cube.codes[:, axes[1]]]
        if len(cube.codes)
        else np.zeros(0, dtype=np.int64)
    )
    by_unit = cube.by_unit
    if by_unit is not None:
        by_unit = CellsByUnit(
            by_unit.unit, flat[by_unit.cell], by_unit.w, by_unit.n_units, by_unit.kind
        )
    n, w, w2 = (_square(flat, part, len(known)) for part in (cube.n, cube.w, cube.w2))
    return Cells(known, n.astype(np.int64), w, w2, cube.weighted, by_unit)


def _classes_of(values: list[tuple[Level, ...]]) -> list[Level]:
    found = dict.fromkeys(value for axis in values for value in axis)
    if all(isinstance(value, (bool, np.bool_)) for value in found):
        return [False, True]
    try:
        return sorted(found)  # type: ignore[type-var]
    except TypeError:
        return sorted(found, key=str)


def _square(flat: NDArray[np.int64], values: NDArray[np.generic], k: int) -> Floats:
    weights = values.astype(np.float64)
    return sums_by(flat, weights, k * k).reshape(k, k)


def influence_by_unit(cells: Cells, influence: Floats) -> Floats:
    """Return Σ w ψ in each unit, shape (n_units,)."""
    by_unit = cells.by_unit
    assert by_unit is not None
    weighted = by_unit.w * influence.ravel()[by_unit.cell]
    return sums_by(by_unit.unit, weighted, by_unit.n_units)


def cell_spread(cells: Cells, influence: Floats, *, among: NDArray[np.bool_]) -> Spread:
    """Return how a smooth function of the cells varies over samples.

    Parameters
    ----------
    cells : Cells
    influence : ndarray of float, shape (k, k)
        Change of the value for one more unit of weight in each cell; Σ w ψ = 0.
    among : ndarray of bool, shape (k, k)
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
        held[cells.by_unit.unit[among.ravel()[cells.by_unit.cell]]] = True
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
