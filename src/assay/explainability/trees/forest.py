"""Tree ensembles of any library in one form, and which way rows go at their splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class UnreadableForestError(ValueError):
    """Something of a model is not known here; the message says what, for people."""


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree; node 0 is the root.

    Parameters
    ----------
    left, right : ndarray of int, shape (n_nodes,)
        Children; -1 at leaves.
    feature : ndarray of int, shape (n_nodes,)
    threshold : ndarray, shape (n_nodes,)
        A row goes left where its value is at most this.
    missing_left : ndarray of bool, shape (n_nodes,)
        Where rows without a value go.
    cover : ndarray, shape (n_nodes,)
        Weight of the training rows that came here.
    values : ndarray, shape (n_nodes, n_values)
        What a leaf adds to the raw scores.
    outputs : tuple of int, length n_values
        To which of the scores.
    left_codes : mapping of int to (ndarray of bool, bool)
        At categorical splits: for each code whether it goes left, and whether codes beyond do.
    """

    left: Places
    right: Places
    feature: Places
    threshold: Floats
    missing_left: NDArray[np.bool_]
    cover: Floats
    values: Floats
    outputs: tuple[int, ...] = (0,)
    left_codes: Mapping[int, tuple[NDArray[np.bool_], bool]] = field(default_factory=dict)

    @cached_property
    def splits(self) -> list[int]:
        """The nodes that are no leaves, in the order of their numbers."""
        return np.flatnonzero(self.left >= 0).tolist()

    def went_left(self, columns: NDArray[Any], out: NDArray[np.float32]) -> None:
        """Write which rows go left at each split as 1, shape (n_splits, n_rows).

        Parameters
        ----------
        columns : ndarray of float, shape (n_features, n_rows)
            In the precision that the model compares in; codes of categories as numbers.
        out : ndarray of float32, shape (at least n_splits, n_rows)
        """
        for place, node in enumerate(self.splits):
            column = columns[self.feature[node]]
            if node in self.left_codes:
                out[place] = self._code_left(node, column)
            elif self.missing_left[node]:
                np.greater(column, self.threshold[node], out=out[place])
                np.subtract(1.0, out[place], out=out[place])
            else:
                np.less_equal(column, self.threshold[node], out=out[place])

    def lefts(self, columns: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which rows go left at each split, shape (n_splits, n_rows): for a few rows.

        Parameters
        ----------
        columns : ndarray of float, shape (n_features, n_rows)
            As in `went_left`.
        """
        at = np.array(self.splits, dtype=np.intp)
        values = columns[self.feature[at]]
        out = values <= self.threshold[at][:, None]
        out |= np.isnan(values) & self.missing_left[at][:, None]
        for node in self.left_codes:
            place = int(np.searchsorted(at, node))
            out[place] = self._code_left(node, columns[self.feature[node]])
        return out

    def _code_left(self, node: int, column: NDArray[Any]) -> NDArray[np.bool_]:
        known, beyond = self.left_codes[node]
        missing = np.isnan(column)
        codes = np.where(missing, -1, column).astype(np.int64)
        inside = (codes >= 0) & (codes < len(known))
        left = np.where(inside, known[np.where(inside, codes, 0)], beyond)
        return np.where(missing, self.missing_left[node], left)


@dataclass(frozen=True, eq=False)
class Forest:
    """A sum of trees.

    Parameters
    ----------
    trees : sequence of Tree
    n_features : int
    offset : ndarray, shape (n_outputs,)
        The raw score of no tree at all.
    single : bool
        Whether values are compared as float32.
    """

    trees: Sequence[Tree]
    n_features: int
    offset: Floats
    single: bool = False

    @property
    def n_outputs(self) -> int:
        """How many scores there are."""
        return len(self.offset)

    def only(self, output: int) -> "Forest":
        """Return the forest of one of the scores."""
        trees: list[Tree] = []
        for tree in self.trees:
            if output in tree.outputs:
                values = tree.values[:, [tree.outputs.index(output)]]
                trees.append(replace(tree, values=values, outputs=(0,)))
        return replace(self, trees=tuple(trees), offset=self.offset[[output]])

    def columns(self, matrix: Floats) -> NDArray[Any]:
        """Return rows as `Tree.went_left` reads them."""
        with np.errstate(over="ignore"):  # what is beyond float32 becomes infinite, as it should
            kept = matrix.T.astype(np.float32) if self.single else matrix.T
        return np.ascontiguousarray(kept)


def below_single(threshold: Floats, *, strict: bool = False) -> Floats:
    """Return the largest float32 that is at most (strictly: below) each threshold.

    Comparing a float32 value with it gives what comparing with the threshold itself would.

    Examples
    --------
    >>> float(below_single(np.array([0.1]))[0]) <= 0.1
    True
    """
    with np.errstate(over="ignore"):
        nearest = threshold.astype(np.float32)
        below = np.nextafter(nearest, np.float32(-np.inf))
    too_large = nearest >= threshold if strict else nearest > threshold
    return np.where(too_large, below, nearest).astype(np.float64)


def matrix_of(rows: Any, n_features: int) -> Floats:  # noqa: ANN401  any container, or sparse
    """Return rows as numbers, shape (n_rows, n_features): codes for categories, NaN for gaps.

    Raises
    ------
    UnreadableForestError
        If a column holds neither numbers nor categories, or there are more or fewer of them.
    """
    if hasattr(rows, "toarray"):
        rows = rows.toarray()
    try:
        made = _frame_numbers(rows) if hasattr(rows, "columns") else np.asarray(rows, dtype=float)
    except (TypeError, ValueError) as error:
        msg = "its columns are not all numbers or categories"
        raise UnreadableForestError(msg) from error
    if made.ndim != 2 or made.shape[1] != n_features:
        msg = f"it reads {n_features} columns and was given an array of shape {made.shape}"
        raise UnreadableForestError(msg)
    return made


def _frame_numbers(frame: Any) -> Floats:  # noqa: ANN401
    if not hasattr(frame, "iloc"):  # Polars
        return frame.cast(pl.Float64).to_numpy().astype(np.float64)
    kinds = {str(dtype) for dtype in frame.dtypes}
    if kinds <= {"float64", "float32", "int64", "int32", "bool"}:
        return frame.to_numpy(dtype=np.float64)
    out = np.empty(frame.shape)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if str(column.dtype) == "category":
            codes = column.cat.codes.to_numpy().astype(np.float64)
            out[:, place] = np.where(codes < 0, np.nan, codes)
        else:
            out[:, place] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return out
