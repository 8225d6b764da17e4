"""Gather a DensityGrid: rows by bins of two numbers."""

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.protocol import floats
from assay.data.requests import GridRequest
from assay.tables.curves import DensityGrid


class GridAccumulator:
    """Counts rows on a grid; a value outside the edges goes to the outermost bin."""

    def __init__(self, request: GridRequest) -> None:
        self._request = request
        self._x, self._y = np.asarray(request.x_edges), np.asarray(request.y_edges)
        self._counts = np.zeros((self._x.size - 1, self._y.size - 1), dtype=np.int64)

    def columns(self) -> dict[str, nw.Expr]:
        """Return both numbers."""
        return {"x": self._request.x, "y": self._request.y}

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch; rows that lack a number are left out."""
        x, y = floats(batch, "x"), floats(batch, "y")
        both = ~(np.isnan(x) | np.isnan(y))
        rows, columns = self._counts.shape
        cell = _bin(x[both], self._x) * columns + _bin(y[both], self._y)
        self._counts += np.bincount(cell, minlength=rows * columns).reshape(rows, columns)

    def finish(self) -> DensityGrid:
        """Return the counts."""
        return DensityGrid(self._x, self._y, self._counts)


def _bin(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the bin of each value; bins are [low, high), the last one holds its upper end."""
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, edges.size - 2)
