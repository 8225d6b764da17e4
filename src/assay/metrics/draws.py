"""One set of redraws of a confusion, shared by all metrics of a report."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.metrics.cells import Cells, confusion_cells
from assay.metrics.margins import Margins, margins_of
from assay.stats.redraw import (
    redraw_counts,
    redraw_units,
    redraw_weighted,
)
from assay.tables.cube import Cube, Level
from assay.tables.units import CellsByUnit

N_DRAWS = 4_000
MIN_DRAWS = 1_000
MAX_DRAWN_CELLS = 8_000_000
MAX_DRAWN_UNITS = 5_000
_ENTRIES_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class CellDraws:
    """A confusion and the margins it would have had in other samples.

    Parameters
    ----------
    cells : Cells
    margins : Margins
        Shapes (n_draws, k).
    seed : int or None
        Of the generator, for the record.
    method : str
        How the redraws were made.
    """

    cells: Cells
    margins: Margins
    seed: int | None
    method: str


def draw_cells(
    cube: Cube,
    *,
    rng: np.random.Generator | None = None,
    seed: int | None = 0,
    n_draws: int | None = None,
    classes: Sequence[Level] | None = None,
) -> CellDraws:
    """Redraw a confusion: its rows, its weighted rows, or its declared units.

    Parameters
    ----------
    cube : Cube
        Keys "label" and "prediction", at least one row.
    rng : numpy.random.Generator or None
        None makes one from `seed`.
    seed : int or None
        Written into every estimate.
    n_draws : int or None
        None makes 4,000, down to 1,000 where there are thousands of cells.
    classes : sequence or None
        Order of the classes; None for the values that occur.

    Returns
    -------
    CellDraws

    Examples
    --------
    >>> both = (False, True)
    >>> cube = Cube.from_counts({"label": both, "prediction": both}, [[50, 10], [5, 35]])
    >>> draw_cells(cube, n_draws=7).margins.right.shape
    (7, 2)
    """
    generator = np.random.default_rng(seed) if rng is None else rng
    cells = confusion_cells(cube, classes)
    if not cells.n_rows:
        nothing = np.zeros((0, len(cells.classes)))
        return CellDraws(cells, Margins(nothing, nothing, nothing), seed, "no rows to redraw")
    if cells.by_unit is not None:
        margins, method = _drawn_units(cells, cells.by_unit, n_draws or N_DRAWS, generator)
    else:
        affordable = max(MIN_DRAWS, min(N_DRAWS, MAX_DRAWN_CELLS // len(cells.n)))
        margins, method = _drawn_rows(cells, n_draws or affordable, generator)
    return CellDraws(cells, margins, seed, method)


def cells_of(cube: Cube, draws: CellDraws | None) -> Cells:
    """Return the cells of the draws where they were made already, else those of the cube."""
    return confusion_cells(cube) if draws is None else draws.cells


def _drawn_rows(cells: Cells, n_draws: int, rng: np.random.Generator) -> tuple[Margins, str]:
    at_once = max(1, _ENTRIES_AT_ONCE // len(cells.n))
    parts: list[Margins] = []
    for start in range(0, n_draws, at_once):
        size = min(at_once, n_draws - start)
        if cells.weighted:
            drawn = redraw_weighted(cells.n, cells.w, cells.w2, n_draws=size, rng=rng)
        else:
            drawn = redraw_counts(cells.n, n_draws=size, rng=rng).astype(np.float64)
        parts.append(margins_of(drawn, cells))
    name = "compound redraw of weighted cells" if cells.weighted else "multinomial redraw of cells"
    return _joined(parts), name


def _joined(parts: list[Margins]) -> Margins:
    return Margins(
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.actual for part in parts]),
        np.concatenate([part.predicted for part in parts]),
    )


def _drawn_units(
    cells: Cells, by_unit: CellsByUnit, n_draws: int, rng: np.random.Generator
) -> tuple[Margins, str]:
    """Redraw units; very many are first bunched at random, which keeps their variance."""
    unit, n_units, k = by_unit.unit, by_unit.n_units, len(cells.classes)
    what = f"{by_unit.kind}s"
    if n_units > MAX_DRAWN_UNITS:
        bunch = rng.permutation(n_units) % MAX_DRAWN_UNITS
        unit, n_units = bunch[unit], MAX_DRAWN_UNITS
        what = f"{n_units:,} random bunches of {what}"
    totals = np.zeros((n_units, 3 * k))
    actual, predicted = cells.actual[by_unit.cell], cells.predicted[by_unit.cell]
    same = actual == predicted
    np.add.at(totals, (unit[same], actual[same]), by_unit.w[same])
    np.add.at(totals, (unit, k + actual), by_unit.w)
    np.add.at(totals, (unit, 2 * k + predicted), by_unit.w)
    drawn = redraw_units(totals, n_draws=n_draws, rng=rng)
    return Margins(*np.split(drawn, 3, axis=-1)), f"redraw of {what}"
