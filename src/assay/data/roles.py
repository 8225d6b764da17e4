"""Which column plays which part: roles as the user names them, checked against the table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from assay.data.schema import ROLES, Column, Role
from assay.errors import ColumnNotFoundError, InputError

OneOrMore = str | Sequence[str] | None


@dataclass(frozen=True, kw_only=True)
class Roles:
    """The roles that a user told; names of columns.

    Parameters
    ----------
    label, prediction : str, sequence of str or None
        Several where a row may have many labels: one column of 0 and 1 for each.
    group, weight, time, id : str or None
    query : str or None
        The rows of one query are ranked against each other.
    series : str or None
        The rows of one series follow each other in time.
    score : str, sequence of str or None
        One column for the positive class, or one a class.
    facets : sequence of str
    features : sequence of str or None
        The columns that a model may read; None for all that have no other role.
    ignore : sequence of str
        Columns that nothing reads.
    """

    label: OneOrMore = None
    prediction: OneOrMore = None
    score: OneOrMore = None
    facets: OneOrMore = ()
    group: str | None = None
    weight: str | None = None
    time: str | None = None
    id: str | None = None
    query: str | None = None
    series: str | None = None
    features: OneOrMore = None
    ignore: OneOrMore = ()

    def by_column(self) -> dict[str, Role]:
        """Return the role of each column that was named.

        Raises
        ------
        InputError
            If a column is given two roles.
        """
        named: list[tuple[str, Role]] = []
        singles: tuple[tuple[str | None, Role], ...] = (
            (self.group, "group"),
            (self.weight, "weight"),
            (self.time, "time"),
            (self.id, "id"),
            (self.query, "query"),
            (self.series, "series"),
        )
        several: tuple[tuple[OneOrMore, Role], ...] = (
            (self.label, "label"),
            (self.prediction, "prediction"),
            (self.score, "score"),
            (self.facets, "facet"),
            (self.ignore, "ignored"),
        )
        for columns, role in several:
            named.extend((column, role) for column in as_names(columns))
        named.extend((column, role) for column, role in singles if column is not None)
        roles: dict[str, Role] = {}
        for column, role in named:
            if roles.setdefault(column, role) != role:
                msg = (
                    f"column {column!r} is named as {roles[column]} and as {role}; "
                    "give each column one role"
                )
                raise InputError(msg)
        return roles

    @property
    def answers(self) -> tuple[str, ...]:
        """The columns of labels, predictions and scores in the order in which they were named."""
        return (*as_names(self.label), *as_names(self.prediction), *as_names(self.score))


def as_names(names: OneOrMore) -> tuple[str, ...]:
    """Return one name, several or none as a tuple.

    Examples
    --------
    >>> as_names("age"), as_names(["age", "sex"]), as_names(None)
    (('age',), ('age', 'sex'), ())
    """
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def assign_roles(columns: Sequence[Column], told: Roles) -> tuple[Column, ...]:
    """Return the columns with the roles that were told.

    Raises
    ------
    ColumnNotFoundError
        If a column is not in the table.
    InputError
        If a column is given two roles, or label, prediction, score or weight is a feature.
    """
    roles = told.by_column()
    features = None if told.features is None else as_names(told.features)
    _check_known({*roles, *(features or ())}, columns)
    for name in features or ():
        if roles.get(name) in ("label", "prediction", "score", "weight", "ignored"):
            msg = f"column {name!r} is named as {roles[name]} and among the features; choose one"
            raise InputError(msg)
    return tuple(_with_role(column, roles, features) for column in columns)


def _check_known(named: Collection[str], columns: Sequence[Column]) -> None:
    available = [column.name for column in columns]
    missing = set(named) - set(available)
    if missing:
        raise ColumnNotFoundError(missing, available)


def _with_role(
    column: Column, roles: Mapping[str, Role], features: tuple[str, ...] | None
) -> Column:
    role: Role = roles.get(column.name, "feature")
    if features is not None:
        is_feature = column.name in features
        if role == "feature" and not is_feature:
            role = "ignored"
    else:
        is_feature = role in ("feature", "facet")
    return replace(column, role=role, is_feature=is_feature)


def roles_by_column(roles: Mapping[str, OneOrMore]) -> dict[str, Role]:
    """Turn role → columns into column → role.

    Raises
    ------
    InputError
        If a role is unknown.
    """
    told: dict[str, Role] = {}
    for role, names in roles.items():
        if role not in ROLES:
            msg = f"role {role!r} is not known; there is: {', '.join(ROLES)}"
            raise InputError(msg)
        told |= {name: cast("Role", role) for name in as_names(names)}
    return told
