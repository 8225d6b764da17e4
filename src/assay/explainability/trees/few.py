"""A few rows through all tables of a forest at once, without a loop over its trees."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.explainability.trees.forest import Forest
from assay.explainability.trees.leaves import Step
from assay.explainability.trees.tables import Literals, TreeTables

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FewRows:
    """All tables end to end, for rows one by one.

    Parameters
    ----------
    feature, threshold, missing_left : ndarray, shape (n_splits,)
        Of all splits of the forest.
    joined : ndarray of int, shape (n_joined, most_steps)
        The bits that each joined condition needs: a split's place, n_splits more for its
        opposite, and 2 n_splits for none.
    bits : ndarray of int, shape (n_tables, most_bits)
        For each table the places of its bits, a split's, its opposite's, none's (always 0), or a
        joined condition's.
    offset : ndarray of int, shape (n_columns,)
        Where each column of a table begins in `cells`.
    table : ndarray of int, shape (n_columns,)
        The table of each column.
    target : ndarray of int, shape (n_columns,)
        Player × n_outputs + output.
    cells : ndarray
    base : ndarray, shape (n_outputs,)
    """

    feature: Places
    threshold: Floats
    missing_left: NDArray[np.bool_]
    joined: Places
    bits: Places
    offset: Places
    table: Places
    target: Places
    cells: Floats
    base: Floats

    def attribute(self, columns: NDArray[Any], width: int) -> Floats:
        """Return attributions, shape (n_rows, n_players × n_outputs).

        Parameters
        ----------
        columns : ndarray, shape (n_features, n_rows)
            As `Forest.columns` gives them.
        width : int
            Players × outputs.
        """
        weights = 1 << np.arange(self.bits.shape[1], dtype=np.intp)
        out = np.empty((columns.shape[1], width))
        for row, values in enumerate(columns.T):
            at = values[self.feature]
            left = (at <= self.threshold) | (np.isnan(at) & self.missing_left)
            both = np.concatenate([left, ~left, [True]])
            met = both[self.joined].all(axis=1)
            both[-1] = False
            entries = np.concatenate([both, met])[self.bits] @ weights
            found = self.cells[self.offset + entries[self.table]]
            out[row] = np.bincount(self.target, found, width)
        return out


def few_rows(forest: Forest, tables: Sequence[TreeTables]) -> FewRows | None:
    """Put the tables of a forest end to end; None where it splits on categories.

    Parameters
    ----------
    forest : Forest
    tables : sequence of TreeTables
        One a tree.
    """
    if any(tree.left_codes for tree in forest.trees):
        return None
    trees = forest.trees
    counts = [len(tree.splits) for tree in trees]
    n_splits = sum(counts)
    starts = np.cumsum([0, *counts])
    none = 2 * n_splits
    joined: list[list[int]] = []
    bits: list[list[int]] = []
    for start, each in zip(starts, tables, strict=False):
        known, first = each.literals, len(joined)
        place = partial(_place, known, int(start), n_splits)
        joined += [[place(step) for step in steps] for steps in known.joined]
        row_of = {row: none + 1 + first + at for at, row in enumerate(known.joined.values())}
        for literals in each.literals_of:
            made = []
            for steps in literals:
                row, as_is = known.row_of(steps)
                made.append(row_of[row] if row in row_of else place((steps[0][0], as_is)))
            bits.append(made)
    sizes, targets, tables_at, cells = [], [], [], []
    n_tables = 0
    for each in tables:
        for owners, table in zip(each.players, each.tables, strict=True):
            for owner, columns in zip(owners, table, strict=True):
                for output, column in zip(each.outputs, columns, strict=True):
                    sizes.append(len(column))
                    targets.append(owner * forest.n_outputs + output)
                    tables_at.append(n_tables)
                    cells.append(column)
            n_tables += 1
    base = forest.offset.copy()
    for each in tables:
        base[list(each.outputs)] += each.base
    splits = [tree.splits for tree in trees]
    return FewRows(
        feature=_all([tree.feature[at] for tree, at in zip(trees, splits, strict=True)], np.intp),
        threshold=_all(
            [tree.threshold[at] for tree, at in zip(trees, splits, strict=True)], np.float64
        ),
        missing_left=_all(
            [tree.missing_left[at] for tree, at in zip(trees, splits, strict=True)], np.bool_
        ),
        joined=_padded(joined, none),
        bits=_padded(bits, none),
        offset=np.cumsum([0, *sizes])[:-1].astype(np.intp),
        table=np.array(tables_at, dtype=np.intp),
        target=np.array(targets, dtype=np.intp),
        cells=_all(cells, np.float64),
        base=base,
    )


def _place(known: Literals, start: int, n_splits: int, step: Step) -> int:
    """Return the place of a split's bit, or of its opposite's."""
    split, left = step
    return start + known.places[split] + (0 if left else n_splits)


def _all(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:  # noqa: ANN401
    return np.concatenate([np.empty(0, dtype=dtype), *parts]).astype(dtype)


def _padded(lists: Sequence[Sequence[int]], fill: int) -> Places:
    width = max((len(each) for each in lists), default=0)
    out = np.full((len(lists), width), fill, dtype=np.intp)
    for place, each in enumerate(lists):
        out[place, : len(each)] = each
    return out
