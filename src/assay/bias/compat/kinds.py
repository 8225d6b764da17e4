"""Whether the original takes a column for categories or for numbers."""

from dataclasses import dataclass, replace
from typing import Literal

from assay.data.schema import Column, Storage
from assay.tables.cube import Level

Dtype = Literal["category", "text", "float", "int", "bool", "object"]
Kind = Literal["categorical", "continuous"]
CONTINUOUS_SHARE = 0.05
"""Of distinct values among those that are there: from here on, whole numbers are continuous."""


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """What the rule looks at.

    Parameters
    ----------
    name : str
    dtype : str
        What pandas would hold the column in; see `pandas_dtype`.
    storage : str
        What this dataset holds it in: "int64", "float64", "bool", else text.
    n_values : int
        Rows that have a value.
    n_distinct : int
        Distinct values.
    whole_texts : bool
        Whether every value of a text column reads as a whole number.
    first : bool, int, float, str or None
        The value of the first row.
    maximum : float or None
        Of numbers, texts of whole numbers included.
    """

    name: str
    dtype: Dtype
    storage: Storage
    n_values: int = 0
    n_distinct: int = 0
    whole_texts: bool = False
    first: Level = None
    maximum: int | float | None = None

    @property
    def distinct_share(self) -> float:
        """Distinct values over rows that have a value; 0 without any."""
        return self.n_distinct / self.n_values if self.n_values else 0.0


def pandas_dtype(column: Column) -> Dtype:
    """Return what pandas holds a column in: whole numbers with gaps are floats to it.

    Examples
    --------
    >>> pandas_dtype(Column("age", "feature", "continuous", "int64", has_null=True))
    'float'
    """
    if column.categories is not None:
        return "category"
    if column.storage == "utf8":
        return "text"
    if column.storage == "float64":
        return "float"
    if column.storage == "int64":
        return "float" if column.has_null else "int"
    return "bool" if column.storage == "bool" and not column.has_null else "object"


def in_the_type_of(made: ColumnFacts, label: ColumnFacts) -> ColumnFacts:
    """Return the facts of predictions that were made as values of the label.

    The original casts a model's answers to the type of the label's column: categories, or floats
    where whole numbers have gaps.

    Examples
    --------
    >>> label = ColumnFacts(name="y", dtype="category", storage="int64")
    >>> in_the_type_of(ColumnFacts(name="p", dtype="int", storage="int64"), label).dtype
    'category'
    """
    widened = label.dtype == "float" and made.storage == "int64"
    same = made.storage == label.storage
    return replace(made, dtype=label.dtype) if same or widened else made


def settle_kind(facts: ColumnFacts, values: tuple[Level, ...]) -> Kind:
    """Decide by type, listed values and the share of distinct values.

    Parameters
    ----------
    facts : ColumnFacts
    values : tuple
        The listed values or the threshold; () where none was given.

    Examples
    --------
    Forty rows or more make 0 and 1 categories; a few rows make them a measure.

    >>> few = ColumnFacts(name="y", dtype="int", storage="int64", n_values=40, n_distinct=2)
    >>> many = ColumnFacts(name="y", dtype="int", storage="int64", n_values=41, n_distinct=2)
    >>> settle_kind(few, (1,)), settle_kind(many, (1,))
    ('continuous', 'categorical')
    """
    if facts.dtype == "category" or len(values) > 1:
        return "categorical"
    if facts.dtype == "float":
        return "continuous"
    if facts.dtype == "int" or (facts.dtype == "text" and facts.whole_texts):
        return "continuous" if facts.distinct_share >= CONTINUOUS_SHARE else "categorical"
    return "categorical"
