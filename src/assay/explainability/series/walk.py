"""Coalitions along time: which are asked, and what their values give each player."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.explainability.maskers.series import Block, Floats, Mask, SeriesItem
from assay.explainability.shapley.exact import every_coalition, shapley_values

Direction = Literal["chronological", "anti_chronological", "bidirectional"]
DIRECTIONS: tuple[Direction, ...] = ("chronological", "anti_chronological", "bidirectional")
STATIC = "static"
ENUMERATED = 12
"""Blocks of more players are never enumerated."""


@dataclass(frozen=True, eq=False)
class Step:
    """A block of players that enter one after the other, and what is on before them.

    Parameters
    ----------
    players : ndarray of int, shape (m,)
        Places of its players.
    cells : tuple of ndarray of int, length m
        The cells of each.
    turn : int
        Which block of the walk it is.
    turns : ndarray of int, shape (n_cells,)
        With which block each cell is switched on; -1 for those that always are. Shared by the
        steps of a walk, so that long series need no table of steps × cells.
    """

    players: NDArray[np.intp]
    cells: tuple[NDArray[np.intp], ...]
    turn: int
    turns: NDArray[np.intp]

    def masks(self, coalitions: Mask) -> Mask:
        """Return the cells that are on for some coalitions of the block."""
        on = np.repeat((self.turns < self.turn)[None], len(coalitions), axis=0)
        for player, cells in enumerate(self.cells):
            on[:, cells] = coalitions[:, player, None]
        return on


def walks(direction: Direction, blocks: Sequence[Block], item: SeriesItem) -> list[list[Step]]:
    """Return the blocks in each order that the direction allows, one or two.

    Statics are there before time begins: they enter first in every direction.

    Parameters
    ----------
    direction : {"chronological", "anti_chronological", "bidirectional"}
    blocks : sequence of tuple of SeriesPlayer
        Along time, statics first.
    item : SeriesItem
    """
    forward = _walk(blocks, item, range(len(blocks)))
    if direction == "chronological":
        return [forward]
    first = 1 if blocks and blocks[0][0].kind == STATIC else 0
    backward = _walk(blocks, item, [*range(first), *reversed(range(first, len(blocks)))])
    return [backward] if direction == "anti_chronological" else [forward, backward]


def _walk(blocks: Sequence[Block], item: SeriesItem, order: Sequence[int]) -> list[Step]:
    starts = np.cumsum([0, *(len(block) for block in blocks)])
    turns = np.full(item.n_cells, -1, dtype=np.intp)
    steps = []
    for turn, place in enumerate(order):
        cells = tuple(np.array(player.cells, dtype=np.intp) for player in blocks[place])
        turns[np.concatenate(cells)] = turn
        players = np.arange(starts[place], starts[place + 1])
        steps.append(Step(players, cells, turn, turns))
    return steps


def exact_cost(blocks: Sequence[Block], direction: Direction) -> int:
    """Return how many coalitions give exact values: T + 1 a direction where blocks are single.

    Examples
    --------
    >>> from assay.explainability.maskers.series import lay_out
    >>> item = SeriesItem(target=np.arange(3.0), related={"rain": np.arange(3.0)})
    >>> exact_cost(lay_out(item, fine=False, segments=None, static=False), "chronological")
    4
    >>> exact_cost(lay_out(item, fine=True, segments=None, static=False), "chronological")
    10
    """
    one = 1 + sum(2 ** len(block) - 1 for block in blocks)
    return one * (2 if direction == "bidirectional" else 1)


def can_enumerate(blocks: Sequence[Block]) -> bool:
    """Whether no block has too many players for a table of all their coalitions."""
    return all(len(block) <= ENUMERATED for block in blocks)


def exact_masks(steps: Sequence[Step]) -> Mask:
    """Return the coalitions of one walk: for each block all of its own, block after block.

    The last of a block is the first of the next; it is asked once.
    """
    return np.concatenate([step.masks(every_coalition(len(step.players))) for step in steps])


def exact_scores(steps: Sequence[Step], values: Floats, n_players: int) -> Floats:
    """Return the Shapley values within each block, shape (n_players, horizon).

    Parameters
    ----------
    steps : sequence of Step
    values : ndarray, shape (n_masks, horizon)
        Of the coalitions of `exact_masks`.
    n_players : int
    """
    scores = np.zeros((n_players, values.shape[1]))
    at = 0
    for step in steps:
        size = 2 ** len(step.players)
        scores[step.players] = shapley_values(values[at : at + size])
        at += size
    return scores
