"""The groups that a facet reports, and their counts, from one small table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from assay.bias.compat.counts import Comparison, Confusion, Flips, Ints, Strata, no_flips
from assay.tables.cube import Cube, Level

STRATUM, LABEL, PREDICTED, VALUE = "stratum", "label", "predicted", "value"
MISSING = "nan"
FlipsOf = Callable[[Level], Flips]


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportedGroup:
    """One entry of a facet: its text and its counts.

    Parameters
    ----------
    text : str
        ``1,2``, ``(40, 90]``, ``nan`` or "".
    rows : Comparison
    """

    text: str
    rows: Comparison


def report_groups(
    cube: Cube, text: str | None, flips: FlipsOf | None = None
) -> tuple[ReportedGroup, ...]:
    """Return the groups that are compared with the rest, each in turn.

    Parameters
    ----------
    cube : Cube
        Keys "value", "label" and perhaps "predicted" (both true or false) and "stratum".
    text : str or None
        What the rows whose value is true are called: they are the only group. None reports each
        value; rows without one are a group that nothing matches, and belong to a elsewhere.
    flips : callable or None
        Makes the flips of a group from its value.

    Examples
    --------
    >>> levels = {"value": ("f", "m", None), "label": (False, True)}
    >>> cube = Cube.from_counts(levels, [[3, 1], [4, 2], [1, 1]])
    >>> [(each.text, each.rows.d.n, each.rows.a.n) for each in report_groups(cube, None)]
    [('f', 4, 8), ('m', 6, 6), ('nan', 0, 12)]
    """
    cells = _Cells.of(cube)
    if text is not None:
        values = cube.levels[cube.keys.index(VALUE)]
        place = values.index(True) if True in values else None
        return (ReportedGroup(text=text, rows=cells.compare(place, _bound(flips, level=True))),)
    return tuple(_each_value(cells, cube, flips))


def _each_value(cells: "_Cells", cube: Cube, flips: FlipsOf | None) -> Iterator[ReportedGroup]:
    for place, level in enumerate(cube.levels[cube.keys.index(VALUE)]):
        rows = cells.compare(None if level is None else place, _bound(flips, level))
        yield ReportedGroup(text=MISSING if level is None else str(level), rows=rows)


def _bound(flips: FlipsOf | None, level: Level) -> Callable[[], Flips]:
    return no_flips if flips is None else partial(flips, level)


@dataclass(frozen=True, eq=False)
class _Cells:
    """The table's cells, in the order of the facet's values."""

    outcome: Ints  # TP, FP, FN, TN as 0 … 3
    stratum: Ints | None
    n: Ints
    starts: Ints  # the cells of value v are starts[v] … starts[v + 1] - 1
    whole: Confusion
    by_stratum: Ints | None  # shape (n_strata, 4); a missing stratum is the last, and is left out

    @classmethod
    def of(cls, cube: Cube) -> "_Cells":
        at = {name: place for place, name in enumerate(cube.keys)}
        value = cube.codes[:, at[VALUE]]
        order = np.argsort(value, kind="stable")
        outcome = (2 * ~_flag(cube, at, PREDICTED) + ~_flag(cube, at, LABEL))[order]
        n = cube.n[order]
        starts = np.searchsorted(value[order], np.arange(len(cube.levels[at[VALUE]]) + 1))
        whole = Confusion(*_tally(outcome, n, 4).tolist())
        if STRATUM not in at:
            return cls(outcome, None, n, starts, whole, None)
        stratum = cube.codes[order, at[STRATUM]]
        n_strata = len(cube.levels[at[STRATUM]])
        table = _tally(stratum * 4 + outcome, n, n_strata * 4).reshape(-1, 4)
        if None in cube.levels[at[STRATUM]]:
            table = table[:-1]
        return cls(outcome, stratum, n, starts, whole, table)

    def compare(self, place: int | None, flips: Callable[[], Flips]) -> Comparison:
        """Return the counts of a value and of the rest; None is a group of no rows."""
        own = slice(0, 0) if place is None else slice(self.starts[place], self.starts[place + 1])
        d = Confusion(*_tally(self.outcome[own], self.n[own], 4).tolist())
        return Comparison(d, self.whole - d, self._strata(own), flips)

    def _strata(self, own: slice) -> Strata | None:
        """Return the subgroups that hold rows of d: in the others the disparity is 0."""
        if self.stratum is None or self.by_stratum is None:
            return None
        known = self.stratum[own] < len(self.by_stratum)
        stratum, place = np.unique(self.stratum[own][known], return_inverse=True)
        d = _tally(place * 4 + self.outcome[own][known], self.n[own][known], len(stratum) * 4)
        d = d.reshape(-1, 4)
        return Strata(d, self.by_stratum[stratum] - d)


def _flag(cube: Cube, at: dict[str, int], name: str) -> np.ndarray:
    """Return whether each cell's label or prediction is positive; no without predictions."""
    if name not in at:
        return np.zeros(len(cube.n), dtype=bool)
    positive = np.array([level is True for level in cube.levels[at[name]]], dtype=bool)
    return positive[cube.codes[:, at[name]]]


def _tally(code: Ints, n: Ints, size: int) -> Ints:
    return np.bincount(code, weights=n, minlength=size).astype(np.int64)
