"""A facet: which rows belong to which group."""

from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from assay.tables.cube import Level

How = Literal["values", "listed", "condition", "bands", "quantiles", "intersection"]
EXCLUDED = -1
"""Group of the cells whose facet is missing, where missing values are left out."""


@dataclass(frozen=True, kw_only=True)
class FacetSpec:
    """One facet as it was asked for.

    Parameters
    ----------
    column : str
        The column; "" for an intersection.
    values : tuple
        Listed values: rows with any of them are one group, compared with the rest.
    comparison : {">", ">=", "<", "<="} or None
        With one number in `cuts`: the rows for which it holds are one group.
    cuts : tuple of float
        Several numbers, and no comparison: bands, each open below and closed above.
    parts : tuple of FacetSpec
        The facets whose combinations are the groups; () unless this is an intersection.
    """

    column: str = ""
    values: tuple[Level, ...] = ()
    comparison: Literal[">", ">=", "<", "<="] | None = None
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
        its own, named by its text.
    groups : tuple of str
        Names of the groups; of an intersection ``woman × Black``.
    places : mapping
        Names of the values of all keys → place among `groups`.
    reported : tuple of int
        The groups that are compared with the rest (each in turn): all of them, or of a listed
        group or a condition only that one.
    keeps_missing : bool
        Whether rows without a value are a group of their own; else they are left out and counted.
    rows_missing : int
        Rows without a value in any of the columns.
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
    keeps_missing: bool = False
    rows_missing: int = 0

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
        named = [
            [_name_of(level, known) for level in values]
            for values, known in zip(levels, self.key_groups, strict=True)
        ]
        seen, place_of = np.unique(np.asarray(codes), axis=0, return_inverse=True)
        places = np.array(
            [
                self.places.get(tuple(named[key][code] for key, code in enumerate(row)), EXCLUDED)
                for row in seen.tolist()
            ],
            dtype=np.int64,
        )
        return places[place_of.reshape(-1)] if len(seen) else np.zeros(0, dtype=np.int64)


def _name_of(level: Level, known: dict[Level, str]) -> str:
    return known[level] if level in known else str(level)
