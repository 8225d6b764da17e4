"""Which independent unit (declared group, block of time) holds how much of what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class CellsByUnit:
    """Sparse unit x cell table: one entry for each unit and cell that occur together.

    Parameters
    ----------
    unit : ndarray of int, shape (n_entries,)
        Code of the unit, 0 to `n_units` - 1.
    cell : ndarray of int, shape (n_entries,)
        Index of the cell in the table this belongs to.
    w : ndarray of float, shape (n_entries,)
        Sum of weights.
    n_units : int
        Number of units.
    kind : str
        "group" (declared by the user) or "block" (neighbours in time).
    """

    unit: NDArray[np.int64]
    cell: NDArray[np.int64]
    w: NDArray[np.float64]
    n_units: int
    kind: str = "group"
