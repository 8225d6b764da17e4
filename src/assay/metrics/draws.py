"""One set of redraws of a confusion, shared by all metrics of a report."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.metrics.cells import Cells, Floats, confusion_cells
from assay.metrics.margins import Margins, margin_matrix
from assay.stats.redraw import (
    redraw_counts,
    redraw_many_units,
    redraw_units,
    redraw_weighted,
)
from assay.tables.cube import Cube, Level

N_DRAWS = 4_000
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
    n_draws: int = N_DRAWS,
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
    n_draws : int
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
    k = len(cells.classes)
    if not cells.n.sum():
        nothing = np.zeros((0, k))
        return CellDraws(cells, Margins(nothing, nothing, nothing), seed, "no rows to redraw")
    if cells.by_unit is not None:
        joined, method = _drawn_units(cells, n_draws, generator)
    else:
        joined, method = _drawn_rows(cells, n_draws, generator)
    return CellDraws(cells, Margins.split(joined), seed, method)


def cells_of(cube: Cube, draws: CellDraws | None) -> Cells:
    """Return the square of the draws where they were made already, else lay the cube out."""
    return confusion_cells(cube) if draws is None else draws.cells


def _drawn_rows(cells: Cells, n_draws: int, rng: np.random.Generator) -> tuple[Floats, str]:
    held = np.flatnonzero(cells.n.ravel())
    n, w, w2 = cells.n.ravel()[held], cells.w.ravel()[held], cells.w2.ravel()[held]
    to_margins = margin_matrix(len(cells.classes))[held]
    at_once = max(1, _ENTRIES_AT_ONCE // len(held))
    parts: list[Floats] = []
    for start in range(0, n_draws, at_once):
        size = min(at_once, n_draws - start)
        if cells.weighted:
            drawn = redraw_weighted(n, w, w2, n_draws=size, rng=rng)
        else:
            drawn = redraw_counts(n, n_draws=size, rng=rng).astype(np.float64)
        parts.append(drawn @ to_margins)
    name = "compound redraw of weighted cells" if cells.weighted else "multinomial redraw of cells"
    return np.concatenate(parts), name


def _drawn_units(cells: Cells, n_draws: int, rng: np.random.Generator) -> tuple[Floats, str]:
    by_unit, k = cells.by_unit, len(cells.classes)
    assert by_unit is not None
    totals = np.zeros((by_unit.n_units, 3 * k))
    actual, predicted = by_unit.cell // k, by_unit.cell % k
    same = actual == predicted
    np.add.at(totals, (by_unit.unit[same], actual[same]), by_unit.w[same])
    np.add.at(totals, (by_unit.unit, k + actual), by_unit.w)
    np.add.at(totals, (by_unit.unit, 2 * k + predicted), by_unit.w)
    if by_unit.n_units > MAX_DRAWN_UNITS:
        drawn = redraw_many_units(totals, n_draws=n_draws, rng=rng)
        return drawn, f"normal redraw of {by_unit.kind} sums"
    return redraw_units(totals, n_draws=n_draws, rng=rng), f"redraw of {by_unit.kind}s"
