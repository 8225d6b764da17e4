"""Samples of judged and train rows in; those whose numbers nearly agree out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.schema import Column
from assay.data_quality.leakage.skill import value_codes
from assay.data_quality.leakage.tables import LeakTables

MOST_TRAIN, MOST_JUDGED = 50_000, 4_000
MOST_CELLS = 10_000_000_000
"""Differences of numbers that are taken: the more columns, the fewer judged rows are asked."""
NEAR = 0.01
LEAST_COLUMNS = 2
LEAST_ROWS = 30
MIN_DISTINCT = 20
"""Numbers of fewer values are treated as categories: they have to match."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NearTwins:
    """Which of the sampled rows have a near twin.

    Parameters
    ----------
    places : ndarray of int
        Numbers of the judged rows that were asked.
    near : ndarray of bool, of the same shape
        Whether a train row is a near twin, and none an exact one.
    near_within : ndarray of bool
        Train rows that were asked: whether another one is a near twin.
    sampled : str
        What was compared, in words.
    """

    places: NDArray[np.int64]
    near: NDArray[np.bool_]
    near_within: NDArray[np.bool_]
    sampled: str


def near_number_twins(tables: LeakTables) -> NearTwins | str:
    """Find judged rows whose numbers lie next to those of a train row, all else being equal.

    Numbers are scaled by median and quartiles of train. A near twin lies nearer than 1 % of the
    median distance from a train row to the next one, and is not equal; what is no number (and
    numbers of few values) has to match. Searched exactly in up to 50,000 train rows.

    Parameters
    ----------
    tables : LeakTables
        With train rows.

    Returns
    -------
    NearTwins or str
        A text says why it cannot be told.
    """
    assert tables.train is not None
    columns = [c for c in tables.described if c.storage in ("int64", "float64", "bool", "utf8")]
    columns = [c for c in columns if c.kind not in ("text", "id", "empty")]
    train = tables.train.data.sample(MOST_TRAIN, seed=tables.seed)
    judged = tables.data.data.sample(MOST_JUDGED, seed=tables.seed)
    numeric = [
        c for c in columns if c.kind == "continuous" and train[c.name].n_unique() >= MIN_DISTINCT
    ]
    if len(numeric) < LEAST_COLUMNS:
        return f"fewer than {LEAST_COLUMNS} columns are numbers of many values"
    others = [c for c in columns if c not in numeric]
    joined = pl.concat(
        [train.select(c.name for c in columns), judged.select(c.name for c in columns)],
        how="vertical_relaxed",
    )
    points, blocks = _scaled(joined, numeric, train.height), _blocks(joined, others)
    n = train.height
    asked = min(judged.height, max(LEAST_ROWS, MOST_CELLS // (2 * n * len(numeric))))
    reference = _reference(points[:n], asked)
    if reference is None:
        return "train rows lie on each other, so that near says nothing"
    reach = NEAR * reference
    near = _nearest(points[n:][:asked], blocks[n:][:asked], points[:n], blocks[:n])
    own = np.random.default_rng(tables.seed).permutation(n)[:asked]
    within = _nearest(points[own], blocks[own], points[:n], blocks[:n], own=own)
    places = _places(tables, judged.height)[:asked]
    sampled = f"{asked:,} judged rows against {n:,} train rows"
    return NearTwins(places, _inside(near, reach), _inside(within, reach), sampled)


def _places(tables: LeakTables, rows: int) -> NDArray[np.int64]:
    from assay.data.engines.mixing import choose_rows  # noqa: PLC0415

    return choose_rows(tables.data.rows, rows, seed=tables.seed)


def _inside(nearest: Floats, reach: float) -> NDArray[np.bool_]:
    return (nearest > 0) & (nearest < reach)


def _scaled(frame: pl.DataFrame, columns: list[Column], n_train: int) -> Floats:
    """Return numbers less the median of train, over the distance of its quartiles; 0 for none."""
    points = np.empty((frame.height, len(columns)))
    for at, column in enumerate(columns):
        numbers = frame[column.name].cast(pl.Float64).to_numpy()
        finite = numbers[:n_train][np.isfinite(numbers[:n_train])]
        low, middle, high = np.percentile(finite, [25, 50, 75]) if len(finite) else (0, 0, 1)
        spread = high - low or float(finite.std()) or 1.0
        points[:, at] = np.nan_to_num(
            (numbers - middle) / spread, nan=0.0, posinf=1e6, neginf=-1e6
        )
    return points


def _blocks(frame: pl.DataFrame, columns: list[Column]) -> NDArray[np.int64]:
    """Return a code for each combination of what has to match."""
    if not columns:
        return np.zeros(frame.height, dtype=np.int64)
    codes = np.column_stack([value_codes(frame[c.name], c) for c in columns])
    mixed = pl.DataFrame(codes).hash_rows(seed=0).to_numpy()
    return np.unique(mixed, return_inverse=True)[1].astype(np.int64)


def _reference(points: Floats, asked: int) -> float | None:
    """Return the median distance from a train row to the next one, whatever else differs."""
    rows = np.random.default_rng(1).permutation(len(points))[: min(asked, 1_000)]
    zeros = np.zeros(len(points), dtype=np.int64)
    nearest = _nearest(points[rows], zeros[rows], points, zeros, own=rows)
    nearest = nearest[np.isfinite(nearest)]
    if len(nearest) < LEAST_ROWS:
        return None
    middle = float(np.median(nearest))
    return middle if middle > 0 else None


def _nearest(
    asked: Floats,
    asked_blocks: NDArray[np.int64],
    points: Floats,
    blocks: NDArray[np.int64],
    *,
    own: NDArray[np.int64] | None = None,
) -> Floats:
    """Return the distance of each asked row to the nearest point of its block; inf without one."""
    nearest = np.full(len(asked), np.inf)
    for rows, there in _by_block(asked_blocks, blocks):
        for part in np.array_split(rows, max(1, len(rows) * len(there) // 20_000_000)):
            squared = _distances(asked[part], points[there])
            if own is not None:
                squared[own[part][:, None] == there[None, :]] = np.inf
            best = squared.argmin(axis=1)
            exact = points[there[best]] - asked[part]  # without the rounding of the fast form
            found = np.sqrt((exact**2).sum(axis=1))
            nearest[part] = np.where(np.isfinite(squared.min(axis=1)), found, np.inf)
    return nearest


def _distances(asked: Floats, points: Floats) -> Floats:
    squared = (asked**2).sum(axis=1)[:, None] + (points**2).sum(axis=1)[None, :]
    squared -= 2 * asked @ points.T
    return squared


def _by_block(
    asked: NDArray[np.int64], blocks: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the asked rows and the points of each block that has both."""
    order = np.argsort(blocks, kind="stable")
    sorted_blocks = blocks[order]
    asked_order = np.argsort(asked, kind="stable")
    values, starts = np.unique(asked[asked_order], return_index=True)
    ends = [*starts[1:], len(asked)]
    low = np.searchsorted(sorted_blocks, values, side="left")
    high = np.searchsorted(sorted_blocks, values, side="right")
    for at in np.flatnonzero(high > low):
        yield asked_order[starts[at] : ends[at]], order[low[at] : high[at]]
