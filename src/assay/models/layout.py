"""Whole-column facts: how the columns of a table look to somebody who reads it with pandas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.parquet as pq

from assay.models.predictor import ClassLabel

if TYPE_CHECKING:
    import pandas as pd

    from assay.data.schema import Schema

Source = Literal["csv", "pandas", "frame"]


@dataclass(frozen=True, eq=False)
class Layout:
    """Where a table came from and what holds for its columns as a whole.

    A batch alone cannot tell: a column of integers is float64 in pandas if a value is missing
    in *any* row, and the categories of a column are those of all rows.

    Parameters
    ----------
    source : {"csv", "pandas", "frame"}
        Whose habits to follow: ``pandas.read_csv``, the dtypes of the user's pandas frame, or
        Arrow's ``to_pandas``, which ``pandas.read_parquet`` uses too.
    nullable : frozenset of str
        Columns in which some row has no value.
    empty : frozenset of str
        Columns without any value.
    path : Path or None
        The Parquet file.
    own : mapping of str to dtype
        The dtypes of the user's own pandas frame.
    categories : mapping of str to (tuple, bool)
        The values of columns that are categorical in the source, and whether they rank.

    Examples
    --------
    >>> Layout().source
    'frame'
    """

    source: Source = "frame"
    nullable: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    path: Path | None = None
    own: Mapping[str, Any] = field(default_factory=dict)
    categories: Mapping[str, tuple[tuple[ClassLabel, ...], bool]] = field(default_factory=dict)

    @classmethod
    def from_schema(cls, schema: "Schema", source: Source, path: Path | None = None) -> "Layout":
        """Take the facts that a resolved Schema holds."""
        return cls(
            source=source,
            nullable=frozenset(column.name for column in schema.columns if column.has_null),
            empty=frozenset(column.name for column in schema.columns if column.kind == "empty"),
            path=path,
            categories={
                column.name: (
                    tuple(value for value in column.categories if value is not None),
                    column.ordered,
                )
                for column in schema.columns
                if column.categories is not None
            },
        )

    @classmethod
    def from_pandas(cls, frame: "pd.DataFrame") -> "Layout":
        """Take the dtypes of the user's own frame."""
        dtypes = zip(frame.columns, frame.dtypes, strict=True)
        return cls(source="pandas", own={str(name): dtype for name, dtype in dtypes})

    @cached_property
    def dtypes(self) -> Mapping[str, Any]:
        """The pandas dtype of columns where more is known than a batch can show."""
        if self.source == "pandas":
            return self.own
        if self.source == "csv":
            return {}
        dtypes: dict[str, Any] = {}
        if self.path is not None and self.path.is_file():
            dtypes = _parquet_dtypes(self.path)
        return {**dtypes, **_category_dtypes(self.categories)}


def _category_dtypes(
    categories: Mapping[str, tuple[tuple[ClassLabel, ...], bool]],
) -> dict[str, Any]:
    if not categories:
        return {}
    import pandas

    return {
        name: pandas.CategoricalDtype(list(values), ordered=ordered)
        for name, (values, ordered) in categories.items()
    }


def _parquet_dtypes(path: Path) -> dict[str, Any]:
    """Return the dtypes that pandas.read_parquet gives without missing values; reads no rows."""
    # An index that pandas stored comes back as columns here: a scan of the file has it so.
    return dict(pq.read_schema(path).empty_table().to_pandas().reset_index().dtypes)
