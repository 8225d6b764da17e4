"""Scores by group and label: ranks and means of any union of groups."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assay.bias.facet import Facet
from assay.bias.group_means import GroupMeans, moments_of_entries
from assay.stats.levels import Levels
from assay.stats.sums import sums_by
from assay.tables.group_scores import GroupScoreTable
from assay.tables.units import CellsByUnit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RankSums:
    """The rows of some groups at each rank that they have.

    Parameters
    ----------
    rank : ndarray of int, shape (n_levels,)
        Ascending; some of them may hold nothing.
    levels : Levels
        Weights of positives and of negatives.
    squares : Levels
        Sums of squared weights.
    """

    rank: Ints
    levels: Levels
    squares: Levels


@dataclass(frozen=True, eq=False)
class GroupScores:
    """The entries of a `GroupScoreTable` with the group of each; what has no group is gone.

    Parameters
    ----------
    groups : tuple of str
    group : ndarray of int, shape (n_entries,)
        Index into `groups`.
    rank : ndarray of int, shape (n_entries,)
        Index into `low` and `high`, ascending.
    score : ndarray of float, shape (n_entries,)
    positive : ndarray of bool or None, shape (n_entries,)
        None where scores were counted without a label.
    n : ndarray of int, shape (n_entries,)
    w, w2 : ndarray of float, shape (n_entries,)
        Sums of weights and of squared weights.
    low, high : ndarray of float, shape (n_ranks,)
        Smallest and largest score of each rank.
    weighted, exact : bool
    by_unit : CellsByUnit or None
        The entries by independent unit.
    as_probabilities : bool
        Whether a score may be read as the probability of the positive outcome.
    """

    groups: tuple[str, ...]
    group: Ints
    rank: Ints
    score: Floats
    positive: Flags | None
    n: Ints
    w: Floats
    w2: Floats
    low: Floats
    high: Floats
    weighted: bool = False
    exact: bool = True
    by_unit: CellsByUnit | None = None
    as_probabilities: bool = False

    @property
    def labelled(self) -> bool:
        """Whether the label is known."""
        return self.positive is not None

    @cached_property
    def rows(self) -> Ints:
        """Rows of each group without and with the positive label, shape (n_groups, 2)."""
        label = np.zeros(len(self.n), dtype=np.int64) if self.positive is None else self.positive
        found = np.bincount(self.group * 2 + label, weights=self.n, minlength=2 * len(self.groups))
        return found.astype(np.int64).reshape(-1, 2)

    @cached_property
    def _runs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Entries in the order of their groups, and where each group's begin."""
        order = np.argsort(self.group, kind="stable")
        return order, np.searchsorted(self.group[order], np.arange(len(self.groups) + 1))

    @cached_property
    def _all(self) -> RankSums:
        every = np.arange(len(self.low), dtype=np.int64)
        slots = self._sums(np.arange(len(self.group)), self.rank, len(self.low))
        return RankSums(every, Levels(*slots[:2]), Levels(*slots[2:]))

    @cached_property
    def means(self) -> GroupMeans:
        """Of "score", and with a label of "gap" (label less score) and "brier", its square."""
        terms = {"score": self.score}
        if self.positive is not None:
            gap = self.positive - self.score
            terms |= {"gap": gap, "brier": gap**2}
        return self._means(terms, np.ones(len(self.n), dtype=bool))

    @cached_property
    def positive_means(self) -> GroupMeans:
        """Of "score" among the rows with the positive label."""
        return self._means({"score": self.score}, self._with_label(positive=True))

    @cached_property
    def negative_means(self) -> GroupMeans:
        """Of "score" among the rows without the positive label."""
        return self._means({"score": self.score}, self._with_label(positive=False))

    def _with_label(self, *, positive: bool) -> Flags:
        if self.positive is None:
            return np.zeros(len(self.n), dtype=bool)
        return self.positive if positive else ~self.positive

    def _means(self, terms: dict[str, Floats], among: Flags) -> GroupMeans:
        moments = moments_of_entries(
            self.groups,
            self.group,
            terms,
            (self.n, self.w, self.w2),
            among=among,
            weighted=self.weighted,
            units=self.by_unit,
        )
        return GroupMeans(self.groups, moments)

    def entries(self, inside: Flags) -> NDArray[np.intp]:
        """Return the entries of some groups, in ascending order of their ranks."""
        order, starts = self._runs
        wanted = np.flatnonzero(inside)
        if len(wanted) == 1:
            return order[starts[wanted[0]] : starts[wanted[0] + 1]]
        return np.flatnonzero(inside[self.group])

    @cached_property
    def unit_group(self) -> Ints:
        """The group of each entry of `by_unit`."""
        assert self.by_unit is not None
        return self.group[self.by_unit.cell]

    def unit_entries(self, inside: Flags) -> tuple[NDArray[np.intp], int]:
        """Return the entries of `by_unit` that belong to some groups, and how many units have."""
        units = self.by_unit
        assert units is not None
        held = np.flatnonzero(inside[self.unit_group])
        return held, int(np.count_nonzero(np.bincount(units.unit[held])))

    @cached_property
    def _lately(self) -> dict[bytes, RankSums]:
        """What was asked for last: several metrics of one split ask for the same."""
        return {}

    def ranked(self, inside: Flags) -> RankSums:
        """Return the rows of some groups by rank.

        What most rows belong to is made from all rows less the others, so that each of a hundred
        groups against the rest costs little.
        """
        asked = inside.tobytes()
        if asked not in self._lately:
            while len(self._lately) > 1:
                self._lately.pop(next(iter(self._lately)))
            share = self.rows[inside].sum() / max(1, self.rows.sum())
            self._lately[asked] = self._direct(inside) if share <= 0.5 else self._left(~inside)
        return self._lately[asked]

    def _direct(self, inside: Flags) -> RankSums:
        at = self.entries(inside)
        rank, local = np.unique(self.rank[at], return_inverse=True)
        slots = self._sums(at, local, len(rank))
        return RankSums(rank, Levels(*slots[:2]), Levels(*slots[2:]))

    def _left(self, outside: Flags) -> RankSums:
        """Return the rows of all groups but some."""
        whole, others = self._all, self._direct(outside)
        levels = _less(whole.levels, others.levels, others.rank)
        if not self.weighted:
            return RankSums(whole.rank, levels, levels)
        return RankSums(whole.rank, levels, _less(whole.squares, others.squares, others.rank))

    def _sums(self, at: NDArray[np.intp], place: NDArray[np.intp], size: int) -> list[Floats]:
        """Return the weights of positives and negatives by place, then their squares."""
        w, w2 = self.w[at], self.w2[at]
        positive = np.zeros(len(at), dtype=bool) if self.positive is None else self.positive[at]
        parts = [(w, positive), (w, ~positive)]
        if self.weighted:
            parts += [(w2, positive), (w2, ~positive)]
        sums = [sums_by(place, weight * flag, size) for weight, flag in parts]
        return sums if self.weighted else [*sums, *sums]


def _less(whole: Levels, part: Levels, rank: Ints) -> Levels:
    """Return weights less those of some of their rows, which lie at `rank`."""
    slots = whole.positive.copy(), whole.negative.copy()
    for left, gone in zip(slots, (part.positive, part.negative), strict=True):
        left[rank] = np.maximum(left[rank] - gone, 0.0)
    return Levels(*slots)


def group_scores(
    facet: Facet, table: GroupScoreTable, *, as_probabilities: bool = False
) -> GroupScores:
    """Give each entry of a table its group; what has none is left out.

    Parameters
    ----------
    facet : Facet
        The table was made by its keys.
    table : GroupScoreTable
    as_probabilities : bool
        Whether the scores are probabilities of the positive outcome; false where one of them
        lies outside [0, 1].

    Returns
    -------
    GroupScores
    """
    group = facet.place(table.levels, table.codes)[table.cell]
    kept = np.flatnonzero(group >= 0)
    w = table.w[kept]
    inside = not len(table.low) or bool(table.low[0] >= 0 and table.high[-1] <= 1)
    return GroupScores(
        facet.groups,
        group[kept],
        table.rank[kept],
        table.score[kept],
        None if table.positive is None else table.positive[kept],
        table.n[kept],
        w,
        table.w2[kept] if table.weighted else w,
        table.low,
        table.high,
        table.weighted,
        table.exact,
        None if table.by_unit is None else _kept_units(table.by_unit, kept, len(group)),
        as_probabilities=as_probabilities and inside,
    )


def _kept_units(units: CellsByUnit, kept: NDArray[np.intp], n_entries: int) -> CellsByUnit:
    new = np.full(n_entries, -1, dtype=np.int64)
    new[kept] = np.arange(len(kept))
    entry = new[units.cell]
    held = entry >= 0
    return CellsByUnit(units.unit[held], entry[held], units.w[held], units.n_units, units.kind)
