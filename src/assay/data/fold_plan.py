"""A Dataset and a way of validating in; for each fold, which rows to fit on and which to judge.

Folds of time never fit on what comes later (rolling origin), or leave out rows whose label
reaches into the judged stretch and those right after it (purged and embargoed).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.folds import Folds, fold_codes, gather_deck
from assay.data.split_numbers import group_numbers, moments
from assay.errors import ColumnNotFoundError, InputError
from assay.result import Json

FIT, JUDGE, OUT = 0, 1, -1
PLAN_KINDS = ("folds", "repeated", "nested", "leave_one_group_out", "rolling", "purged")
MOST_GROUPS = 1000
NS = 10**9
Roles = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class FoldPlan:
    """Which rows each fold fits on and judges.

    Parameters
    ----------
    kind : str
        One of `PLAN_KINDS`.
    roles : ndarray of int8 or None, shape (n_rows, n_folds)
        For "rolling" and "purged": 0 for a row to fit on, 1 for one to judge, -1 for one that the
        fold leaves out. For the others `codes` say it.
    columns : tuple of str
        The columns that decided.
    settings : mapping
        What it was made with.
    inner : tuple of ndarray of int, each of shape (n_rows,)
        For "nested": the inner fold of each row that an outer fold fits on, -1 for the others.
    codes : tuple of ndarray of int, each of shape (n_rows,)
        Where each row is judged once (a repetition): the fold that judges it.
    """

    kind: str
    roles: Roles | None = None
    columns: tuple[str, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)
    inner: tuple[Folds, ...] = ()
    codes: tuple[Folds, ...] = ()

    @property
    def n_folds(self) -> int:
        """Folds, over all repetitions."""
        if self.roles is not None:
            return int(self.roles.shape[1])
        return sum(int(each.max()) + 1 for each in self.codes)

    def each_fold(self) -> Iterator[Roles]:
        """Yield the roles of all rows, fold by fold: 0 to fit on, 1 to judge, -1 left out."""
        if self.roles is not None:
            yield from self.roles.T
        for codes in self.codes:
            for fold in range(int(codes.max()) + 1):
                yield np.where(codes < 0, OUT, np.where(codes == fold, JUDGE, FIT)).astype(np.int8)

    def pairs(self) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield the places of the rows to fit on and to judge, fold by fold."""
        for here in self.each_fold():
            yield np.flatnonzero(here == FIT), np.flatnonzero(here == JUDGE)

    def to_dict(self) -> dict[str, Json]:
        """Return the manifest: what decided, and how many rows each fold has."""
        folds: list[Json] = [
            {
                "fit": int((here == FIT).sum()),
                "judge": int((here == JUDGE).sum()),
                "left_out": int((here == OUT).sum()),
            }
            for here in self.each_fold()
        ]
        return {
            "format": "assay.folds/1",
            "kind": self.kind,
            "columns": list(self.columns),
            "settings": dict(self.settings),
            "folds": folds,
        }


def plan_folds(
    data: Dataset,
    kind: str = "folds",
    *,
    folds: int = 5,
    repeats: int = 1,
    within: str = "random",
    by: str | None = None,
    group: str | None = None,
    gap: timedelta | None = None,
    horizon: timedelta | None = None,
    embargo: timedelta | None = None,
    salt: str = "",
) -> FoldPlan:
    """Plan a way of validating.

    ====================  ===============================================================
    kind                  folds
    ====================  ===============================================================
    folds                 each row is judged once
    repeated              the same `repeats` times, each with another salt
    nested                each row is judged once; what is fitted on has inner folds to
                          choose on
    leave_one_group_out   each group is judged once, by a model fitted on all others
    rolling               `folds` stretches of time, each judged by a model fitted on all
                          before it, less `gap`
    purged                stretches of time, each judged by a model fitted on all others, but
                          rows whose label, `horizon` long, reaches into the stretch, and
                          those within `embargo` after it
    ====================  ===============================================================

    Parameters
    ----------
    data : Dataset
    kind : str
    folds : int
    repeats : int
        For "repeated".
    within : str
        For "folds", "repeated" and "nested": the kind of `fold_codes`.
    by, group : str or None
        As in `fold_codes`; for "leave_one_group_out" `by` is the group, for "rolling" and
        "purged" the time.
    gap, horizon, embargo : timedelta or None
    salt : str

    Raises
    ------
    InputError
        If the rows cannot be parted so.

    References
    ----------
    López de Prado 2018, Advances in Financial Machine Learning, chapter 7 (purged, embargoed).

    Examples
    --------
    >>> data = Dataset.read({"at": [f"2024-01-0{day}" for day in range(1, 7)]}, time="at")
    >>> plan = plan_folds(data, "rolling", folds=2)
    >>> [(fit.tolist(), judge.tolist()) for fit, judge in plan.pairs()]
    [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]
    """
    _check(data, kind, repeats=repeats, gap=gap, horizon=horizon, embargo=embargo)
    settings: dict[str, Json] = {"folds": folds, "salt": salt}
    if kind in ("folds", "repeated", "nested"):
        codes = [
            fold_codes(data, folds, kind=within, by=by, group=group, salt=_salt(salt, at))
            for at in range(repeats if kind == "repeated" else 1)
        ]
        settings |= {"within": within, "repeats": len(codes)}
        inner = ()
        if kind == "nested":
            inner = _inner(data, codes[0], folds, within, by, group, salt)
        columns = _columns(data, within, by, group)
        return FoldPlan(kind, None, columns, settings, inner, tuple(codes))
    if kind == "leave_one_group_out":
        column = _need(data, by if by is not None else data.schema.group, "group")
        groups, _ = group_numbers(data, column, salt)
        found = int(groups.max()) + 1
        if not 2 <= found <= MOST_GROUPS:
            msg = f"column {column!r} has {found:,} groups; leaving one out takes 2 to 1,000"
            raise InputError(msg)
        one = groups.astype(np.int64)
        return FoldPlan(kind, None, (column,), {"folds": found}, codes=(one,))
    column = _need(data, by if by is not None else data.schema.time, "time")
    settings |= {"gap": _ns(gap), "horizon": _ns(horizon), "embargo": _ns(embargo)}
    if kind == "rolling":
        roles = _rolling(data, column, folds, _ns(gap))
    else:
        roles = _purged(data, column, folds, _ns(horizon), _ns(embargo))
    return FoldPlan(kind, roles, (column,), settings)


def _rolling(data: Dataset, column: str, folds: int, gap: int) -> Roles:
    codes = fold_codes(data, folds + 1, kind="time", by=column)
    at = moments(data.column(column)).fill_null(0).to_numpy()
    roles = np.full((codes.size, folds), OUT, dtype=np.int8)
    for fold in range(folds):
        judged = codes == fold + 1
        before = (codes >= 0) & (codes <= fold)
        if gap:
            before &= at <= at[judged].min() - gap
        if not before.any():
            msg = (
                f"with this gap, no row is left to fit on before stretch {fold + 1} of {folds}; "
                "take a smaller gap, or fewer folds"
            )
            raise InputError(msg)
        roles[before, fold] = FIT
        roles[judged, fold] = JUDGE
    return roles


def _purged(data: Dataset, column: str, folds: int, horizon: int, embargo: int) -> Roles:
    codes = fold_codes(data, folds, kind="time", by=column)
    at = moments(data.column(column)).fill_null(0).to_numpy()
    roles = _roles(codes)
    for fold in range(folds):
        judged = codes == fold
        first, last = at[judged].min(), at[judged].max()
        # A label that is known `horizon` after its row: the two must not overlap in time.
        reaches = (at < first) & (at + horizon >= first)
        follows = (at > last) & (at <= last + horizon + embargo)
        roles[(reaches | follows) & ~judged, fold] = OUT
        if not (roles[:, fold] == FIT).any():
            msg = (
                f"with this horizon and embargo, no row is left to fit on beside stretch "
                f"{fold + 1} of {folds}; take smaller ones, or fewer folds"
            )
            raise InputError(msg)
    return roles


def _roles(codes: Folds) -> Roles:
    roles = np.zeros((codes.size, int(codes.max()) + 1), dtype=np.int8)
    known = codes >= 0
    roles[known, codes[known]] = JUDGE
    roles[~known] = OUT
    return roles


def _inner(
    data: Dataset,
    outer: Folds,
    folds: int,
    within: str,
    by: str | None,
    group: str | None,
    salt: str,
) -> tuple[Folds, ...]:
    """Return the inner folds of what each outer fold fits on."""
    if within == "time":
        msg = "nested folds of time would fit on what comes later; take kind 'rolling'"
        raise InputError(msg)
    deck = gather_deck(data, kind=within, by=by, group=group, salt=f"{salt}:inner")
    return tuple(
        deck.deal(folds, (outer != fold) & (outer >= 0)) for fold in range(int(outer.max()) + 1)
    )


def _check(data: Dataset, kind: str, *, repeats: int, **spans: timedelta | None) -> None:
    if kind not in PLAN_KINDS:
        msg = f"there is no plan of kind {kind!r}; there is: {', '.join(PLAN_KINDS)}"
        raise InputError(msg)
    allowed = {"rolling": {"gap"}, "purged": {"horizon", "embargo"}}.get(kind, set())
    for name, span in spans.items():
        if span is not None and name not in allowed:
            msg = f"{name} means nothing to folds of kind {kind!r}; leave it out"
            raise InputError(msg)
        if span is not None and span < timedelta(0):
            msg = f"{name} must not be negative; found {span}"
            raise InputError(msg)
    if kind == "repeated" and repeats < 2:
        msg = f"repeated folds take two repetitions or more; found {repeats}"
        raise InputError(msg)


def _columns(data: Dataset, within: str, by: str | None, group: str | None) -> tuple[str, ...]:
    schema = data.schema
    role = {"group": schema.group, "time": schema.time}.get(within, schema.label)
    first = None if within == "random" else by or role
    second = group or schema.group if within == "stratified_group" else None
    return tuple(each for each in (first, second) if each is not None)


def _need(data: Dataset, column: str | None, role: str) -> str:
    if column is None:
        msg = f"these folds need a {role}; name its column, or give the data a {role}"
        raise InputError(msg)
    if column not in data.schema.names:
        raise ColumnNotFoundError([column], data.schema.names)
    return column


def _ns(span: timedelta | None) -> int:
    return 0 if span is None else round(span.total_seconds() * NS)


def _salt(salt: str, repetition: int) -> str:
    return salt if repetition == 0 else f"{salt}:{repetition}"
