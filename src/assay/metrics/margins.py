"""What every confusion statistic is a function of: right answers and both margins, by class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.metrics.cells import Cells

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Margins:
    """Weights by class; all shapes (..., k), with redraws along the first axis.

    Parameters
    ----------
    right : ndarray of float
        Rows of the class that were predicted so.
    actual, predicted : ndarray of float
        Rows that are of the class, and that were predicted to be.
    """

    right: Floats
    actual: Floats
    predicted: Floats

    @property
    def total(self) -> Floats:
        """All weight, shape (...,)."""
        return self.actual.sum(axis=-1)


def margins_of(weight: Floats, cells: Cells) -> Margins:
    """Return the margins of cells that hold the given weights.

    Parameters
    ----------
    weight : ndarray of float, shape (..., n_cells)
    cells : Cells

    Returns
    -------
    Margins
        Shapes (..., k).
    """
    k = len(cells.classes)
    return Margins(
        _sums(weight[..., cells.right], cells.actual[cells.right], k),
        _sums(weight, cells.actual, k),
        _sums(weight, cells.predicted, k),
    )


def _sums(weight: Floats, code: NDArray[np.int64], k: int) -> Floats:
    """Add up the last axis by code, without a matrix of cells by classes."""
    out = np.zeros((*weight.shape[:-1], k))
    if not len(code):
        return out
    order = np.argsort(code, kind="stable")
    present, first = np.unique(code[order], return_index=True)
    out[..., present] = np.add.reduceat(weight[..., order], first, axis=-1)
    return out
