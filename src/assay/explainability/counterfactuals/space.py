"""Data in; distances of rows, how plausible they are, and the values a row may take out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import ColumnNotFoundError, InputError
from assay.explainability.pool import RowPool

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
Range = tuple[float | None, float | None] | Literal["up", "down"] | Collection[object]
ALL_VALUES = 50
LEVELS = 20
CATEGORIES = 30
PLAUSIBLE = 0.99
PROBED = 1000
COMPARED = 5000
NORMAL = 1.4826
"""Median absolute deviation times this is the standard deviation of a normal law."""


@dataclass(frozen=True, eq=False)
class Space:
    """Rows of data as a space with distances.

    Parameters
    ----------
    pool : RowPool
        First the explained rows, then the data.
    n_rows : int
        How many of the pool's rows are explained.
    numbers : tuple of (ndarray or None)
        Each column of the pool as numbers, NaN where missing; None where it has no order.
    codes : ndarray of int, shape (len(pool), n_columns)
        Equal where values are.
    scales : ndarray, shape (n_columns,)
        Distance 1 of each numeric column.
    near : ndarray of int
        Rows of the pool that stand for the data where nearness is judged.
    limit : float
        Distance to the nearest row of data that 99 % of the data stay within.
    """

    pool: RowPool
    n_rows: int
    numbers: tuple[Floats | None, ...]
    codes: NDArray[np.int64]
    scales: Floats
    near: Index
    limit: float

    def apart(self, places: Index, others: Index) -> Floats:
        """Return distances of rows, each of whose cells is from a row of the pool.

        Numbers are as far apart as their difference over the median absolute deviation, times
        1.4826; other values, and missing ones, are 1 apart where they differ.

        Parameters
        ----------
        places : ndarray of int, shape (n, n_columns)
        others : ndarray of int, shape (m,)
            Rows of the pool.

        Returns
        -------
        ndarray, shape (n, m)
        """
        out = np.zeros((len(places), len(others)))
        for column, numbers in enumerate(self.numbers):
            here = places[:, column]
            differs = (self.codes[here, column, None] != self.codes[others, column]).astype(float)
            if numbers is not None:
                away = np.abs(numbers[here, None] - numbers[others]) / self.scales[column]
                differs = np.where(np.isfinite(away), away, differs)
            out += differs
        return out

    def changed_by(self, row: int, places: Index) -> Floats:
        """Return by how much rows differ from an explained row, and 1 for each changed column.

        Parameters
        ----------
        row : int
        places : ndarray of int, shape (n, n_columns)

        Returns
        -------
        ndarray, shape (n,)
        """
        changed = (self.codes[places, np.arange(places.shape[1])] != self.codes[row]).sum(axis=1)
        return self.apart(places, np.array([row], dtype=np.intp))[:, 0] + changed

    def nearest(self, places: Index) -> Floats:
        """Return the distance of each row to the nearest row of data, shape (n,)."""
        return self.apart(places, self.near).min(axis=1)

    def limit_for(self, row: int) -> float:
        """Return how far a change of this row may be from the data: no further than itself."""
        own = np.repeat(np.array([[row]]), len(self.numbers), axis=1)
        away = self.apart(own.astype(np.intp), self.near)[0]
        beside = away[away > 0]
        return max(self.limit, float(beside.min()) if len(beside) and (away > 0).all() else 0.0)


def space_of(pool: RowPool, n_rows: int, rng: np.random.Generator) -> Space:
    """Measure the data of a pool.

    Parameters
    ----------
    pool : RowPool
        First the explained rows, then the data.
    n_rows : int
    rng : numpy.random.Generator
        Chooses 5,000 rows of larger data, and 1,000 whose own nearest distances are measured.
    """
    data = np.arange(n_rows, len(pool))
    numbers = tuple(pool.numbers(place) for place in range(len(pool.columns)))
    scales = np.array([_scale(None if n is None else n[data]) for n in numbers])
    near = data if len(data) <= COMPARED else np.sort(rng.choice(data, COMPARED, replace=False))
    space = Space(pool, n_rows, numbers, pool.codes(), scales, near.astype(np.intp), 0.0)
    probe = near if len(near) <= PROBED else np.sort(rng.choice(near, PROBED, replace=False))
    own = [
        _without_itself(space, part)
        for part in np.array_split(probe.astype(np.intp), max(1, len(probe) // 250))
    ]
    distances = np.concatenate(own)
    known = distances[np.isfinite(distances)]
    limit = float(np.quantile(known, PLAUSIBLE)) if len(known) else float("inf")
    return Space(pool, n_rows, numbers, space.codes, scales, space.near, limit)


def _without_itself(space: Space, rows: Index) -> Floats:
    away = space.apart(np.repeat(rows[:, None], len(space.numbers), axis=1), space.near)
    away[rows[:, None] == space.near] = np.inf
    return away.min(axis=1)


def _scale(numbers: Floats | None) -> float:
    if numbers is None:
        return 1.0
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return 1.0
    spread = NORMAL * float(np.median(np.abs(known - np.median(known))))
    return spread or float(known.std()) or 1.0


@dataclass(frozen=True, eq=False)
class Choice:
    """The values of one column that a row may take.

    Parameters
    ----------
    column : int
    rows : ndarray of int, shape (n_values,)
        A row of the pool that has each value; ascending where the column is numeric.
    tried : ndarray of int
        Those that are tried first: all, or quantiles, the nearest first.
    numeric : bool
    """

    column: int
    rows: Index
    tried: Index
    numeric: bool


def choices_of(
    space: Space,
    row: int,
    mutable: Sequence[str] | None = None,
    ranges: Mapping[str, Range] | None = None,
) -> list[Choice]:
    """List what each column of a row may be changed to: values that the data have.

    Parameters
    ----------
    space : Space
    row : int
        Of the pool.
    mutable : sequence of str or None
        Columns that may change; None: all.
    ranges : mapping or None
        Column → (low, high), either of which may be None; "up" or "down" from the row's own
        value; or a collection of values.

    Returns
    -------
    list of Choice
        Without columns that have no other value. A missing value is never tried.

    Raises
    ------
    ColumnNotFoundError
        If a column is not one of the model's.
    InputError
        If a range is none, or is of a column that has no order.
    """
    columns, limits = space.pool.columns, dict(ranges or {})
    if not isinstance(mutable, Collection | None):
        msg = f"mutable must be names of columns, not {type(mutable).__name__}"
        raise InputError(msg)
    missing = {*(mutable or ()), *limits} - set(columns)
    if missing:
        raise ColumnNotFoundError(missing, columns, where="the model")
    found: list[Choice] = []
    for place, name in enumerate(columns):
        if mutable is None or name in mutable:
            choice = _choice(space, row, place, limits.get(name))
            if len(choice.rows):
                found.append(choice)
    return found


def _choice(space: Space, row: int, place: int, allowed: Range | None) -> Choice:
    numbers = space.numbers[place]
    data = np.arange(space.n_rows, len(space.pool))
    codes = space.codes[data, place]
    _, first, counts = np.unique(codes, return_index=True, return_counts=True)
    rows = data[first]
    kept = space.codes[rows, place] != space.codes[row, place]
    kept &= ~np.array([_is_missing(space, each, place) for each in rows.tolist()], dtype=bool)
    kept &= _allowed(space, row, rows, place, allowed)
    rows, counts = rows[kept], counts[kept]
    if numbers is None:
        frequent = rows[np.argsort(-counts, kind="stable")]
        return Choice(place, frequent, frequent[:CATEGORIES], numeric=False)
    rows = rows[np.argsort(numbers[rows], kind="stable")]
    tried = rows
    if len(rows) > ALL_VALUES:
        held = np.sort(numbers[data][np.isfinite(numbers[data])])
        held = held[(held >= numbers[rows[0]]) & (held <= numbers[rows[-1]])]
        levels = held[np.linspace(0, len(held) - 1, LEVELS).astype(np.intp)]
        tried = rows[np.unique(np.searchsorted(numbers[rows], levels).clip(0, len(rows) - 1))]
    own = numbers[row]
    if np.isfinite(own):
        tried = tried[np.argsort(np.abs(numbers[tried] - own), kind="stable")]
    return Choice(place, rows.astype(np.intp), tried.astype(np.intp), numeric=True)


def _is_missing(space: Space, row: int, place: int) -> bool:
    numbers = space.numbers[place]
    if numbers is not None:
        return not np.isfinite(numbers[row])
    value = space.pool.value(row, place)
    return value is None or (isinstance(value, float) and value != value)


def _allowed(
    space: Space, row: int, rows: Index, place: int, allowed: Range | None
) -> NDArray[np.bool_]:
    if allowed is None:
        return np.ones(len(rows), dtype=bool)
    name, numbers = space.pool.columns[place], space.numbers[place]
    if isinstance(allowed, str) or (isinstance(allowed, tuple) and _are_ends(allowed)):
        if numbers is None:
            msg = f"column {name!r} has no order; its range must list the values that are allowed"
            raise InputError(msg)
        low, high = _ends(name, allowed, float(numbers[row]))
        return (numbers[rows] >= low) & (numbers[rows] <= high)
    listed = set(map(str, allowed))
    return np.array([str(space.pool.value(each, place)) in listed for each in rows.tolist()], bool)


def _are_ends(allowed: tuple[object, ...]) -> bool:
    return len(allowed) == 2 and all(
        end is None or (isinstance(end, int | float) and not isinstance(end, bool))
        for end in allowed
    )


def _ends(name: str, allowed: object, own: float) -> tuple[float, float]:
    if isinstance(allowed, str):
        if allowed not in ("up", "down"):
            msg = (
                f"the range {allowed!r} of column {name!r} is none: give (low, high), 'up', "
                "'down', or a list of values"
            )
            raise InputError(msg)
        if not np.isfinite(own):
            return -np.inf, np.inf
        return (own, np.inf) if allowed == "up" else (-np.inf, own)
    assert isinstance(allowed, tuple)
    low = -np.inf if allowed[0] is None else float(allowed[0])
    high = np.inf if allowed[1] is None else float(allowed[1])
    if not low <= high:
        msg = f"the range {allowed} of column {name!r} holds no number: the lower end comes first"
        raise InputError(msg)
    return low, high
