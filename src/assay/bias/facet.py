"""A facet: which rows belong to which group."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.tables.cube import Level

How = Literal["values", "listed", "condition", "bands", "quantiles", "intersection"]
Sign = Literal[">", ">=", "<", "<="]
EXCLUDED = -1
"""Group of the cells whose facet is missing, where missing values are left out."""
_MAX_TABLE = 4_000_000


class Span(NamedTuple):
    """The numbers of a group: its two ends, and whether they belong to it."""

    low: float
    high: float
    includes_low: bool = False
    includes_high: bool = True


@dataclass(frozen=True, kw_only=True)
class FacetSpec:
    """One facet as it was asked for.

    Parameters
    ----------
    column : str
        The column; "" for an intersection.
    values : tuple
        Listed values: rows with any of them are one group, compared with the rest.
    or_threshold : bool
        Whether a single listed number is a threshold where the column is continuous, as in
        SageMaker Clarify's ``value_or_threshold``: the group is then what lies above it.
    comparison : {">", ">=", "<", "<="} or None
        With one number in `cuts`: the rows for which it holds are one group.
    cuts : tuple of float
        Without a comparison: the ends of bands, each open below and closed above.
    parts : tuple of FacetSpec
        The facets whose combinations are the groups; () unless this is an intersection.
    """

    column: str = ""
    values: tuple[Level, ...] = ()
    or_threshold: bool = False
    comparison: Sign | None = None
    cuts: tuple[float, ...] = ()
    parts: tuple["FacetSpec", ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        if self.parts:
            return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))
        return (self.column,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Facet:
    """A facet settled on the rows: what to group by, and which group each cell is.

    Parameters
    ----------
    name : str
        As it was asked for, for people: ``sex``, ``age > 40``, ``sex × race``.
    columns : tuple of str
    how : {"values", "listed", "condition", "bands", "quantiles", "intersection"}
        How the groups came about.
    why : str
        Why this way, for people; "" where it was said.
    keys : tuple of narwhals.Expr
        What the scan groups by, in order; their values are the levels that `place` maps.
    key_groups : tuple of mapping
        For each key: its level → the name of the value; a level that is not there is a value of
        its own, named by its text, and None that is not there is missing.
    groups : tuple of str
        Names of the groups, no two alike; of an intersection ``woman × Black``.
    places : mapping
        Names of the values of all keys → place among `groups`.
    reported : tuple of int
        The groups that are compared with the rest (each in turn): all of them, or of a listed
        group or a condition only that one.
    other : int
        Group of the values (or combinations) that `places` does not have; `EXCLUDED` leaves
        their rows out.
    spans : tuple of Span or None
        For each group of numbers where it begins and ends, the outermost ends being the smallest
        and the largest value; None for a group of other kind, () where no group is of numbers.
    keeps_missing : bool
        Whether rows without a value are a group of their own; else they are left out and counted.
    rows_missing : int
        Rows without a value in any of the columns.
    rows_folded : int
        Rows of rare values that were gathered in the group `other`.
    n_folded : int
        How many values (or combinations) these are, at least.
    """

    name: str
    columns: tuple[str, ...]
    how: How
    why: str = ""
    keys: tuple[nw.Expr, ...]
    key_groups: tuple[dict[Level, str], ...]
    groups: tuple[str, ...]
    places: dict[tuple[str, ...], int]
    reported: tuple[int, ...]
    other: int = EXCLUDED
    spans: tuple[Span | None, ...] = ()
    keeps_missing: bool = False
    rows_missing: int = 0
    rows_folded: int = 0
    n_folded: int = 0

    @property
    def is_intersection(self) -> bool:
        """Whether its groups are combinations of several facets' groups."""
        return self.how == "intersection"

    def place(
        self, levels: tuple[tuple[Level, ...], ...], codes: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """Return the group of each cell of a table that was made with `keys`.

        Parameters
        ----------
        levels : tuple of tuple
            The values of each key, as the table has them.
        codes : ndarray of int, shape (n_cells, n_keys)

        Returns
        -------
        ndarray of int, shape (n_cells,)
            Index into `groups`; `EXCLUDED` where the row is left out.
        """
        n_cells = len(codes)
        missing = np.zeros(n_cells, dtype=bool)
        values = np.zeros((n_cells, len(self.keys)), dtype=np.int64)
        for key, (each, known) in enumerate(zip(levels, self._value_codes, strict=True)):
            code = np.array([_code_of(level, self.key_groups[key], known) for level in each])
            found = code[codes[:, key]] if n_cells else np.zeros(0, dtype=np.int64)
            missing |= found == _MISSING
            values[:, key] = np.where(found < 0, len(known), found)
        group = self._lookup(values)
        group[missing] = EXCLUDED
        return group

    @cached_property
    def _value_codes(self) -> tuple[dict[str, int], ...]:
        """For each key the names of its values in `places`, numbered."""
        names = [
            dict.fromkeys(names[key] for names in self.places) for key in range(len(self.keys))
        ]
        return tuple({name: code for code, name in enumerate(each)} for each in names)

    def _lookup(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the group of each row of value codes; one past the last code is no value."""
        shape = tuple(len(known) + 1 for known in self._value_codes)
        if float(np.prod(np.array(shape, dtype=np.float64))) <= _MAX_TABLE:
            return self._table[tuple(values.T)]
        seen, at = np.unique(values, axis=0, return_inverse=True)
        coded = self._coded_places
        found = [coded.get(tuple(row), self.other) for row in seen.tolist()]
        return np.array(found, dtype=np.int64)[at.reshape(-1)]

    @cached_property
    def _coded_places(self) -> dict[tuple[int, ...], int]:
        known = self._value_codes
        return {
            tuple(known[key][name] for key, name in enumerate(names)): place
            for names, place in self.places.items()
        }

    @cached_property
    def _table(self) -> NDArray[np.int64]:
        """The group of every combination of value codes, one axis for each key."""
        shape = tuple(len(known) + 1 for known in self._value_codes)
        table = np.full(shape, self.other, dtype=np.int64)
        for at, place in self._coded_places.items():
            table[at] = place
        return table


_UNKNOWN, _MISSING = -1, -2


def _code_of(level: Level, names: dict[Level, str], known: dict[str, int]) -> int:
    if level in names:
        return known.get(names[level], _UNKNOWN)
    return _MISSING if level is None else known.get(str(level), _UNKNOWN)
