"""A place in the ranking in, the rows above it and how a share of them varies out."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.metrics.scores.levels import levels_of, score_spread
from assay.stats.levels import Floats, RankStatistic
from assay.stats.spread import Spread
from assay.tables.score_table import ScoreTable

_NEXT_DOOR = 0.5
_LEAST_NEXT_DOOR = 5.0
_NARROWER_BEYOND = 100.0
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Cut:
    """A ranking cut in two: the rows below, at and above one score.

    Rows that share the score at the cut lie above it in part: each counts as much as it would
    on average over the orders that ties could have.

    Parameters
    ----------
    table : ScoreTable
        Three levels: below, at, and above the cut.
    part : float
        Share of the level at the cut that lies above it, in [0, 1].
    positive, negative : float
        Weight above the cut.
    """

    table: ScoreTable
    part: float
    positive: float
    negative: float

    @property
    def above(self) -> Floats:
        """How much of each of the three levels lies above the cut."""
        return np.array([0.0, self.part, 1.0])

    def spread(self, positive: Floats, negative: Floats) -> Spread:
        """Return how a statistic varies over samples.

        Parameters
        ----------
        positive, negative : ndarray of float, shape (3,)
            Influence of one more unit of weight of each class below, at and above the cut.

        Returns
        -------
        Spread
        """
        statistic = RankStatistic(0.0, positive, negative)
        return score_spread(self.table, levels_of(self.table), statistic)


def cut_at(
    table: ScoreTable, along: Floats, target: float, *, side: Literal["left", "right"] = "right"
) -> Cut:
    """Cut a ranking where a sum from the top reaches a target.

    Parameters
    ----------
    table : ScoreTable
    along : ndarray of float, shape (n_levels + 1,)
        Ascending from 0: weight of whatever is counted in the highest k levels.
    target : float
        In (0, along[-1]].
    side : {"left", "right"}
        Where levels that add nothing to `along` follow the place: "left" leaves them below the
        cut, "right" takes them in.

    Returns
    -------
    Cut

    Examples
    --------
    >>> ones = np.ones(4, dtype=np.int64)
    >>> table = ScoreTable(np.arange(4.0), np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    >>> cut = cut_at(table, np.arange(5.0), 2.5)
    >>> cut.positive, cut.negative, cut.part
    (2.0, 0.5, 0.5)
    """
    whole, part = _place(along, target, side)
    positive, negative = (
        float(sums[whole] + part * (sums[whole + 1] - sums[whole])) for sums in table.from_top
    )
    return Cut(_three_levels(table, len(table.score) - 1 - whole), part, positive, negative)


def pool(table: ScoreTable) -> ScoreTable:
    """Return the table with all its rows at one score.

    Examples
    --------
    >>> table = ScoreTable(np.arange(2.0), np.array([0, 3]), np.array([2, 1]))
    >>> pool(table).n_pos.tolist(), pool(table).n_neg.tolist()
    ([3], [3])
    """
    return _gathered(table, (0,))


def split(table: ScoreTable, level: int) -> ScoreTable:
    """Return the table with the levels before one, and those from it on, gathered into two.

    Examples
    --------
    >>> table = ScoreTable(np.arange(3.0), np.array([0, 3, 1]), np.array([2, 1, 0]))
    >>> split(table, 1).n_pos.tolist(), split(table, 1).n_neg.tolist()
    ([0, 4], [2, 1])
    """
    return _gathered(table, (0, level))


def _three_levels(table: ScoreTable, level: int) -> ScoreTable:
    """Return the table with all levels below one, and all above it, gathered."""
    return _gathered(table, (0, level, level + 1))


def _gathered(table: ScoreTable, starts: tuple[int, ...]) -> ScoreTable:
    """Return the table with the levels from each start to the next as one level."""
    ends = (*starts[1:], len(table.score))

    def gathered(amount: NDArray[np.generic]) -> Floats:
        sums = [amount[start:end].sum() for start, end in zip(starts, ends, strict=True)]
        return np.array(sums, dtype=np.float64)

    rows = table.rows
    if rows is not None:
        place = np.searchsorted(np.array(starts[1:]), rows.level, side="right")
        rows = replace(rows, level=place.astype(np.int32))
    names = ("w_pos", "w_neg", "w2_pos", "w2_neg")
    weights = {name: gathered(getattr(table, name)) for name in names if table.weighted}
    return ScoreTable(
        np.arange(len(starts), dtype=np.float64),
        gathered(table.n_pos).astype(np.int64),
        gathered(table.n_neg).astype(np.int64),
        **weights,
        exact=table.exact,
        rows=rows,
    )


def squares_from_top(table: ScoreTable) -> tuple[Floats, Floats]:
    """Return the squared weight of positives and of negatives in the highest k levels.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    tuple of ndarray, shape (n_levels + 1,) each
        `ScoreTable.from_top` itself where rows are not weighted.
    """
    if not table.weighted:
        return table.from_top
    positive, negative = (np.cumsum(part[::-1]) for part in table.squared_weights())
    return np.append(0.0, positive), np.append(0.0, negative)


def slope_at(along: Floats, counted: Floats, target: float, rows: float) -> float:
    """Return how fast one sum grows with another around a place in the ranking.

    Parameters
    ----------
    along, counted : ndarray of float, shape (n_levels + 1,)
        Sums from the top; `along` ascending.
    target : float
        The place, in units of `along`.
    rows : float
        Rows on the smaller side of the place: the more, the closer to it one can look.

    Returns
    -------
    float
        Change of `counted` for one more unit of `along`, >= 0.
    """
    return float(slopes_at(along, counted, np.array([target]), np.array([rows]))[0])


def slopes_at(along: Floats, counted: Floats, target: Floats, rows: Floats) -> Floats:
    """Return `slope_at` for many places at once, shape (n_places,)."""
    rows = np.maximum(rows, 1.0)
    reach = _NEXT_DOOR * np.minimum(1.0, (rows / _NARROWER_BEYOND) ** -0.2)
    reach = np.maximum(reach, np.minimum(1.0, _LEAST_NEXT_DOOR / rows))
    half = reach * np.minimum(target, along[-1] - target)
    low, high = (np.interp(target + sign * half, along, counted) for sign in (-1, 1))
    return np.divide(high - low, 2 * half, out=np.zeros_like(half), where=half > 0)


def _place(along: Floats, target: float, side: Literal["left", "right"]) -> tuple[int, float]:
    """Return the whole levels above a place, and the share of the next one that is."""
    nudge = _ROUNDING if side == "right" else -_ROUNDING
    found = int(np.searchsorted(along, target * (1 + nudge), side=side))
    whole = min(max(found, 1), len(along) - 1) - 1
    step = float(along[whole + 1] - along[whole])
    part = (target - float(along[whole])) / step if step > 0 else 1.0
    return whole, min(max(part, 0.0), 1.0)
