"""Which rows are explained together, and how."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.shapley.attributed import Budget
from assay.explainability.shapley.design import usual_calls
from assay.explainability.shapley.exact import MOST_PLAYERS

CHUNK = 8
"""Rows that are finished together; fixed, so that nothing depends on batches of the model."""
MOST_SETS = 32
"""After this many different sets of varying players rows share the design of all players."""


@dataclass(frozen=True, eq=False)
class Group:
    """Rows for which the same coalitions are evaluated.

    Parameters
    ----------
    rows : ndarray of int
    players : ndarray of int
        Players that are switched; the others get 0.
    calls : int
        Coalitions a row at most.
    """

    rows: NDArray[np.intp]
    players: NDArray[np.intp]
    calls: int

    @property
    def enumerated(self) -> bool:
        """Whether all coalitions of its players can be evaluated."""
        n_players = len(self.players)
        return n_players <= 1 or (n_players <= MOST_PLAYERS and 2**n_players <= self.calls)

    def chunks(self) -> Iterator[NDArray[np.intp]]:
        """Give the rows a few at a time."""
        for start in range(0, len(self.rows), CHUNK):
            yield self.rows[start : start + CHUNK]


def group_rows(
    varying: NDArray[np.bool_], budget: Budget, rows: NDArray[np.intp] | None = None
) -> list[Group]:
    """Put rows together whose varying players are the same.

    After 32 sets that cannot be enumerated, further rows share one group of all players that
    vary anywhere.

    Parameters
    ----------
    varying : ndarray of bool, shape (n_rows, n_players)
    budget : Budget
    rows : ndarray of int, optional
        The rows that are wanted, in this order; all where left out.

    Returns
    -------
    list of Group
        In the order of the rows; each row in one group.
    """
    wanted = np.arange(len(varying)) if rows is None else rows
    found: dict[bytes, list[int]] = {}
    for row in wanted.tolist():
        found.setdefault(np.packbits(varying[row]).tobytes(), []).append(row)
    groups: list[Group] = []
    rest: set[int] = set()
    for members in found.values():
        players = np.flatnonzero(varying[members[0]])
        group = Group(np.array(members, dtype=np.intp), players, _calls(len(players), budget))
        if group.enumerated or sum(not each.enumerated for each in groups) < MOST_SETS:
            groups.append(group)
        else:
            rest.update(members)
    if rest:
        players = np.flatnonzero(varying[wanted].any(axis=0))
        shared = np.array([row for row in wanted.tolist() if row in rest], dtype=np.intp)
        groups.append(Group(shared, players, _calls(len(players), budget)))
    return groups


def _calls(n_players: int, budget: Budget) -> int:
    return usual_calls(n_players) if budget.calls is None else budget.calls
