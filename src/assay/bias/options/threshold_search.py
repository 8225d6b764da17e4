"""Each group's cuts in; the choices of one cut a group that no other choice beats, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SAME = 1e-12
_HELD = 50_000
_PAIRS_AT_MOST = 2_500_000
MAX_GAPS = 60
"""Gaps that are tried where two rates must agree at once and there are many."""


@dataclass(frozen=True, eq=False)
class GroupCuts:
    """What each cut of one group gives; ascending in how many are accepted.

    Parameters
    ----------
    cut : ndarray of int, shape (n_cuts,)
    value : ndarray of float, shape (n_cuts,)
        What the group adds to the objective; higher is better.
    rates : tuple of ndarray of float, shape (n_cuts,)
        The rates that are to agree between groups, each ascending; () for a group that does not
        count in the gap.
    """

    cut: NDArray[np.int64]
    value: Floats
    rates: tuple[Floats, ...]


@dataclass(frozen=True)
class Choice:
    """One cut for each group, by place among its cuts; its gap and its objective."""

    gap: float
    value: float
    places: tuple[int, ...]


def best_choices(cuts: Sequence[GroupCuts]) -> list[Choice]:
    """Return the choices that are best for their gap, from the smallest gap to the best value.

    With one rate all of them are found; with two, those for the gaps that are possible, or for 60
    of these where there are more.

    Parameters
    ----------
    cuts : sequence of GroupCuts

    Returns
    -------
    list of Choice
        Ascending in gap and in value.
    """
    counted = [each for each in cuts if each.rates]
    if len(counted) < 2:
        return [_free(cuts)]
    found = _by_one_rate(counted) if len(counted[0].rates) == 1 else _by_two_rates(counted)
    made = [_complete(cuts, inside) for inside in found]
    return _not_beaten([*made, _free(cuts)])


def tries_every_gap(cuts: Sequence[GroupCuts]) -> bool:
    """Whether `best_choices` of these cuts misses none."""
    counted = [each for each in cuts if each.rates]
    if len(counted) < 2 or len(counted[0].rates) == 1:
        return True
    widest = max(len(low) for low in _all_lows(counted))
    return len(_all_gaps(counted)) <= MAX_GAPS and widest <= _most_lows(len(counted))


def _all_lows(cuts: Sequence[GroupCuts]) -> list[Floats]:
    return [np.unique(np.concatenate([each.rates[i] for each in cuts])) for i in (0, 1)]


def _most_lows(n_groups: int) -> int:
    return isqrt(_PAIRS_AT_MOST // (MAX_GAPS * n_groups))


def _even(values: Floats, most: int) -> Floats:
    if len(values) <= most:
        return values
    return values[np.unique(np.linspace(0, len(values) - 1, most).astype(np.int64))]


def _free(cuts: Sequence[GroupCuts]) -> Choice:
    """Return the choice that is best whatever the gap."""
    return _complete(cuts, [int(np.argmax(each.value)) for each in cuts if each.rates])


def _complete(cuts: Sequence[GroupCuts], inside: Sequence[int]) -> Choice:
    """Add the groups that do not count in the gap, and tell gap and value."""
    told = iter(inside)
    places = tuple(next(told) if each.rates else int(np.argmax(each.value)) for each in cuts)
    value = sum(float(each.value[at]) for each, at in zip(cuts, places, strict=True))
    rates = np.array(
        [
            [rate[at] for rate in each.rates]
            for each, at in zip(cuts, places, strict=True)
            if each.rates
        ]
    )
    gap = float(np.max(np.ptp(rates, axis=0))) if len(rates) else 0.0
    return Choice(gap, value, places)


def _not_beaten(choices: Sequence[Choice]) -> list[Choice]:
    kept: list[Choice] = []
    for choice in sorted(choices, key=lambda each: (each.gap, -each.value)):
        if not kept or choice.value > kept[-1].value + _SAME:
            kept.append(choice)
    return kept


def _by_one_rate(cuts: Sequence[GroupCuts]) -> list[list[int]]:
    """Slide windows of every width over the rate; the best cut of each group inside counts."""
    rate = np.concatenate([each.rates[0] for each in cuts])
    owner = np.repeat(np.arange(len(cuts)), [len(each.value) for each in cuts])
    order = np.argsort(rate, kind="stable")
    rate, owner = rate[order], owner[order]
    value = np.full((len(cuts), len(rate)), -np.inf)
    value[owner, np.arange(len(rate))] = np.concatenate([each.value for each in cuts])[order]
    widest = _complete(cuts, [int(np.argmax(each.value)) for each in cuts]).gap
    starts = np.flatnonzero(np.r_[True, np.diff(rate) > 0])
    ends = np.searchsorted(rate, rate[starts] + widest + _SAME, side="right")
    held: list[NDArray[np.float64]] = []
    size = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        best = np.maximum.accumulate(value[:, start:end], axis=1).sum(axis=0)
        grown = np.flatnonzero(np.r_[True, best[1:] > best[:-1]])
        grown = grown[np.isfinite(best[grown])]
        if len(grown):
            low = np.full(len(grown), rate[start])
            held.append(np.stack([rate[start + grown] - low, best[grown], low], axis=1))
            size += len(grown)
        if size > _HELD:
            held = [_front(np.concatenate(held))]
            size = len(held[0])
    if not held:
        return []
    return [
        [_best_inside(each, (low,), gap) for each in cuts]
        for gap, _, low in _front(np.concatenate(held)).tolist()
    ]


def _front(found: Floats) -> Floats:
    """Keep the rows (gap, value, …) that no other beats."""
    found = found[np.lexsort((-found[:, 1], found[:, 0]))]
    before = np.r_[-np.inf, np.maximum.accumulate(found[:, 1])[:-1]]
    return found[found[:, 1] > before + _SAME]


def _best_inside(cuts: GroupCuts, low: Sequence[float], gap: float) -> int:
    inside = np.ones(len(cuts.value), dtype=bool)
    for rate, least in zip(cuts.rates, low, strict=True):
        inside &= (rate >= least - _SAME) & (rate <= least + gap + _SAME)
    return int(np.argmax(np.where(inside, cuts.value, -np.inf)))


def _by_two_rates(cuts: Sequence[GroupCuts]) -> list[list[int]]:
    """For every gap try all pairs of lower ends; both rates grow with the cut's place."""
    lows = [_even(each, _most_lows(len(cuts))) for each in _all_lows(cuts)]
    peaks = [_Peaks(each.value) for each in cuts]
    found: list[list[int]] = []
    for gap in _possible_gaps(cuts):
        total = np.zeros((len(lows[0]), len(lows[1])))
        for each, peak in zip(cuts, peaks, strict=True):
            ends = [
                (
                    np.searchsorted(rate, low - _SAME, side="left"),
                    np.searchsorted(rate, low + gap + _SAME, side="right"),
                )
                for rate, low in zip(each.rates, lows, strict=True)
            ]
            first = np.maximum(ends[0][0][:, None], ends[1][0][None, :])
            last = np.minimum(ends[0][1][:, None], ends[1][1][None, :])
            total += peak.between(first, last)
        at = np.unravel_index(int(np.argmax(total)), total.shape)
        if np.isfinite(total[at]):
            low = (float(lows[0][at[0]]), float(lows[1][at[1]]))
            found.append([_best_inside(each, low, gap) for each in cuts])
    return found


def _all_gaps(cuts: Sequence[GroupCuts]) -> Floats:
    """Return the gaps that are possible, up to that of the best choice."""
    lows = _all_lows(cuts)
    widest = _complete(cuts, [int(np.argmax(each.value)) for each in cuts]).gap
    apart = np.concatenate([np.abs(low[:, None] - low[None, :]).ravel() for low in lows])
    return np.unique(apart[apart <= widest + _SAME])


def _possible_gaps(cuts: Sequence[GroupCuts]) -> list[float]:
    gaps = _all_gaps(cuts)
    if len(gaps) <= MAX_GAPS:
        return gaps.tolist()
    even = np.linspace(0, gaps[-1], MAX_GAPS)
    return np.unique(gaps[np.searchsorted(gaps, even - _SAME).clip(max=len(gaps) - 1)]).tolist()


class _Peaks:
    """The largest value between two places, for many pairs of places at once."""

    def __init__(self, value: Floats) -> None:
        levels = [value]
        step = 1
        while 2 * step <= len(value):
            before = levels[-1]
            joined = np.full(len(value), -np.inf)
            joined[: len(value) - step] = np.maximum(before[:-step], before[step:])
            levels.append(joined)
            step *= 2
        self._levels = np.stack(levels)

    def between(self, first: NDArray[np.integer], last: NDArray[np.integer]) -> Floats:
        """Return the largest of places `first` to `last` - 1; -inf where there are none."""
        length = last - first
        level = np.log2(np.maximum(length, 1)).astype(np.int64)
        n = self._levels.shape[1]
        start = np.minimum(first, n - 1)
        end = np.clip(last - 2**level, 0, n - 1)
        found = np.maximum(self._levels[level, start], self._levels[level, end])
        return np.where(length > 0, found, -np.inf)
