"""Leaves with much of their path in common, joined so that a row needs one look-up for all.

A block is a subtree. Its bits are one for each player on the path to its root (do all conditions
on that player hold?) and one for each split within (left?); they decide which of its leaves a row
can reach with whom, so that one table over 2^bits entries replaces the tables of its leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Tree
from assay.explainability.trees.leaves import Leaf, Step

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """A subtree that is looked up at once.

    Parameters
    ----------
    literals : tuple of tuple of (int, bool)
        The conditions that make each bit 1: all splits go as they are said to.
    leaves : tuple of int
        Places of its leaves in the list of the tree's.
    masks, wanted : tuple of tuple of int
        For each leaf and each player on its path: which of the block's bits are read, and what
        they must be for the player's conditions to hold.
    """

    literals: tuple[tuple[Step, ...], ...]
    leaves: tuple[int, ...]
    masks: tuple[tuple[int, ...], ...]
    wanted: tuple[tuple[int, ...], ...]

    def patterns(self, place: int) -> NDArray[np.intp]:
        """Return the pattern of one leaf for each entry of the block's table."""
        entries = np.arange(1 << len(self.literals), dtype=np.int64)
        out = np.zeros(len(entries), dtype=np.intp)
        for bit, mask in enumerate(self.masks[place]):
            out |= ((entries & mask) == self.wanted[place][bit]).astype(np.intp) << bit
        return out


def blocks_of(tree: Tree, leaves: Sequence[Leaf], most_bits: int) -> list[Block]:
    """Cut a tree into the largest subtrees whose tables have at most `most_bits` bits.

    A leaf with more players than that is a block of its own.
    """
    below = _leaves_below(tree, leaves)
    found: list[Block] = []
    todo = [0]
    while todo:
        node = todo.pop()
        places = below[node]
        inner = len(places) - 1
        if inner == 0 or inner + len(_path(leaves, places, node, tree)) <= most_bits:
            found.append(_block(tree, leaves, places, node))
        else:
            todo += [int(tree.left[node]), int(tree.right[node])]
    return found


def _leaves_below(tree: Tree, leaves: Sequence[Leaf]) -> dict[int, list[int]]:
    below = {leaf.node: [place] for place, leaf in enumerate(leaves)}
    order = [0]
    for node in order:
        if tree.left[node] >= 0:
            order += [int(tree.left[node]), int(tree.right[node])]
    for node in reversed(order):
        if tree.left[node] >= 0:
            below[node] = below[int(tree.left[node])] + below[int(tree.right[node])]
    return below


def _path(
    leaves: Sequence[Leaf], places: Sequence[int], node: int, tree: Tree
) -> dict[int, tuple[Step, ...]]:
    """Return the conditions above a node, by player."""
    inside = _splits_inside(tree, node)
    first = leaves[places[0]]
    kept = {
        player: tuple(step for step in steps if step[0] not in inside)
        for player, steps in zip(first.players, first.steps, strict=True)
    }
    return {player: steps for player, steps in kept.items() if steps}


def _splits_inside(tree: Tree, node: int) -> dict[int, None]:
    order = [node] if tree.left[node] >= 0 else []
    for each in order:
        children = (int(tree.left[each]), int(tree.right[each]))
        order += [child for child in children if tree.left[child] >= 0]
    return dict.fromkeys(order)


def _block(tree: Tree, leaves: Sequence[Leaf], places: Sequence[int], node: int) -> Block:
    path = _path(leaves, places, node, tree)
    inside = _splits_inside(tree, node)
    bit_of_player = {player: bit for bit, player in enumerate(path)}
    bit_of_split = {split: len(path) + bit for bit, split in enumerate(inside)}
    masks: list[tuple[int, ...]] = []
    wanted: list[tuple[int, ...]] = []
    for place in places:
        read, needed = [], []
        for player, steps in zip(leaves[place].players, leaves[place].steps, strict=True):
            mask = need = 1 << bit_of_player[player] if player in bit_of_player else 0
            for split, left in steps:
                if split in bit_of_split:
                    mask |= 1 << bit_of_split[split]
                    need |= int(left) << bit_of_split[split]
            read.append(mask)
            needed.append(need)
        masks.append(tuple(read))
        wanted.append(tuple(needed))
    literals = (*path.values(), *(((split, True),) for split in inside))
    return Block(literals, tuple(places), tuple(masks), tuple(wanted))
