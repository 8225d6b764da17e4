"""A Dataset in; the fold of cross-validation in which each row is judged, out.

Rows are ordered by a hash of their id (or, without one, of their content) and a salt, so that the
order of the table does not matter; folds are of even size. Twins, rows of the same hash, share a
fold, unless twins are so common that the columns cannot tell rows apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.split_numbers import (
    group_numbers,
    moments,
    row_numbers,
)
from assay.errors import ColumnNotFoundError, InputError

FOLD_KINDS = ("random", "stratified", "group", "stratified_group", "time")
LARGEST_GROUP = 0.5
"""Largest share of the rows that one group may have: the others could not stand in for it."""
NOWHERE = -1
Folds = NDArray[np.int64]


def fold_codes(
    data: Dataset,
    k: int,
    *,
    kind: str = "random",
    by: str | None = None,
    group: str | None = None,
    salt: str = "",
) -> Folds:
    """Return the fold in which each row is judged.

    ================  ==================================================================
    kind              folds
    ================  ==================================================================
    random            of even size
    stratified        each class (of `by`, else the label) evenly over the folds
    group             no group (of `by`, else the declared group) in two folds
    stratified_group  no group in two folds, classes about even; `by` holds the classes
    time              consecutive stretches of time (of `by`, else the declared time);
                      rows of one moment stay together
    ================  ==================================================================

    Parameters
    ----------
    data : Dataset
    k : int
        Number of folds, 2 or more.
    kind : {"random", "stratified", "group", "stratified_group", "time"}
    by : str or None
        The column that decides; None takes the one of that role.
    group : str or None
        For "stratified_group": the column of groups; None takes the declared group.
    salt : str
        Another salt gives other folds; for a time split it does nothing. Give ``str(seed)``.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        0 to ``k - 1`` in the order of the rows; -1 for a row that has no time.

    Raises
    ------
    InputError
        If there are fewer rows, groups or moments than folds, one group holds more than half of
        the rows, or the column it needs was not told.

    Examples
    --------
    >>> data = Dataset.read({"x": list(range(6)), "y": ["a", "b"] * 3}, label="y")
    >>> codes = fold_codes(data, 3, kind="stratified")
    >>> sorted(codes.tolist())
    [0, 0, 1, 1, 2, 2]
    """
    return gather_deck(data, kind=kind, by=by, group=group, salt=salt).deal(k)


@dataclass(frozen=True, eq=False)
class Deck:
    """What decides the folds of rows, so that all of them or some can be dealt out.

    Parameters
    ----------
    at : ndarray of float, shape (n_rows,)
        The hash in [0, 1) that orders a row, or 0 for a row that has no time.
    classes, groups : ndarray of int or None, shape (n_rows,)
    moments : ndarray or None, shape (n_rows,)
        For folds of time; None for other kinds. Only rows whose `at` is not 0 have one.
    """

    at: NDArray[np.float64]
    classes: NDArray[np.intp] | None = None
    groups: NDArray[np.intp] | None = None
    moments: NDArray[np.generic] | None = None

    def deal(self, k: int, among: NDArray[np.bool_] | None = None) -> Folds:
        """Return the fold of each row, -1 for those not among the rows that are dealt.

        Raises
        ------
        InputError
            As `fold_codes`.
        """
        rows = self.at.size if among is None else int(among.sum())
        if k < 2:
            msg = f"cross-validation takes two folds or more; found {k}"
            raise InputError(msg)
        if rows < 2:
            msg = "one row cannot be parted: two folds take two rows or more; give more data"
            raise InputError(msg)
        if rows < k:
            msg = (
                f"{rows} rows cannot be parted into {k} folds; take {max(2, rows)} folds or fewer"
            )
            raise InputError(msg)
        here = np.ones(self.at.size, dtype=np.bool_) if among is None else among
        if self.moments is not None:
            here = here & (self.at != 0)
        folds = np.full(self.at.size, NOWHERE, dtype=np.int64)
        at = self.at[here]
        classes = None if self.classes is None else self.classes[here]
        if self.moments is not None:
            folds[here] = even_stretches(self.moments[here], k)
        elif self.groups is not None:
            _, groups = np.unique(self.groups[here], return_inverse=True)
            folds[here] = even_groups(groups.astype(np.intp), at, k, classes=classes)
        else:
            folds[here] = even_rows(at, k, classes=classes)
        return folds


def gather_deck(
    data: Dataset,
    *,
    kind: str = "random",
    by: str | None = None,
    group: str | None = None,
    salt: str = "",
) -> Deck:
    """Read what decides the folds; see `fold_codes` for the parameters and errors."""
    if kind not in FOLD_KINDS:
        msg = f"there are no folds of kind {kind!r}; there is: {', '.join(FOLD_KINDS)}"
        raise InputError(msg)
    if kind == "time":
        column = _column(data, by, "time")
        at = moments(data.column(column))
        if at.null_count() == at.len():
            msg = f"column {column!r} has no time in any row"
            raise InputError(msg)
        known = at.is_not_null().cast(pl.Float64).to_numpy()
        return Deck(known, moments=at.fill_null(0).to_numpy())
    classes = None
    if kind in ("stratified", "stratified_group"):
        classes = class_codes(data, _column(data, by, "label"))
    if kind in ("group", "stratified_group"):
        told = by if kind == "group" else group
        groups, at = group_numbers(data, _column(data, told, "group"), salt)
        return Deck(at, classes, groups)
    return Deck(row_numbers(data, salt), classes)


def fold_pairs(
    folds: Folds, *, forward: bool = False
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the places of the rows to fit on and of those to judge, fold by fold.

    Parameters
    ----------
    folds : ndarray of int, shape (n_rows,)
        As `fold_codes` returns them.
    forward : bool
        For folds of time: fit on earlier folds alone; the first fold is then never judged.

    Examples
    --------
    >>> [(fit.tolist(), judge.tolist()) for fit, judge in fold_pairs(np.array([0, 1, 1]))]
    [([1, 2], [0]), ([0], [1, 2])]
    """
    for fold in range(1 if forward else 0, int(folds.max(initial=-1)) + 1):
        judged = folds == fold
        fitted = (folds >= 0) & ((folds < fold) if forward else ~judged)
        yield np.flatnonzero(fitted), np.flatnonzero(judged)


def class_codes(data: Dataset, column: str) -> NDArray[np.intp]:
    """Return a code for each value of a column; a missing value has one of its own."""
    values = data.column(column)
    if isinstance(values.dtype, pl.List):
        values = pl.Series([None if each is None else repr(each) for each in values.to_list()])
    return (values.rank("dense").fill_null(0)).to_numpy().astype(np.intp)


def even_rows(
    at: NDArray[np.float64], k: int, *, classes: NDArray[np.intp] | None = None
) -> Folds:
    """Deal distinct numbers out to the folds, class by class; twins share a fold.

    Parameters
    ----------
    at : ndarray of float, shape (n_rows,)
        The number that orders a row; equal for rows that stay together.
    k : int
    classes : ndarray of int or None, shape (n_rows,)
    """
    order = np.argsort(at, kind="stable") if classes is None else np.lexsort((at, classes))
    new = np.r_[True, np.diff(at[order]) != 0]
    if classes is not None:
        new |= np.r_[True, np.diff(classes[order]) != 0]
    folds = np.empty(at.size, dtype=np.int64)
    folds[order] = (np.cumsum(new) - 1) % k
    _check_filled(folds, k, "different rows")
    return folds


def even_groups(
    groups: NDArray[np.intp],
    at: NDArray[np.float64],
    k: int,
    *,
    classes: NDArray[np.intp] | None = None,
    most: float = LARGEST_GROUP,
) -> Folds:
    """Put each group into the fold that has least so far, large groups first.

    Parameters
    ----------
    groups : ndarray of int, shape (n_rows,)
        Code of each row's group, 0 and up.
    at : ndarray of float, shape (n_rows,)
        The number that orders groups of about the same size.
    k : int
    classes : ndarray of int or None, shape (n_rows,)
        With it, the shares of all classes are kept even, not the number of rows alone.
    most : float
        Largest share of the rows that one group may have.
    """
    counts = _counts(groups, classes)
    sizes = counts.sum(axis=1)
    if sizes.max() > most * groups.size:
        msg = (
            f"one group holds {sizes.max() / groups.size:.0%} of the rows, so that folds by group "
            "cannot be alike; use another column, or a split by time"
        )
        raise InputError(msg)
    if sizes.size < k:
        msg = f"{sizes.size} groups cannot be parted into {k} folds; take {sizes.size} or fewer"
        raise InputError(msg)
    number = np.zeros(sizes.size)
    number[groups] = at
    order = np.lexsort((number, -np.floor(np.log2(sizes))))
    load = np.zeros((k, counts.shape[1]))
    shares = counts / counts.sum(axis=0)
    chosen = np.empty(sizes.size, dtype=np.int64)
    for group in order:
        # The sum of squares grows least where the classes of this group are rarest.
        chosen[group] = fold = int(np.argmin(load @ shares[group]))
        load[fold] += shares[group]
    _check_filled(chosen, k, "groups")
    return chosen[groups]


def _counts(groups: NDArray[np.intp], classes: NDArray[np.intp] | None) -> NDArray[np.float64]:
    """Return the rows of each group by class."""
    if classes is None:
        return np.bincount(groups).astype(np.float64)[:, None]
    _, codes = np.unique(classes, return_inverse=True)
    width = int(codes.max()) + 1
    flat = np.bincount(groups * width + codes, minlength=(int(groups.max()) + 1) * width)
    return flat.reshape(-1, width).astype(np.float64)


def even_stretches(at: NDArray[np.generic], k: int) -> Folds:
    """Cut moments into stretches that follow each other; those of one moment stay together."""
    ordered = np.sort(at)
    cuts = ordered[(np.arange(1, k) * at.size) // k]
    folds = np.searchsorted(cuts, at, side="right").astype(np.int64)
    _check_filled(folds, k, "moments")
    return folds


def _check_filled(folds: Folds, k: int, what: str) -> None:
    if np.unique(folds).size < k:
        msg = f"too few {what} for {k} folds: one of them would have no rows; take fewer folds"
        raise InputError(msg)


def _column(data: Dataset, told: str | None, role: str) -> str:
    schema = data.schema
    of_role = {"label": schema.label, "group": schema.group, "time": schema.time}[role]
    column = told if told is not None else of_role
    if column is None:
        msg = f"these folds need a {role}; name its column, or give the data a {role}"
        raise InputError(msg)
    if column not in schema.names:
        raise ColumnNotFoundError([column], schema.names)
    return column
