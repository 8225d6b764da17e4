"""What the columns of a table mean: the role, the kind and the storage of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from assay.errors import ColumnNotFoundError, InputError
from assay.overview import Overview
from assay.result import Json

Role = Literal[
    "feature",
    "label",
    "prediction",
    "score",
    "facet",
    "group",
    "weight",
    "time",
    "id",
    "query",
    "series",
    "ignored",
]
Kind = Literal["continuous", "categorical", "boolean", "ordinal", "time", "text", "id", "empty"]
Storage = Literal["int64", "float64", "bool", "utf8", "time", "binary", "other"]
ROLES: tuple[str, ...] = get_args(Role)
KINDS: tuple[str, ...] = get_args(Kind)
KIND_WORDS: Mapping[str, Kind] = {
    "number": "continuous",
    "date": "time",
    "bool": "boolean",
    "category": "categorical",
}
"""What people say for a kind."""
SINGLE_ROLES = ("group", "weight", "time", "id", "query", "series")


def resolve_kinds(told: Mapping[str, str]) -> dict[str, Kind]:
    """Return the kinds that were told for columns, by their own names.

    Raises
    ------
    InputError
        If a kind is not known.

    Examples
    --------
    >>> resolve_kinds({"age": "number", "zip": "categorical"})
    {'age': 'continuous', 'zip': 'categorical'}
    """
    found: dict[str, Kind] = {}
    for name, word in told.items():
        kind = KIND_WORDS.get(word, word)
        if kind not in KINDS:
            msg = (
                f"kind {word!r} of column {name!r} is not known; there is: {', '.join(KINDS)} "
                f"(and {', '.join(KIND_WORDS)})"
            )
            raise InputError(msg)
        found[name] = cast("Kind", kind)
    return found


@dataclass(frozen=True)
class Column:
    """One column's meaning.

    Parameters
    ----------
    name : str
    role : str
        See `ROLES`. A facet is a feature too, unless it was excluded from the features.
    kind : str
        See `KINDS`.
    storage : str
        How values compare and hash: integers as int64, floats as float64, times as UTC ns.
    has_null : bool
        Whether any row lacks a value.
    why : str
        The rule that gave the kind, or "declared".
    is_feature : bool
        Whether the model may read it (a facet or the time column can be a feature as well).
    categories : tuple or None
        The values a categorical type of the source allows, in its order; None without such a type.
    ordered : bool
        Whether those values rank.
    """

    name: str
    role: Role
    kind: Kind
    storage: Storage
    has_null: bool = False
    why: str = ""
    is_feature: bool = False
    categories: tuple[bool | int | float | str | None, ...] | None = None
    ordered: bool = False


@dataclass(frozen=True, repr=False)
class Schema:
    """The columns in the order of the table, and what counts as the positive answer.

    Parameters
    ----------
    columns : tuple of Column
    positive : bool, int, float, str or None
        The label value that counts as positive; None when it was not told.
    missing_values : tuple of str
        Texts that a CSV reader takes for "no value".
    feature_order : tuple of str or None
        The features as they were declared, in that order; None when they were not.
    answer_order : tuple of str
        Columns of labels, predictions and scores as they were declared, in that order.

    Examples
    --------
    >>> columns = [Column(name, "feature", "continuous", "float64", is_feature=True)
    ...            for name in ("a", "b")]
    >>> Schema(tuple(columns)).features, Schema(tuple(columns), feature_order=("b", "a")).features
    (('a', 'b'), ('b', 'a'))
    """

    columns: tuple[Column, ...]
    positive: bool | int | float | str | None = None
    missing_values: tuple[str, ...] = ()
    feature_order: tuple[str, ...] | None = None
    answer_order: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return a line for each column: what it is, and why it is taken for that."""
        rows = [(each.name, each.role, each.kind, each.why) for each in self.columns]
        title = f"{len(self.columns)} columns"
        return Overview(title, ("column", "role", "kind", "because"), rows).to_text()

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        ColumnNotFoundError
            If there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise ColumnNotFoundError([name], self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, in order."""
        return tuple(column.name for column in self.columns)

    def with_role(self, role: Role) -> tuple[str, ...]:
        """Names of all columns of that role, in the table's order."""
        return tuple(column.name for column in self.columns if column.role == role)

    def _single(self, role: Role) -> str | None:
        """Return the one column of that role; None where there is none, or are several."""
        named = self.with_role(role)
        return named[0] if len(named) == 1 else None

    def _as_told(self, role: Role) -> tuple[str, ...]:
        """Return the columns of that role as they were declared, then in the table's order."""
        named = self.with_role(role)
        told = [name for name in self.answer_order if name in named]
        return tuple(dict.fromkeys([*told, *named]))

    @property
    def label(self) -> str | None:
        """Name of the label column; None where there is none, or are several (`labels`)."""
        return self._single("label")

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the label columns, as declared: more than one where a row has many labels."""
        return self._as_told("label")

    @property
    def prediction(self) -> str | None:
        """Name of the column of predictions; None where there is none, or are several."""
        return self._single("prediction")

    @property
    def predictions(self) -> tuple[str, ...]:
        """Names of the columns of predictions, as declared: one a label where there are many."""
        return self._as_told("prediction")

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of the score columns, as declared: of the positive class, or one a class."""
        return self._as_told("score")

    @property
    def has_answers(self) -> bool:
        """Whether a model's answers are there: predictions or scores."""
        return bool(self.predictions or self.scores)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that a model may read: as declared, then in the table's order."""
        readable = [column.name for column in self.columns if column.is_feature]
        declared = [name for name in self.feature_order or () if name in readable]
        return tuple(dict.fromkeys([*declared, *readable]))

    @property
    def facets(self) -> tuple[str, ...]:
        """Names of the facets."""
        return self.with_role("facet")

    @property
    def group(self) -> str | None:
        """Name of the column whose equal values mark rows that belong together."""
        return self._single("group")

    @property
    def weight(self) -> str | None:
        """Name of the column of row weights."""
        return self._single("weight")

    @property
    def time(self) -> str | None:
        """Name of the column that orders the rows in time."""
        return self._single("time")

    @property
    def query(self) -> str | None:
        """Name of the column whose equal values mark rows that are ranked against each other."""
        return self._single("query")

    @property
    def series(self) -> str | None:
        """Name of the column whose equal values mark rows that follow each other in time."""
        return self._single("series")

    def with_roles(self, roles: Mapping[str, Role]) -> "Schema":
        """Return a schema in which the named columns have these roles.

        Raises
        ------
        ColumnNotFoundError
            If a column is not in the table.
        InputError
            If a role that only one column can have is given twice.
        """
        missing = set(roles) - set(self.names)
        if missing:
            raise ColumnNotFoundError(missing, self.names)
        columns = tuple(
            replace(
                column,
                role=roles[column.name],
                is_feature=roles[column.name] == "feature"
                or (roles[column.name] == "facet" and column.is_feature),
            )
            if column.name in roles
            else column
            for column in self.columns
        )
        for role in SINGLE_ROLES:
            named = [column.name for column in columns if column.role == role]
            if len(named) > 1:
                msg = f"only one column can be the {role}; found {', '.join(named)}"
                raise InputError(msg)
        return replace(self, columns=columns)

    def to_dict(self) -> dict[str, Json]:
        """Return builtins only."""
        return {
            "columns": [
                {
                    "name": column.name,
                    "role": column.role,
                    "kind": column.kind,
                    "storage": column.storage,
                    "has_null": column.has_null,
                    "why": column.why,
                    "is_feature": column.is_feature,
                    "categories": None if column.categories is None else list(column.categories),
                    "ordered": column.ordered,
                }
                for column in self.columns
            ],
            "positive": self.positive,
            "missing_values": list(self.missing_values),
            "feature_order": None if self.feature_order is None else list(self.feature_order),
            "answer_order": list(self.answer_order),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Schema":
        """Read back what `to_dict` wrote."""
        order = stored.get("feature_order")
        return cls(
            columns=tuple(_read_column(column) for column in stored["columns"]),
            positive=stored["positive"],
            missing_values=tuple(stored["missing_values"]),
            feature_order=None if order is None else tuple(order),
            answer_order=tuple(stored.get("answer_order", ())),
        )


def _read_column(stored: Mapping[str, Any]) -> Column:
    known = stored.get("categories")
    return Column(**{**stored, "categories": None if known is None else tuple(known)})
