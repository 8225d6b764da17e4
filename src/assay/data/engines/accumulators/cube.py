"""Gather a Cube: count by keys batch by batch, fold rare values when there are too many cells."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.accumulators.protocol import (
    UNIT,
    WEIGHT,
    dense_codes,
    floats,
    weight_and_unit,
)
from assay.data.engines.accumulators.shared_codes import SharedCodes
from assay.data.requests import CubeRequest
from assay.tables.cube import Cube, Level
from assay.tables.units import CellsByUnit

OTHER = "(other)"
MIN_CELLS = 1_000  # a table of this size is never folded, however few the rows
ROWS_PER_CELL = 10
COMPACT_ROWS = 1_000_000
SUMS = ("n", "w", "w2")


def cell_cap(n_rows: int, max_cells: int) -> int:
    """Return how many cells a cube of `n_rows` may have: min(max_cells, max(n/10, 1000)).

    Examples
    --------
    >>> cell_cap(12, 100_000), cell_cap(500_000, 100_000), cell_cap(10_000_000, 100_000)
    (1000, 50000, 100000)
    """
    return min(max_cells, max(n_rows // ROWS_PER_CELL, MIN_CELLS))


class CubeAccumulator:
    """Counts by keys (and by unit); memory grows with the combinations that occur."""

    def __init__(self, request: CubeRequest) -> None:
        self._request = request
        self._keys = [f"key{i}" for i in range(len(request.by))]
        self._by = [*self._keys, UNIT] if request.unit is not None else self._keys
        self._parts: list[pl.DataFrame] = []

    def columns(self) -> dict[str, nw.Expr]:
        """Return the keys, the weight and the unit."""
        keys = dict(zip(self._keys, self._request.by.values(), strict=True))
        return keys | weight_and_unit(self._request)

    def add(self, batch: pl.DataFrame) -> None:
        """Count one batch."""
        if batch.height == 0:
            return
        keys = [as_level(pl.col(key), batch.schema[key]) for key in self._keys]
        weight = pl.col(WEIGHT).cast(pl.Float64)
        sums = [pl.len().cast(pl.Int64).alias("n")]
        if self._request.weight is not None:
            sums += [weight.sum().alias("w"), (weight * weight).sum().alias("w2")]
        self._keep(batch.with_columns(keys).group_by(self._by).agg(sums))

    def add_coded(self, shared: SharedCodes, names: Mapping[str, str]) -> bool:
        """Count one batch by the codes of its columns, where they have codes.

        Parameters
        ----------
        shared : SharedCodes
            Has been shown the batch.
        names : mapping of str to str
            What `columns` returned → the column of the batch.

        Returns
        -------
        bool
            False where nothing was counted, as a column has too many values or there are units.
        """
        if self._request.unit is not None:
            return False
        found = shared.cells([names[key] for key in self._keys])
        if found is None:
            return False
        cell, levels = found
        rows = np.bincount(cell)
        kept = np.flatnonzero(rows)
        codes = np.unravel_index(kept, [len(each) for each in levels])
        part = {
            key: each.gather(code)
            for key, each, code in zip(self._keys, levels, codes, strict=True)
        }
        part["n"] = pl.Series(rows[kept])
        if self._request.weight is not None:
            weight = np.nan_to_num(floats(shared.batch, names[WEIGHT]))
            part["w"] = pl.Series(np.bincount(cell, weights=weight)[kept])
            part["w2"] = pl.Series(np.bincount(cell, weights=weight * weight)[kept])
        self._keep(pl.DataFrame(part))
        return True

    def _keep(self, part: pl.DataFrame) -> None:
        self._parts.append(part)
        if sum(part.height for part in self._parts) > COMPACT_ROWS and len(self._parts) > 1:
            self._parts = [self._merged()]

    def finish(self) -> Cube:
        """Return the cube of all rows seen."""
        keys, request = tuple(self._request.by), self._request
        weighted = request.weight is not None
        if not self._parts:
            none = np.zeros(0)
            codes = np.zeros((0, len(keys)), dtype=np.int64)
            levels: tuple[tuple[Level, ...], ...] = tuple(() for _ in keys)
            return Cube(keys, levels, codes, none.astype(np.int64), none, none, weighted=weighted)
        entries = self._merged()
        if not weighted:
            n = pl.col("n").cast(pl.Float64)
            entries = entries.with_columns(n.alias("w"), n.alias("w2"))
        coded = _code(entries, self._keys)
        cap = cell_cap(int(entries["n"].sum()), request.max_cells)
        folded = 0 if request.keep_all else coded.fold(cap)
        return _assemble(keys, coded, folded, request)

    def _merged(self) -> pl.DataFrame:
        parts = pl.concat(self._parts, how="vertical_relaxed")
        return parts.group_by(self._by).agg(pl.col(name).sum() for name in SUMS if name in parts)


def as_level(key: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the key as one of the types that a level can have."""
    if dtype.is_float():
        return key.cast(pl.Float64).fill_nan(None) + 0.0
    if dtype.is_decimal():
        return key.cast(pl.Float64)
    if dtype.is_integer() or dtype in (pl.Boolean, pl.String):
        return key
    if dtype == pl.Null:
        return key.cast(pl.Boolean)
    if isinstance(dtype, pl.Datetime):
        return key.dt.to_string("iso:strict")
    return key.cast(pl.String, strict=False)


@dataclass(eq=False)
class _Coded:
    """Entries with their levels as codes."""

    frame: pl.DataFrame  # code columns named like the keys, then n, w, w2 and perhaps the unit
    keys: list[str]
    levels: list[list[Level]]

    def n_cells(self) -> int:
        return self.frame.select(self.keys).n_unique()

    def fold(self, cap: int) -> int:
        """Fold rare values of the widest key until there are at most `cap` cells."""
        folded = np.zeros(self.frame.height, dtype=bool)
        while self.n_cells() > cap:
            widths = [sum(_can_fold(level) for level in levels) for levels in self.levels]
            widest = int(np.argmax(widths))
            if widths[widest] < 2:
                break
            folded |= self._fold_key(widest, cap)
        return int(self.frame["n"].to_numpy()[folded].sum())

    def _fold_key(self, which: int, cap: int) -> NDArray[np.bool_]:
        """Keep the most frequent values of one key, as many as the cap allows."""
        key, levels = self.keys[which], self.levels[which]
        codes = self.frame[key].to_numpy()
        rows = np.bincount(codes, weights=self.frame["n"].to_numpy(), minlength=len(levels))
        can_fold = np.array([_can_fold(level) for level in levels])
        ranked = np.lexsort((np.arange(len(levels)), -np.where(can_fold, rows, np.inf)))
        always = int((~can_fold).sum())
        low, high = always, len(levels) - 2  # fold two values at least, or nothing is won
        best = self._remap(codes, ranked[:low], levels)
        while low < high:
            middle = (low + high + 1) // 2
            trial = self._remap(codes, ranked[:middle], levels)
            if self.frame.with_columns(trial[0].alias(key)).select(self.keys).n_unique() <= cap:
                low, best = middle, trial
            else:
                high = middle - 1
        new_codes, new_levels, gone = best
        self.frame = self.frame.with_columns(new_codes.alias(key))
        self.levels[which] = new_levels
        return gone[codes]

    @staticmethod
    def _remap(
        codes: NDArray[np.int32], kept: NDArray[np.intp], levels: list[Level]
    ) -> tuple[pl.Series, list[Level], NDArray[np.bool_]]:
        stays = np.zeros(len(levels), dtype=bool)
        stays[kept] = True
        named = [level for level, stay in zip(levels, stays, strict=True) if stay]
        has_null, had_other = None in named, OTHER in named
        new_levels = [level for level in named if level is not None and level != OTHER]
        index = {level: code for code, level in enumerate(new_levels)}
        other = len(new_levels)
        new_levels = [*new_levels, OTHER, *([None] if has_null else [])]
        target = np.array(
            [
                other + 1 if level is None else index.get(level, other) if stay else other
                for level, stay in zip(levels, stays, strict=True)
            ],
            dtype=np.int32,
        )
        gone = ~stays
        if had_other:
            gone[levels.index(OTHER)] = False
        return pl.Series(target[codes]), new_levels, gone


def _can_fold(level: Level) -> bool:
    return level is not None and level != OTHER


def _code(entries: pl.DataFrame, keys: list[str]) -> _Coded:
    levels: list[list[Level]] = []
    codes: list[pl.Series] = []
    for key in keys:
        column = entries[key]
        code, _ = dense_codes(column)
        codes.append(pl.Series(key, code))
        values: list[Level] = column.drop_nulls().unique().sort().to_list()
        levels.append([*values, *([None] if column.null_count() else [])])
    return _Coded(entries.with_columns(codes), keys, levels)


def _assemble(names: tuple[str, ...], coded: _Coded, folded: int, request: CubeRequest) -> Cube:
    sums = [pl.col(name).sum() for name in SUMS]
    cells = coded.frame.group_by(coded.keys).agg(sums).sort(coded.keys)
    by_unit = None
    if request.unit is not None:
        unit, n_units = dense_codes(coded.frame[UNIT])
        index = cells.select(coded.keys).with_row_index("cell")
        entries = (
            coded.frame.with_columns(pl.Series(UNIT, unit))
            .join(index, on=coded.keys, how="left")
            .group_by(UNIT, "cell")
            .agg(pl.col("w").sum())
            .sort(UNIT, "cell")
        )
        by_unit = CellsByUnit(
            entries[UNIT].cast(pl.Int64).to_numpy(),
            entries["cell"].cast(pl.Int64).to_numpy(),
            entries["w"].to_numpy(),
            n_units,
            request.unit_kind,
        )
    return Cube(
        names,
        tuple(tuple(levels) for levels in coded.levels),
        cells.select(pl.col(key).cast(pl.Int64) for key in coded.keys).to_numpy(),
        cells["n"].to_numpy(),
        cells["w"].to_numpy(),
        cells["w2"].to_numpy(),
        weighted=request.weight is not None,
        by_unit=by_unit,
        folded=folded,
    )
