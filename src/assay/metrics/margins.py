"""What every confusion statistic is a function of: right answers and both margins, by class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

    @classmethod
    def split(cls, joined: Floats) -> "Margins":
        """Return the margins from one array (..., 3 k)."""
        right, actual, predicted = np.split(joined, 3, axis=-1)
        return cls(right, actual, predicted)

    @property
    def total(self) -> Floats:
        """All weight, shape (...,)."""
        return self.actual.sum(axis=-1)


def margin_matrix(k: int) -> Floats:
    """Return what each cell of a k x k square adds to the joined margins: (k * k, 3 k)."""
    eye = np.eye(k)
    actual, predicted = np.repeat(eye, k, axis=0), np.tile(eye, (k, 1))
    return np.hstack([actual * predicted, actual, predicted])
