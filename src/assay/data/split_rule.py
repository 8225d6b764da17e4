"""How rows are parted: settled once on a table, then applied to it and to what is added later.

A rule holds the cuts in the space of hashes (or moments), so that a row that it placed once stays
where it is, whatever rows come later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.dataset import Dataset
from assay.data.folds import class_codes, even_groups
from assay.data.row_hash import canonical
from assay.data.split_numbers import (
    group_numbers,
    moments,
    row_numbers,
    twins_apart,
)
from assay.errors import InputError
from assay.result import Json

DROPPED = -1
EVERY = ""
"""The cuts for a class that has none of its own."""
CLOSE = 0.5
"""By how much of its share a part may miss it before the cuts are moved to meet it."""
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class SplitRule:
    """How rows are parted.

    Parameters
    ----------
    kind : {"random", "stratified", "group", "stratified_group", "time"}
    by : str or None
        The column of ids, classes, groups or times.
    group : str or None
        For "stratified_group": the column of groups.
    shares : mapping of str to float
        Part → share that was asked for, in the order of the parts.
    salt : str
    cuts : mapping of str to tuple of float
        Where one part ends and the next begins: by class for "stratified", else under "".
    members : mapping of str to int
        For "stratified_group": hash of a group → place of its part.
    apart : bool
        Whether rows of the same content are told apart.
    gap : int
        For "time": rows less than this before a cut are in no part, in nanoseconds, or in the
        unit of a column of numbers.
    """

    kind: str
    by: str | None
    shares: Mapping[str, float]
    group: str | None = None
    salt: str = ""
    cuts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    members: Mapping[str, int] = field(default_factory=dict)
    apart: bool = False
    gap: int = 0

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "kind": self.kind,
            "by": self.by,
            "group": self.group,
            "shares": dict(self.shares),
            "salt": self.salt,
            "cuts": {name: list(cuts) for name, cuts in self.cuts.items()},
            "members": dict(self.members),
            "apart": self.apart,
            "gap": self.gap,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "SplitRule":
        """Return the rule that `to_dict` described.

        Raises
        ------
        InputError
            If it is no rule.
        """
        try:
            cuts = {name: tuple(each) for name, each in told["cuts"].items()}
            return cls(**{**told, "cuts": cuts})
        except (KeyError, TypeError, AttributeError) as error:
            msg = f"this is not the rule of a split ({error}); give a split.json of assay"
            raise InputError(msg) from error


def settle_rule(
    data: Dataset,
    kind: str,
    shares: Mapping[str, float],
    *,
    by: str | None,
    group: str | None = None,
    salt: str = "",
    gap: int = 0,
) -> SplitRule:
    """Find the cuts that part these rows by the shares.

    Raises
    ------
    InputError
        If one group is too large for any part, or the classes are too many.
    """
    edges = np.cumsum(list(shares.values()))[:-1]
    told: dict[str, Any] = {"kind": kind, "by": by, "shares": dict(shares), "salt": salt}
    if kind == "time":
        assert by is not None
        return SplitRule(**told, cuts={EVERY: _moments_at(data, by, edges)}, gap=gap)
    if kind == "group":
        assert by is not None
        groups, at = group_numbers(data, by, salt)
        _check_group_sizes(groups, shares, by)
        return SplitRule(**told, cuts={EVERY: _cuts(at, edges, lumps=True)})
    if kind == "stratified_group":
        assert by is not None
        assert group is not None
        return _settle_groups(data, told, edges, by, group)
    id_column = by if kind == "random" else None
    apart = _apart(data, id_column, salt)
    at = row_numbers(data, salt, id_column=id_column, apart=apart)
    if kind == "random":
        return SplitRule(**told, cuts={EVERY: _cuts(at, edges)}, apart=apart)
    assert by is not None
    cuts = {EVERY: tuple(edges.tolist())}
    classes = class_texts(data, by)
    for name, rows in pl.DataFrame({"class": classes, "at": at}).group_by("class"):
        cuts[str(name[0])] = _exact_cuts(np.sort(rows["at"].to_numpy()), edges)
    return SplitRule(**told, cuts=dict(sorted(cuts.items())), apart=apart)


def apply_rule(rule: SplitRule, data: Dataset) -> Codes:
    """Return the place of each row's part, -1 for a row that is in none.

    Parameters
    ----------
    rule : SplitRule
    data : Dataset
        The table on which the rule was settled, or another of the same columns.

    Returns
    -------
    ndarray of int8, shape (n_rows,)
    """
    if rule.kind == "time":
        return _by_time(rule, data)
    edges = np.asarray(rule.cuts[EVERY])
    if rule.kind == "group":
        assert rule.by is not None
        return _place(group_numbers(data, rule.by, rule.salt)[1], edges)
    if rule.kind == "stratified_group":
        assert rule.group is not None
        at = group_numbers(data, rule.group, rule.salt)[1]
        known = pl.Series(_group_keys(at)).replace_strict(
            dict(rule.members), default=DROPPED, return_dtype=pl.Int8
        )
        return np.where(known.to_numpy() == DROPPED, _place(at, edges), known.to_numpy())
    id_column = rule.by if rule.kind == "random" else None
    at = row_numbers(data, rule.salt, id_column=id_column, apart=rule.apart)
    codes = _place(at, edges)
    if rule.kind == "stratified":
        assert rule.by is not None
        classes = class_texts(data, rule.by).to_numpy()
        for name, cuts in rule.cuts.items():
            if name != EVERY:
                here = classes == name
                codes[here] = _place(at[here], np.asarray(cuts))
    return codes


def class_texts(data: Dataset, column: str) -> pl.Series:
    """Return each row's class as text, so that it can be a key; no value is a class as well."""
    values = canonical(data.column(column), data.schema[column].storage)
    if values.dtype == pl.Binary:
        return pl.Series([f"class {each!r}" for each in values.to_list()])
    return ("class " + values.cast(pl.String)).fill_null("no class")


def _settle_groups(
    data: Dataset, told: dict[str, Any], edges: Floats, by: str, group: str
) -> SplitRule:
    """Deal groups out over as many even folds as the smallest share needs, then join folds."""
    groups, at = group_numbers(data, group, told["salt"])
    shares = told["shares"]
    _check_group_sizes(groups, shares, group)
    n_folds = int(min(100, np.unique(groups).size, np.ceil(2 / min(shares.values()))))
    folds = even_groups(groups, at, n_folds, classes=class_codes(data, by), most=1.0)
    parts = _apportion(list(shares.values()), n_folds)
    _, first = np.unique(groups, return_index=True)
    keys = _group_keys(at[first])
    members = dict(zip(keys, parts[folds[first]].tolist(), strict=True))
    return SplitRule(**told, group=group, cuts={EVERY: tuple(edges.tolist())}, members=members)


def _apportion(shares: list[float], n_folds: int) -> NDArray[np.intp]:
    """Return the part of each of so many even folds: one at least, the largest takes the rest."""
    counts = np.maximum(1, np.round(np.asarray(shares) * n_folds)).astype(np.intp)
    largest = int(np.argmax(shares))
    counts[largest] = max(0, n_folds - (counts.sum() - counts[largest]))
    return np.repeat(np.arange(counts.size), counts)[:n_folds]


def _group_keys(at: Floats) -> list[str]:
    return [f"{number:014x}" for number in (at * 2.0**53).astype(np.uint64).tolist()]


def _apart(data: Dataset, id_column: str | None, salt: str) -> bool:
    if id_column is not None or data.schema.with_role("id"):
        return False
    return twins_apart(row_numbers(data, salt, apart=False))


def _place(numbers: Floats, cuts: Floats) -> Codes:
    return np.searchsorted(cuts, numbers, side="right").astype(np.int8)


def _cuts(at: Floats, edges: Floats, *, lumps: bool = False) -> tuple[float, ...]:
    """Return the shares themselves, or cuts moved to meet them where the hashes miss by far."""
    wanted = np.diff(np.r_[0.0, edges, 1.0])
    found = np.bincount(_place(at, edges), minlength=wanted.size) / at.size
    if (np.abs(found - wanted) <= CLOSE * wanted).all():
        return tuple(edges.tolist())
    return _exact_cuts(np.sort(at), edges, lumps=lumps)


def _exact_cuts(ordered: Floats, edges: Floats, *, lumps: bool = False) -> tuple[float, ...]:
    """Return cuts between numbers, so that each part has about its share of them.

    Equal numbers stay together; with `lumps` each part has one of them at least, if there are
    enough.
    """
    values, firsts = np.unique(ordered, return_index=True)
    starts = np.r_[firsts, ordered.size]
    least = int(lumps)
    cuts: list[float] = []
    for after, edge in enumerate(edges.tolist()):
        place = int(np.argmin(np.abs(starts - edge * ordered.size)))
        most = values.size - (len(edges) - after if lumps else 0)
        place = max(least, min(place, most))
        left = values[place - 1] if place else 0.0
        right = values[place] if place < values.size else 1.0
        cuts.append(float((left + right) / 2))
        least = place + int(lumps)
    return tuple(cuts)


def _check_group_sizes(groups: NDArray[np.intp], shares: Mapping[str, float], by: str) -> None:
    largest = np.bincount(groups).max() / groups.size
    most = max(shares.values())
    if largest > most + (1 - most) / 2:
        msg = (
            f"one group of {by!r} holds {largest:.0%} of the rows, so that no part but its own "
            f"could have its share of them; part by another column, or by time"
        )
        raise InputError(msg)


def _moments_at(data: Dataset, column: str, edges: Floats) -> tuple[float, ...]:
    times = moments(data.column(column))
    if times.null_count() == times.len():
        msg = f"column {column!r} has no time in any row"
        raise InputError(msg)
    known = times.drop_nulls().to_numpy()
    values, before = np.unique(np.sort(known), return_index=True)
    places = [int(np.argmin(np.abs(before - edge * known.size))) for edge in edges]
    return tuple(values[max(1, place) if values.size > 1 else 0].item() for place in places)


def _by_time(rule: SplitRule, data: Dataset) -> Codes:
    assert rule.by is not None
    times = moments(data.column(rule.by))
    cuts = np.asarray(rule.cuts[EVERY])
    at = times.fill_null(0).to_numpy()
    codes = np.searchsorted(cuts, at, side="right").astype(np.int8)
    if rule.gap:
        for code, cut in enumerate(cuts):
            codes[(codes == code) & (at > cut - rule.gap)] = DROPPED
    codes[times.is_null().to_numpy()] = DROPPED
    return codes
