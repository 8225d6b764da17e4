"""The tables of one evaluation as the checks read them: samples, labels, columns, keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.mixing import choose_rows
from assay.data.schema import Column
from assay.data.sources.source import HELPER_PREFIX
from assay.data_quality.leakage.identifiers import identifier_columns
from assay.data_quality.leakage.row_keys import Keys, row_keys
from assay.data_quality.leakage.skill import Skill, column_skill
from assay.data_quality.leakage.truth import Truth, read_truth

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

SAMPLE_ROWS = 20_000
"""Rows of a table that the checks of single columns read, unless told otherwise."""
ROW = "__assay_row__"
Role = Literal["train", "validation", "data", "reference"]
WORDS: Mapping[str, str] = {
    "train": "train rows",
    "validation": "validation rows",
    "data": "judged rows",
    "reference": "reference rows",
}
SEPARATING, REPEATED = 0.5, 0.05
"""Share of distinct values from which a column can tell rows apart, and the largest share that a
single value of it (or none) may have."""


@dataclass(frozen=True, eq=False)
class Part:
    """One of the tables, sampled where a check does not need every row.

    Parameters
    ----------
    role : {"train", "validation", "data", "reference"}
    data : Dataset
    n_sample : int
        Most rows of the sample.
    seed : int
    alone : bool
        Whether it is the only table, so that "rows" says enough.
    """

    role: Role
    data: "Dataset"
    n_sample: int = SAMPLE_ROWS
    seed: int = 0
    alone: bool = False

    @property
    def words(self) -> str:
        """What the rows are called in a sentence."""
        return "rows" if self.alone else WORDS[self.role]

    @cached_property
    def rows(self) -> int:
        """Rows of the table."""
        return self.data.count_rows()

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Numbers of the sampled rows, from 0, ascending."""
        return choose_rows(self.rows, self.n_sample, seed=self.seed)

    @cached_property
    def sample(self) -> pl.DataFrame:
        """The sampled rows, in the order of the table."""
        return self.data.sample(self.n_sample, seed=self.seed)

    @property
    def sampled(self) -> str:
        """The rows that a sampled check read, in words."""
        if self.rows <= self.n_sample:
            return f"all {self.rows:,} {self.words}"
        return f"{self.n_sample:,} of {self.rows:,} {self.words}, drawn at random"

    def column(self, name: str) -> pl.Series:
        """Return one column of all rows."""
        return self.data.column(name)

    @cached_property
    def identifiers(self) -> dict[str, str]:
        """Features that name the row, each with the rule that says so."""
        return identifier_columns(self.data, self.sample, self.rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class LeakTables:
    """What is checked: the judged rows, those that the model learned from, and what they mean.

    Parameters
    ----------
    data : Part
    train, validation, reference : Part or None
    task : str or None
        None without a label.
    classes : tuple
        Of a binary task the negative first; the labels of a multilabel one; else any order.
    used : frozenset of str or None
        Features that the model reads; None where that is not known.
    population : tuple of str
        Shares of the population: ``sex=F:0.51``.
    gap : float
        Days (or steps, where time is a number) between the last train row and the first judged.
    seed : int
    """

    data: Part
    train: Part | None = None
    validation: Part | None = None
    reference: Part | None = None
    task: str | None = None
    classes: tuple[object, ...] = ()
    used: frozenset[str] | None = None
    population: tuple[str, ...] = ()
    gap: float = 0.0
    seed: int = 0

    @property
    def learned(self) -> Part:
        """The rows that a model learns from: train, else the only table there is."""
        return self.data if self.train is None else self.train

    @cached_property
    def features(self) -> tuple[Column, ...]:
        """Columns that a model may read, identifiers and empty ones apart."""
        apart = self.learned.identifiers
        schema = self.learned.data.schema
        return tuple(
            schema[name]
            for name in schema.features
            if name not in apart and schema[name].kind != "empty"
        )

    @cached_property
    def described(self) -> tuple[Column, ...]:
        """Columns that describe a row: all but the answers, weights, ids and what is ignored."""
        schema, apart = self.learned.data.schema, self.learned.identifiers
        roles = ("feature", "facet", "group", "time", "query", "series")
        return tuple(
            column
            for column in schema.columns
            if column.role in roles
            and column.name not in apart
            and not column.name.startswith(HELPER_PREFIX)
        )

    @cached_property
    def separating(self) -> tuple[str, ...]:
        """Columns in which rows seldom agree, so that equal rows are no chance.

        Free text, and columns of which half of the sampled values are distinct and none is in more
        than 5 % of the rows.
        """
        return tuple(
            column.name
            for column in self.described
            if column.kind == "text" or _tells_apart(self.learned.sample[column.name])
        )

    @cached_property
    def truth(self) -> Truth | None:
        """The labels of the sampled rows that a model learns from."""
        if self.task is None:
            return None
        part = self.learned
        return read_truth(part.sample, part.data.schema, self.task, self.classes)

    @cached_property
    def skills(self) -> dict[str, Skill]:
        """How well each feature alone tells the label; free text and identifiers are not asked."""
        if self.truth is None or self.truth.reason:
            return {}
        columns = [column for column in self.features if column.kind != "text"]
        return {
            column.name: column_skill(
                self.values(column.name), column, self.truth, columns=len(columns)
            )
            for column in columns
        }

    def values(self, name: str) -> pl.Series:
        """Return a column of the sampled rows whose label is known."""
        assert self.truth is not None
        return self.learned.sample[name].filter(self.truth.known)

    @cached_property
    def keys(self) -> dict[str, Keys]:
        """One key a row of each table that is there, by role."""
        parts: Sequence[Part | None] = (self.train, self.validation, self.data)
        return {
            part.role: row_keys(part.data, self.described) for part in parts if part is not None
        }

    @cached_property
    def same_rows(self) -> bool:
        """Whether the judged rows are the train rows, answers and all."""
        if self.train is None or self.train.rows != self.data.rows:
            return False
        mine, theirs = (set(each.tolist()) for each in (self.keys["data"], self.keys["train"]))
        if mine != theirs:
            return False
        one, other = self.data.data.fingerprint(), self.train.data.fingerprint()
        return one.order_free == other.order_free


def _tells_apart(values: pl.Series) -> bool:
    if values.dtype.is_nested() or values.dtype == pl.Object:
        return False
    counted = values.rename("value").value_counts(name="rows")
    most = counted["rows"].max()
    assert isinstance(most, int)
    return counted.height >= SEPARATING * len(values) and most <= max(REPEATED * len(values), 2)
