"""Sums by unit in, what other samples of the same rows would have given for every label out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.metrics.margins import Margins
from assay.stats.redraw import redraw_units
from assay.tables.unit_sums import UnitSums

Floats = NDArray[np.float64]
N_DRAWS = 4_000
MIN_DRAWS = 1_000
MAX_DRAWN_UNITS = 2_000
_ENTRIES = 24_000_000


@dataclass(frozen=True, eq=False)
class LabelDraws:
    """Right, true and given rows of each label, and what redraws make of them.

    Parameters
    ----------
    labels : tuple of str
    whole : Margins
        Weights on the rows themselves, shapes (k,): a row counts in each of its labels.
    drawn : Margins
        Shapes (n_draws, k).
    by_unit : Margins
        Shapes (n_units, k).
    n : int
        Rows.
    true_rows : ndarray of int, shape (k,)
        Rows that have each label.
    n_effective : float or None
        Kish's number of rows of equal weight; None where rows are not weighted, or the units
        were declared.
    unit : str
        "row", "group" or "block".
    seed : int or None
    method : str
        How the redraws were made.
    """

    labels: tuple[str, ...]
    whole: Margins
    drawn: Margins
    by_unit: Margins
    n: int
    true_rows: NDArray[np.int64]
    n_effective: float | None
    unit: str
    seed: int | None
    method: str


def draw_labels(
    sums: UnitSums, labels: Sequence[str], *, seed: int = 0, n_draws: int | None = None
) -> LabelDraws:
    """Redraw the rows, or the declared units, with all their labels together.

    The labels of a row vary together, which counts label by label do not show; so whole rows are
    redrawn: each for itself up to 2,000, above that random bunches of them, which have the same
    variance.

    Parameters
    ----------
    sums : UnitSums
        For k labels 3 k quantities: which rows have the label and are given it, which have it,
        which are given it.
    labels : sequence of str, length k
    seed : int
        Written into every estimate.
    n_draws : int or None
        None makes 4,000, down to 1,000 where there are hundreds of labels.

    Returns
    -------
    LabelDraws
    """
    rng = np.random.default_rng(seed)
    totals, what = sums.sums, f"{sums.unit_kind}s"
    if len(totals) > MAX_DRAWN_UNITS:
        bunch = rng.permutation(len(totals)) % MAX_DRAWN_UNITS
        bunched = np.zeros((MAX_DRAWN_UNITS, totals.shape[1]))
        np.add.at(bunched, bunch, totals)
        totals = bunched
    if len(totals) < (sums.n if sums.unit_kind == "row" else sums.n_units):
        what = f"{len(totals):,} random bunches of {what}"
    affordable = max(MIN_DRAWS, min(N_DRAWS, _ENTRIES // max(totals.shape[1], 1)))
    redrawn = np.zeros((0, totals.shape[1]))
    if len(totals):
        redrawn = redraw_units(totals, n_draws=n_draws or affordable, rng=rng)
    kish = float(sums.w.sum()) ** 2 / max(float(sums.w2.sum()), 1e-300)
    plain = not sums.weighted or sums.unit_kind != "row"
    return LabelDraws(
        tuple(labels),
        _margins(sums.sums.sum(axis=0)),
        _margins(redrawn),
        _margins(totals),
        sums.n,
        np.split(sums.counts, 3)[1].astype(np.int64),
        None if plain else kish,
        sums.unit_kind,
        seed,
        f"redraw of {what}",
    )


def _margins(columns: Floats) -> Margins:
    right, actual, predicted = np.split(columns, 3, axis=-1)
    return Margins(right, actual, predicted)
