"""The grid of values that a column is set to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.counting import check_count
from assay.explainability.effects.reading import Reading, Scale, numbers_of
from assay.explainability.effects.spread_grid import (
    density_near,
    drawn_ends,
    inverse_quantiles,
    middle_quantiles,
    spread_values,
)
from assay.explainability.effects.table import Native, gathered
from assay.stats.sums import sums_by

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Cell = None | bool | int | float | str
Rule = Literal["quantile", "even", "buckets"]
RULES: tuple[Rule, ...] = ("quantile", "even", "buckets")
RESOLUTION = {"quantile": 20, "even": 20, "buckets": 15}
FEW_VALUES = 20
"""A column of so many different whole numbers or fewer is set to every one of them."""
MAX_LEVELS = 30
ENDS = (0.05, 0.95)
SEEN = (0.01, 0.99)


@dataclass(frozen=True, eq=False)
class Axis:
    """The values that a column is set to, and where the rows lie among them.

    Parameters
    ----------
    feature : str
    scale : {"number", "time", "category"}
    values : tuple
        Builtins for people, in order; times as ISO text, those with a time zone in UTC with a
        Z; None for a missing value, last.
    positions : ndarray, shape (n_grid,)
        Numbers along the axis (times: milliseconds since 1970); categories are counted; NaN for
        a missing value.
    column : column
        The values in the type of the column, of length n_grid.
    row_codes : ndarray of int, shape (n_rows,)
        For each row of the table the nearest grid value; -1 for values left out.
    counts : ndarray of int, shape (n_grid,)
        Rows nearest to each.
    shares : ndarray, shape (n_grid,)
        The same as a share of the weight of all rows on the grid.
    outside : ndarray of bool, shape (n_grid,)
        Beyond the 1st or the 99th percentile of the column.
    rule : str
        How the grid was made.
    n_left_out : int
        Categories that were not evaluated.
    density : tuple of (float, float, float)
        From, to, and share of the rows with a number, of 30 stretches of equal width along the
        grid and a little beyond it.
    """

    feature: str
    scale: Scale
    values: tuple[Cell, ...]
    positions: Floats
    column: Native
    row_codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    shares: Floats
    outside: NDArray[np.bool_]
    rule: str
    n_left_out: int = 0
    density: tuple[tuple[float, float, float], ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def has_missing(self) -> bool:
        """Whether the last value is a missing one."""
        return bool(self.values) and self.values[-1] is None


def make_axis(
    reading: Reading,
    weights: Floats,
    *,
    grid: str | Sequence[object] = "quantile",
    resolution: int | None = None,
    max_levels: int | None = MAX_LEVELS,
    missing: bool = True,
) -> Axis:
    """Choose the values that a column is set to.

    Parameters
    ----------
    reading : Reading
        Without a reason.
    weights : ndarray, shape (n_rows,)
    grid : {"quantile", "even", "buckets"} or sequence
        "quantile": up to 20 values that occur, evenly spread over the rows between the 5th and
        95th percentile; a value that many rows have, such as a zero, counts once where little
        else would be left. "even": evenly spaced between these percentiles. "buckets": the middles
        of 15 stretches of equal width from the smallest to the largest. Columns of 20 whole
        numbers or fewer (not with "buckets"), and all categories, are set to each of their
        values, categories by frequency ("buckets": as they are first seen). A sequence: these
        values (times also as ISO text or milliseconds since 1970); categories must occur.
    resolution : int or None
        Number of values in place of 20, 20 and 15.
    max_levels : int or None
        The most frequent categories so many.
    missing : bool
        Whether a missing value is one more, where the column has any.

    Returns
    -------
    Axis

    Raises
    ------
    InputError
        If a value of the sequence cannot be used, or the rule or resolution is none.
    """
    _check(grid, resolution)
    if reading.scale == "category":
        return _of_levels(reading, weights, grid, max_levels, missing=missing)
    return _of_numbers(reading, weights, grid, resolution, missing=missing)


def _check(grid: str | Sequence[object], resolution: int | None) -> None:
    if isinstance(grid, str) and grid not in RULES:
        msg = f"unknown grid {grid!r}; choose one of: {', '.join(RULES)}, or give the values"
        raise InputError(msg)
    if not isinstance(grid, str) and not len(grid):
        msg = "the grid has no values; give at least one, or one of: " + ", ".join(RULES)
        raise InputError(msg)
    check_count("resolution", resolution)


def _of_levels(
    reading: Reading,
    weights: Floats,
    grid: str | Sequence[object],
    max_levels: int | None,
    *,
    missing: bool,
) -> Axis:
    codes, values = reading.codes()
    cells: list[Cell] = values.to_list()
    totals = sums_by(codes[codes >= 0], weights[codes >= 0], len(cells))
    if isinstance(grid, str):
        order = np.argsort(-totals, kind="stable")
        order = order if grid != "buckets" else np.arange(len(cells))
        chosen = order[:max_levels] if max_levels is not None else order
    else:
        chosen = np.array([_seen(cell, cells, reading.feature) for cell in grid], dtype=np.intp)
    back = np.full(len(cells) + 1, -1)
    back[chosen] = np.arange(len(chosen))
    first = np.unique(codes, return_index=True)
    place = dict(zip(first[0].tolist(), first[1].tolist(), strict=True))
    places = [place[int(code)] for code in chosen]
    told = [cells[int(code)] for code in chosen]
    row_codes = back[codes]
    with_missing = missing and bool((codes < 0).any())
    if with_missing:
        told.append(None)
        places.append(place[-1])
        row_codes = np.where(codes < 0, len(told) - 1, row_codes)
    positions = np.arange(len(told), dtype=np.float64)
    if with_missing:
        positions[-1] = np.nan
    return _finished(
        reading,
        tuple(told),
        positions,
        gathered(reading.native, np.array(places, dtype=np.intp)),
        row_codes,
        weights,
        rule="every value" if isinstance(grid, str) else "given",
        n_left_out=len(cells) - len(set(chosen.tolist())),
    )


def _seen(cell: object, cells: Sequence[Cell], feature: str) -> int:
    wanted = cell if cell in cells else str(cell)
    if wanted not in cells:
        shown = ", ".join(map(repr, cells[:10])) + (", …" if len(cells) > 10 else "")
        msg = f"{feature!r} never is {cell!r} in the data; it has: {shown}"
        raise InputError(msg)
    return cells.index(wanted)  # type: ignore[arg-type]


def _of_numbers(
    reading: Reading,
    weights: Floats,
    grid: str | Sequence[object],
    resolution: int | None,
    *,
    missing: bool,
) -> Axis:
    numbers = numbers_of(reading)
    finite = np.isfinite(numbers)
    levels, first = np.unique(numbers[finite], return_index=True)
    places = np.flatnonzero(finite)[first]
    back = np.searchsorted(levels, numbers[finite])
    mass = sums_by(back, weights[finite], len(levels))
    chosen, edges, rule = _grid_of(reading, levels, mass, grid, resolution)
    row_codes = np.full(len(numbers), -1, dtype=np.int64)
    row_codes[finite] = np.searchsorted(
        edges, numbers[finite], side="right" if rule == "buckets" else "left"
    )
    column = _column_of(reading, chosen, levels, places)
    told: list[Cell] = _told(reading, chosen, column)
    positions, absent = chosen, np.isnan(numbers)
    if missing and absent.any():
        told.append(None)
        column = _with_one_more(column, gathered(reading.native, np.array([np.argmax(absent)])))
        positions = np.append(positions, np.nan)
        row_codes[absent] = len(told) - 1
    low, high = inverse_quantiles(levels, mass, np.array(SEEN))
    outside = (chosen < low) | (chosen > high)
    drawn = drawn_ends(chosen, outside & (rule == "quantile"))
    return _finished(
        reading,
        tuple(told),
        positions,
        column,
        row_codes,
        weights,
        rule=rule,
        outside=(positions < low) | (positions > high),
        density=density_near(levels, mass, *drawn),
    )


def _grid_of(
    reading: Reading,
    levels: Floats,
    mass: Floats,
    grid: str | Sequence[object],
    resolution: int | None,
) -> tuple[Floats, Floats, str]:
    """Return the values, the edges between what is nearest to each, and the rule for people."""
    if not isinstance(grid, str):
        chosen = _given(reading, grid)
        return chosen, (chosen[1:] + chosen[:-1]) / 2, "given"
    n = resolution or RESOLUTION[grid]
    if grid == "buckets":
        if levels[0] == levels[-1]:
            return levels[:1], levels[:0], "buckets"
        edges = np.linspace(levels[0], levels[-1], n + 1)
        return _storable(reading, (edges[1:] + edges[:-1]) / 2), edges[1:-1], "buckets"
    if len(levels) <= 1 or (reading.whole and len(levels) <= FEW_VALUES):
        chosen, rule = levels, "every value"
    elif grid == "quantile":
        chosen = spread_values(levels, mass, ENDS, n)
        rule = "quantile"
    else:
        low, high = middle_quantiles(levels, mass, np.array(ENDS))
        chosen = np.linspace(low, high, n) if len(levels) > n else levels
        chosen = np.unique(np.rint(chosen)) if reading.integers else np.unique(chosen)
        chosen = np.unique(_storable(reading, chosen))
        rule = "even"
    return chosen, (chosen[1:] + chosen[:-1]) / 2, rule


def _storable(reading: Reading, chosen: Floats) -> Floats:
    """Return times as they can be stored: whole days of dates, whole units of others."""
    if not reading.series.dtype.is_temporal():
        return chosen
    return np.rint(chosen * reading.unit) / reading.unit


def _given(reading: Reading, grid: Sequence[object]) -> Floats:
    cells = pl.Series(list(grid), strict=False)
    try:
        if reading.series.dtype.is_temporal() and not cells.dtype.is_numeric():
            if cells.dtype == pl.String:
                cells = cells.str.to_datetime(strict=True)
            stored = cells.cast(reading.series.dtype).to_physical()
            return np.unique(stored.cast(pl.Float64).to_numpy() / reading.unit)
        numbers = cells.cast(pl.Float64).to_numpy()
    except pl.exceptions.PolarsError as error:
        msg = f"the grid of {reading.feature!r} holds values that are none of its kind: {grid!r}"
        raise InputError(msg) from error
    if not np.isfinite(numbers).all():
        msg = f"the grid of {reading.feature!r} holds values that are no finite number: {grid!r}"
        raise InputError(msg)
    return np.unique(numbers)


def _column_of(reading: Reading, chosen: Floats, levels: Floats, places: Index) -> Native:
    """Return the values in the column's type: gathered where all occur, else made."""
    at = np.minimum(np.searchsorted(levels, chosen), len(levels) - 1)
    if np.array_equal(levels[at], chosen):
        return gathered(reading.native, places[at])
    return reading.made(chosen)


def _told(reading: Reading, chosen: Floats, column: Native) -> list[Cell]:
    if reading.scale == "time":
        times = pl.Series(np.rint(chosen).astype(np.int64)).cast(pl.Datetime("ms"))
        days = bool((chosen % 86_400_000 == 0).all())
        zone = "Z" if getattr(reading.series.dtype, "time_zone", None) else ""
        form = "%Y-%m-%d" if days and not zone else f"%Y-%m-%dT%H:%M:%S{zone}"
        return times.dt.strftime(form).to_list()
    if reading.integers and np.array_equal(chosen, np.rint(chosen)):
        return [int(number) for number in chosen]
    return chosen.tolist()


def _with_one_more(column: Native, more: Native) -> Native:
    if isinstance(column, pl.Series):
        return pl.concat([column, more.cast(column.dtype)])
    if isinstance(column, np.ndarray):
        return np.concatenate([column, np.asarray(more)])
    import pandas as pd

    return pd.concat([pd.Series(column), pd.Series(more)], ignore_index=True).array


def _finished(
    reading: Reading,
    told: tuple[Cell, ...],
    positions: Floats,
    column: Native,
    row_codes: NDArray[np.int64],
    weights: Floats,
    *,
    rule: str,
    n_left_out: int = 0,
    outside: NDArray[np.bool_] | None = None,
    density: tuple[tuple[float, float, float], ...] = (),
) -> Axis:
    on = row_codes >= 0
    counts = np.bincount(row_codes[on], minlength=len(told)).astype(np.int64)
    mass = sums_by(row_codes[on], weights[on], len(told))
    total = mass.sum()
    return Axis(
        feature=reading.feature,
        scale=reading.scale,
        values=told,
        positions=positions,
        column=column,
        row_codes=row_codes.astype(np.int64),
        counts=counts,
        shares=mass / total if total > 0 else mass,
        outside=np.zeros(len(told), dtype=bool) if outside is None else outside,
        rule=rule,
        n_left_out=n_left_out,
        density=density,
    )
