"""What stands for the values that are switched off: zero, the item's own mean, or windows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.maskers.series import Floats, SeriesItem

Level = Literal["zero", "mean"]
LEVELS: tuple[Level, ...] = ("zero", "mean")
Statics = Mapping[str, Sequence[object]]
MOST_WINDOWS = 20
"""Stretches that are drawn of the series that are given as a baseline."""


@dataclass(frozen=True, eq=False)
class Filling:
    """What fills the cells of one item.

    Parameters
    ----------
    numbers : ndarray, shape (n_windows, n_numbers)
        For all series, one after the other.
    static : tuple of tuple
        For the statics, window by window.
    weights : ndarray, shape (n_windows,)
        Their sum is 1.
    """

    numbers: Floats
    static: tuple[tuple[object, ...], ...]
    weights: Floats


@dataclass(frozen=True, eq=False)
class Baseline:
    """How the series of any item are filled.

    Parameters
    ----------
    target, related : {"zero", "mean"}
        The mean is that of the item's own observed values, of each series by itself.
    windows : sequence of SeriesItem
        Items of at least the length of those that are explained, with the same series: stretches
        of theirs fill all that is switched off, and a coalition's value is the mean over them.
        Where there are any, `target` and `related` are not used.
    static : mapping of str to sequence
        Item → one value for each static; the entry ``"*"`` is for all others.
    seed : int
        Of the choice of stretches.
    """

    target: Level = "zero"
    related: Level = "zero"
    windows: tuple[SeriesItem, ...] = ()
    static: Statics | None = None
    seed: int = 0

    @property
    def described(self) -> str:
        """For people."""
        if self.windows:
            return f"stretches of {len(self.windows)} given series"
        words = {"zero": "zero", "mean": "its own mean"}
        if self.target == self.related:
            return words[self.target]
        return f"{words[self.target]} for the target, {words[self.related]} for related series"

    def fills_static(self, item: SeriesItem) -> bool:
        """Whether something can stand for the item's statics."""
        if not item.static:
            return False
        if self.windows:
            return True
        return self.static is not None and (item.item_id in self.static or "*" in self.static)

    def fill(self, item: SeriesItem) -> Filling:
        """Return what fills an item.

        Raises
        ------
        InputError
            If the statics' values are of another number, or no window is long enough.
        """
        if self.windows:
            return self._stretches(item)
        levels = [self.target, *[self.related] * len(item.related)]
        parts = [
            np.full(len(series), _level(series, level))
            for (_, series), level in zip(item.series, levels, strict=True)
        ]
        static = self._static(item)
        return Filling(np.concatenate(parts)[None], (static,), np.ones(1))

    def _static(self, item: SeriesItem) -> tuple[object, ...]:
        if self.static is None or not item.static:
            return tuple(item.static.values())
        if not self.fills_static(item):
            msg = (
                f"the static baseline has no values for the item {item.item_id!r}; give every "
                "item its own, or values for all others under '*'"
            )
            raise InputError(msg)
        told = self.static.get(item.item_id, self.static.get("*", ()))
        if isinstance(told, str) or not isinstance(told, Iterable):
            msg = (
                f"the static baseline of the item {item.item_id!r} is {told!r}; give a list with "
                f"a value for each static column ({', '.join(item.static)})"
            )
            raise InputError(msg)
        if len(told) != len(item.static):
            msg = (
                f"the static baseline of the item {item.item_id!r} has {len(told)} values for "
                f"{len(item.static)} static columns ({', '.join(item.static)}); give one for each"
            )
            raise InputError(msg)
        return tuple(told)

    def _stretches(self, item: SeriesItem) -> Filling:
        rng = np.random.default_rng(self.seed)
        starts = [(w, s) for w in self.windows for s in _starts(item, w)]
        if not starts:
            longest = max(window.n_past for window in self.windows)
            named = ", ".join(name for name, _ in item.series)
            msg = (
                f"the item {item.item_id!r} has {item.n_past} past and "
                f"{item.n_steps - item.n_past} future steps, and no series of the baseline is as "
                f"long with all of its series ({named}): the longest has {longest}; give longer "
                "ones, or baseline='mean'"
            )
            raise InputError(msg)
        if len(starts) > MOST_WINDOWS:
            chosen = np.sort(rng.choice(len(starts), MOST_WINDOWS, replace=False))
            starts = [starts[place] for place in chosen]
        numbers = np.array([_stretch(item, window, start) for window, start in starts])
        static = tuple(
            tuple(window.static.get(name, own) for name, own in item.static.items())
            for window, _ in starts
        )
        return Filling(numbers, static, np.full(len(starts), 1 / len(starts)))


def _level(series: Floats, level: str) -> float:
    seen = series[~np.isnan(series)]
    return float(seen.mean()) if level == "mean" and len(seen) else 0.0


def _starts(item: SeriesItem, window: SeriesItem) -> NDArray[np.intp]:
    """Return where stretches of a window may begin that have all of the item's series."""
    if any(name not in window.related for name in item.related):
        return np.array([], dtype=np.intp)
    last = window.n_past - item.n_past
    for name, series in item.related.items():
        last = min(last, len(window.related[name]) - len(series))
    return np.arange(last + 1, dtype=np.intp)


def _stretch(item: SeriesItem, window: SeriesItem, start: int) -> Floats:
    parts = [window.target[start : start + item.n_past]]
    parts += [
        window.related[name][start : start + len(series)] for name, series in item.related.items()
    ]
    return np.concatenate(parts)
