"""Weights and units of rows, kept batch by batch for tables that remember their rows."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.protocol import UNIT, WEIGHT, dense_codes, floats

Floats = NDArray[np.float64]


@dataclass(eq=False)
class Kept:
    """The weight and the unit of each row, in the order of the data.

    Parameters
    ----------
    weight : list of ndarray of float
        One array a batch; empty where rows are not weighted.
    unit : list of polars.Series
        One series a batch; empty where no unit is declared.
    """

    weight: list[Floats] = field(default_factory=list)
    unit: list[pl.Series] = field(default_factory=list)

    def add(self, weight: Floats | None, unit: pl.Series | None) -> None:
        """Keep the rows of one batch."""
        if weight is not None:
            self.weight.append(weight)
        if unit is not None:
            self.unit.append(unit)

    def weights(self, n: int) -> Floats:
        """Return the weight of each of `n` rows, 1 where rows are not weighted."""
        return np.concatenate(self.weight) if self.weight else np.ones(n)

    def units(self, n: int) -> tuple[NDArray[np.int32], int]:
        """Return the code of each row's unit and how many units there are.

        Where no unit is declared, each of the `n` rows is its own.
        """
        if not self.unit:
            return np.arange(n, dtype=np.int32), n
        return dense_codes(pl.concat(self.unit))


def read_weight_and_unit(batch: pl.DataFrame) -> tuple[Floats | None, pl.Series | None]:
    """Return the weights and the units of a batch, where it has them."""
    weight = floats(batch, WEIGHT) if WEIGHT in batch.columns else None
    return weight, batch[UNIT] if UNIT in batch.columns else None
