"""Part rows into train, validation and test so that they stay where they were.

Random and group splits decide each row by a hash of its id (or, without one, of its content) and a
salt: rows that are added later move none of the others, and twins stay together. A stratified
split orders each class by that hash and cuts it at the shares, so that a small class is in every
part. A time split cuts at moments. The cuts are kept in the manifest, so that `split_again` leaves
every old row in its part when rows were added, whatever the kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest
from assay.data.schema import Column
from assay.data.split_numbers import moments
from assay.data.split_rule import DROPPED, Codes, SplitRule, apply_rule, settle_rule
from assay.errors import ColumnNotFoundError, InputError
from assay.result import Json
from assay.tables.cube import Cube

FORMAT = "assay.split/1"
PART = "__assay_part__"
SHARES: Mapping[str, float] = MappingProxyType({"train": 0.8, "validation": 0.1, "test": 0.1})
KINDS = ("random", "stratified", "group", "stratified_group", "time")
MAX_CLASSES = 100


@dataclass(frozen=True, eq=False)
class Split(Mapping[str, Dataset]):
    """The parts by name, and how they came about.

    Parameters
    ----------
    parts : mapping of str to Dataset
    kind : str
        "random", "stratified", "group", "stratified_group", "time" or "column".
    columns : tuple of str
        The columns that decided.
    salt : str
    shares : mapping of str to float
        The shares that were asked for; empty where a column decided.
    dropped : int
        Rows that are in no part, because they lie in the gap before a cut or have no time.
    rule : SplitRule or None
        What places a row, to be applied again; None where a column decided.
    codes : ndarray of int or None, shape (n_rows,)
        Place of each row's part among the parts, -1 for none.
    notes : tuple of str
        What must be known of it, for example a class that is too small to be in every part.
    """

    parts: Mapping[str, Dataset]
    kind: str
    columns: tuple[str, ...]
    salt: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)
    dropped: int = 0
    rule: SplitRule | None = None
    codes: Codes | None = None
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Dataset:
        return self.parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def to_dict(self) -> dict[str, Json]:
        """Return the manifest: what decided, and rows, classes, times and content of each part."""
        return {
            "format": FORMAT,
            "kind": self.kind,
            "salt": self.salt,
            "columns": list(self.columns),
            "shares": dict(self.shares),
            "dropped": self.dropped,
            "rule": None if self.rule is None else self.rule.to_dict(),
            "notes": list(self.notes),
            "parts": {name: _describe(part) for name, part in self.parts.items()},
        }


def split(
    data: Dataset,
    kind: str = "random",
    *,
    shares: Mapping[str, float] = SHARES,
    by: str | None = None,
    group: str | None = None,
    salt: str = "",
    gap: timedelta | None = None,
) -> Split:
    """Part the rows of a dataset.

    Parameters
    ----------
    data : Dataset
    kind : {"random", "stratified", "group", "stratified_group", "time"}
    shares : mapping of str to float
        Part → share of the rows, in the order of time for a time split; they sum to 1.
    by : str or None
        The column of ids, classes, groups or times; None takes the one of that role (ids: the
        whole row if there is none). For "stratified_group" it is the column of classes.
    group : str or None
        For "stratified_group": the column of groups; None takes the declared one.
    salt : str
        Another salt gives another split.
    gap : timedelta or None
        For a time split: rows of the earlier part less than this before the cut are in no part.

    Raises
    ------
    InputError
        If the kind is unknown, the shares do not sum to 1, the column it needs was not told, or
        a part would be empty.

    Examples
    --------
    >>> data = Dataset.read({"x": list(range(1000))})
    >>> parts = split(data, shares={"train": 0.75, "test": 0.25})
    >>> sum(part.count_rows() for part in parts.values())
    1000
    """
    _check_shares(shares)
    if kind not in KINDS:
        msg = f"there is no split of kind {kind!r}; there is: {', '.join(KINDS)}"
        raise InputError(msg)
    if gap is not None and kind != "time":
        msg = f"a gap is for a split by time, not for one of kind {kind!r}"
        raise InputError(msg)
    column = by if by is not None else _column_of_role(data, kind)
    if kind != "random":
        column = _need(column, kind)
    grouped = None
    if kind == "stratified_group":
        grouped = _need(group if group is not None else data.schema.group, "group")
    columns = tuple(each for each in (column, grouped) if each is not None)
    for each in columns:
        if each not in data.schema.names:
            raise ColumnNotFoundError([each], data.schema.names)
    if kind in ("stratified", "stratified_group"):
        _check_classes(data, columns[0])
    width = 0 if gap is None else round(gap.total_seconds() * 10**9)
    rule = settle_rule(data, kind, shares, by=column, group=grouped, salt=salt, gap=width)
    return split_by_rule(data, rule)


def split_by_rule(data: Dataset, rule: SplitRule) -> Split:
    """Part rows by a rule that was settled before, perhaps on fewer of them.

    Raises
    ------
    InputError
        If a column that the rule reads is not there, or a part would be empty.
    """
    columns = tuple(each for each in (rule.by, rule.group) if each is not None)
    missing = [each for each in columns if each not in data.schema.names]
    if missing:
        raise ColumnNotFoundError(missing, data.schema.names)
    found = _part(data, apply_rule(rule, data), rule.shares, rule.kind, columns, rule.salt)
    return replace(found, rule=rule, notes=_notes(data, rule))


def split_again(manifest: Mapping[str, Any], data: Dataset) -> Split:
    """Part a table as an earlier one was: rows that were there stay in their parts.

    Parameters
    ----------
    manifest : mapping
        What `Split.to_dict` returned, for example read from split.json.
    data : Dataset
        The earlier table with rows added or taken away.

    Raises
    ------
    InputError
        If it is no manifest, or the rows lack a column that it needs.

    Examples
    --------
    >>> few = split(Dataset.read({"x": list(range(500))}), shares={"train": 0.5, "test": 0.5})
    >>> more = split_again(few.to_dict(), Dataset.read({"x": list(range(900))}))
    >>> old = set(few["test"].frame.collect()["x"].to_list())
    >>> old <= set(more["test"].frame.collect()["x"].to_list())
    True
    """
    if manifest.get("format") != FORMAT:
        msg = f"no manifest of a split: its format is {manifest.get('format')!r}, not {FORMAT!r}"
        raise InputError(msg)
    if manifest.get("rule") is None:
        return split_by_column(data, str(manifest["columns"][0]))
    return split_by_rule(data, SplitRule.from_dict(manifest["rule"]))


def split_by_column(data: Dataset, column: str) -> Split:
    """Part the rows by the values of a column, for example one that says "train" and "test".

    Raises
    ------
    ColumnNotFoundError
        If there is no such column.
    InputError
        If it has too many values or a row has none.

    Examples
    --------
    >>> data = Dataset.read({"x": [1, 2, 3], "part": ["train", "train", "test"]})
    >>> {name: part.count_rows() for name, part in split_by_column(data, "part").items()}
    {'test': 1, 'train': 2}
    """
    if column not in data.schema.names:
        raise ColumnNotFoundError([column], data.schema.names)
    cube = _count(data, column)
    levels = cube.levels[0]
    if None in levels:
        msg = f"column {column!r} names the part of a row and is empty in some; fill it in"
        raise InputError(msg)
    if len(levels) > MAX_CLASSES:
        msg = f"column {column!r} has {len(levels)} values, too many to be parts of a split"
        raise InputError(msg)
    parts = {
        str(level): _without(data.filter(nw.col(column) == level), column) for level in levels
    }
    return Split(parts, "column", (column,))


def _check_shares(shares: Mapping[str, float]) -> None:
    if len(shares) < 2 or any(share <= 0 for share in shares.values()):
        msg = f"give two parts or more, each with a share above 0; found {dict(shares)}"
        raise InputError(msg)
    if not np.isclose(sum(shares.values()), 1.0):
        msg = (
            f"the shares of the parts must sum to 1; {dict(shares)} sum to {sum(shares.values())}"
        )
        raise InputError(msg)


def _column_of_role(data: Dataset, kind: str) -> str | None:
    schema = data.schema
    roles = {
        "stratified": schema.label,
        "stratified_group": schema.label,
        "group": schema.group,
        "time": schema.time,
    }
    return roles[kind] if kind in roles else next(iter(schema.with_role("id")), None)


def _need(column: str | None, kind: str) -> str:
    if column is None:
        what = {"group": "group", "time": "time"}.get(kind, "label")
        msg = f"a {kind} split needs a column; name it with by=, or give the data a {what}"
        raise InputError(msg)
    return column


def _check_classes(data: Dataset, column: str) -> None:
    values = data.column(column)
    distinct = values.n_unique()
    if distinct > max(2, values.len() // 2):
        msg = (
            f"column {column!r} has {distinct:,} values in {values.len():,} rows: nothing to "
            "stratify by; take kind 'random', or a column of classes"
        )
        raise InputError(msg)


def _notes(data: Dataset, rule: SplitRule) -> tuple[str, ...]:
    """Say what must be known of the rows before the parts are used."""
    if rule.by is None:
        return ()
    values = data.column(rule.by)
    if rule.kind == "time":
        times = moments(values)
        found: list[str] = []
        if times.null_count():
            found.append(f"{times.null_count():,} rows have no time and are in no part")
        if not times.drop_nulls().is_sorted():
            found.append("the rows are not in the order of time; they were parted by time")
        return tuple(found)
    if rule.kind in ("stratified", "stratified_group"):
        counts = values.value_counts(name="rows")
        small = counts.filter(pl.col("rows") < len(rule.shares))
        if small.height:
            names = ", ".join(repr(each) for each in small[rule.by].to_list()[:5])
            return (f"too few rows of {names} to be in every part",)
    return ()


def _part(
    data: Dataset,
    codes: Codes,
    shares: Mapping[str, float],
    kind: str,
    columns: tuple[str, ...],
    salt: str,
) -> Split:
    counts = {name: int((codes == code).sum()) for code, name in enumerate(shares)}
    empty = [name for name, rows in counts.items() if rows == 0]
    if empty:
        msg = (
            f"the part {empty[0]!r} of this {kind} split would have no rows of "
            f"{codes.size}; give it a larger share, or more data"
        )
        raise InputError(msg)
    bounds = pairwise(range(0, codes.size + _BATCH, _BATCH))

    def add(batch: pl.DataFrame) -> pl.DataFrame:
        start, _ = next(bounds)
        return pl.DataFrame({PART: codes[start : start + batch.height]})

    described = Column(PART, "ignored", "id", "int64", why="added by assay")
    reads = data.schema.names[:1]
    marked = data.with_columns(add, [described], reads=reads, batch_rows=_BATCH)
    parts = {
        name: _without(marked.filter(nw.col(PART) == code), PART)
        for code, name in enumerate(shares)
    }
    dropped = int((codes == DROPPED).sum())
    return Split(parts, kind, columns, salt, dict(shares), dropped, codes=codes)


_BATCH = 1_048_576


def _without(data: Dataset, column: str) -> Dataset:
    """Return the dataset without a column; a user's own column stays and is read by nobody."""
    if column != PART:
        return data.with_roles(ignored=column)
    kept = tuple(c for c in data.schema.columns if c.name != column)
    return data.with_frame(data.frame.drop(column), replace(data.schema, columns=kept))


def _count(data: Dataset, column: str) -> Cube:
    table = data.scan({"values": CubeRequest(by={column: nw.col(column)})})["values"]
    if not isinstance(table, Cube):
        msg = f"a cube was expected, not {type(table).__name__}"
        raise TypeError(msg)
    return table


def _describe(part: Dataset) -> dict[str, Json]:
    about: dict[str, Json] = {
        "rows": part.count_rows(),
        "content": part.fingerprint().order_free,
    }
    label = part.schema.label
    if label is not None and part.schema[label].kind != "continuous":
        cube = _count(part, label)
        if len(cube.levels[0]) <= MAX_CLASSES:
            about["class_shares"] = {
                str(level): rows / cube.n_rows
                for level, rows in zip(cube.levels[0], cube.n.tolist(), strict=True)
            }
    if part.schema.time is not None:
        values = part.column(part.schema.time)
        about["first"], about["last"] = str(values.min()), str(values.max())
    return about
