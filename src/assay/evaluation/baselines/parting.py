"""A table without train rows in; which rows are fitted on and which are judged out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assay.data.folds import Folds, fold_codes, fold_pairs
from assay.data.units import group_codes
from assay.errors import InputError
from assay.evaluation.baselines.result import Mode
from assay.evaluation.baselines.rows import Places

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

FOLDS = 5
REPEATS = 5
HOLD_OUT_ROWS = 2_000
"""From so many rows on one part is held out; below, every row is judged by cross-validation."""
REPEATED_ROWS = 300
"""Below so many rows cross-validation is repeated with other folds."""


@dataclass(frozen=True, eq=False)
class Parting:
    """Rows to fit on and rows to judge, pair by pair.

    Parameters
    ----------
    pairs : tuple of (ndarray of int, ndarray of int)
        Places of the rows to fit on and of those to judge.
    mode : str
    how : str
        For people.
    """

    pairs: tuple[tuple[Places, Places], ...]
    mode: Mode
    how: str

    @property
    def judged(self) -> Places:
        """Places of the judged rows, in the order of the pairs; a row may be there repeatedly."""
        return np.concatenate([judged for _, judged in self.pairs])

    @property
    def repeated(self) -> bool:
        """Whether rows are judged more than once."""
        return self.mode == "repeated_cross_validation"


def part_rows(data: "Dataset", task: str, *, seed: int = 0) -> Parting:
    """Part the rows as their roles and their number ask for.

    By group where groups were declared, else by time where times were, else at random within the
    classes. One fifth is held out; below 2,000 rows each fifth is judged in turn, below 300 rows
    five times over. By time the judged rows are always later than those fitted on.

    Parameters
    ----------
    data : Dataset
    task : str
    seed : int

    Returns
    -------
    Parting

    Raises
    ------
    InputError
        If the rows, groups or times are too few, or one group has more than half of the rows.
    """
    n, schema = data.count_rows(), data.schema
    if schema.group is not None:
        kind, by = "group", f"by {schema.group}, no group on both sides"
    elif schema.time is not None:
        kind, by = "time", f"by {schema.time}, judged on later rows"
    elif task in ("binary", "multiclass"):
        kind, by = "stratified", "at random within the classes"
    else:
        kind, by = "random", "at random"
    k = _folds(data, kind)
    if n >= HOLD_OUT_ROWS:
        pairs = list(fold_pairs(_codes(data, k, kind, seed), forward=kind == "time"))
        fitted, judged = pairs[-1] if kind == "time" else pairs[0]
        how = f"{judged.size:,} of {n:,} rows are held out ({by})"
        return Parting(((fitted, judged),), "split", how)
    repeats = REPEATS if n < REPEATED_ROWS and kind != "time" else 1
    found: list[tuple[Places, Places]] = []
    for repeat in range(repeats):
        codes = _codes(data, k, kind, seed + repeat)
        found += fold_pairs(codes, forward=kind == "time")
    times = f", {repeats} times over" if repeats > 1 else ""
    how = f"cross-validation of {n:,} rows in {k} folds{times} ({by})"
    mode: Mode = "repeated_cross_validation" if repeats > 1 else "cross_validation"
    return Parting(tuple(found), mode, how)


def _folds(data: "Dataset", kind: str) -> int:
    """Return how many folds there can be: no more than there are groups."""
    if kind != "group":
        return FOLDS
    column = data.schema.group
    assert column is not None
    values = data.column(column)
    groups = group_codes(values).n_unique()
    if groups < 2:
        msg = f"all rows belong to one group of {column!r}: none is left to judge"
        raise InputError(msg)
    return min(FOLDS, groups)


def _codes(data: "Dataset", k: int, kind: str, seed: int) -> Folds:
    return fold_codes(data, k, kind=kind, salt=str(seed))
