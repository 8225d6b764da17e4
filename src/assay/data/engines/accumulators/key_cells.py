"""The cell of each row by a few keys: codes in the order in which combinations turn up."""

from collections.abc import Mapping

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.cube import as_level
from assay.data.engines.accumulators.protocol import dense_codes
from assay.tables.cube import Level

CELL = "cell"


class KeyCells:
    """Numbers the combinations of keys that occur, batch by batch; null is a value.

    Examples
    --------
    >>> cells = KeyCells({"sex": nw.col("sex")})
    >>> cells.place(pl.DataFrame({"key0": ["m", None, "f", "m"]})).tolist()
    [0, 1, 2, 0]
    >>> cells.place(pl.DataFrame({"key0": ["f", "x"]})).tolist()
    [2, 3]
    >>> cells.finish()
    ((('f', 'm', 'x', None),), array([[1],
           [3],
           [0],
           [2]]))
    """

    def __init__(self, by: Mapping[str, nw.Expr]) -> None:
        self._by = by
        self._keys = [f"key{i}" for i in range(len(by))]
        self._known: pl.DataFrame | None = None

    @property
    def n_cells(self) -> int:
        """Combinations seen so far."""
        return 0 if self._known is None else self._known.height

    def columns(self) -> dict[str, nw.Expr]:
        """Return the keys, by the names that `place` reads."""
        return dict(zip(self._keys, self._by.values(), strict=True))

    def place(self, batch: pl.DataFrame) -> NDArray[np.int64]:
        """Return the cell of each row, shape (n_rows,)."""
        keys = batch.select(as_level(pl.col(key), batch.schema[key]) for key in self._keys)
        if self._known is None:
            self._known = keys.head(0).with_columns(pl.lit(0, dtype=pl.Int64).alias(CELL))
        placed = self._joined(keys)
        unseen = placed.is_null()
        if unseen.any():
            new = keys.filter(unseen).unique(maintain_order=True)
            numbers = pl.int_range(self.n_cells, self.n_cells + new.height, eager=True).alias(CELL)
            self._known = pl.concat([self._known, new.with_columns(numbers)])
            placed = self._joined(keys)
        return placed.to_numpy()

    def _joined(self, keys: pl.DataFrame) -> pl.Series:
        assert self._known is not None
        joined = keys.join(
            self._known, on=self._keys, how="left", nulls_equal=True, maintain_order="left"
        )
        return joined[CELL]

    def finish(self) -> tuple[tuple[tuple[Level, ...], ...], NDArray[np.int64]]:
        """Return the levels of each key, sorted (None last), and each cell's codes."""
        levels: list[tuple[Level, ...]] = []
        codes = np.zeros((self.n_cells, len(self._keys)), dtype=np.int64)
        for at, key in enumerate(self._keys):
            if self._known is None:
                levels.append(())
                continue
            column = self._known[key]
            codes[:, at], _ = dense_codes(column)
            values: list[Level] = column.drop_nulls().unique().sort().to_list()
            levels.append((*values, *([None] if column.null_count() else [])))
        return tuple(levels), codes
