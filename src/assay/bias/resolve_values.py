"""A column's values in, the facet of each value against the rest, or of the listed ones, out."""

import narwhals as nw
import numpy as np

from assay.bias.facet import EXCLUDED, Facet, FacetSpec
from assay.bias.facet_text import value_text
from assay.bias.listed_values import match_values
from assay.bias.resolve_columns import OTHER, ColumnValues
from assay.bias.resolve_groups import column_facet, free_name, nothing_to_compare
from assay.bias.result import LeftOut
from assay.tables.cube import Level

BLANK = "(blank)"
LOOKED_UP = ("int64", "float64", "utf8")
"""Storages whose levels in a table are the values themselves."""


def values_facet(
    spec: FacetSpec, values: ColumnValues, *, why: str, max_groups: int, keep_missing: bool
) -> Facet | LeftOut:
    """Return the facet of each value; rare values beyond `max_groups` are gathered in one.

    Parameters
    ----------
    spec : FacetSpec
    values : ColumnValues
    why : str
        Why each value is a group.
    max_groups : int
        Most groups, the gathered one and the missing ones included.
    keep_missing : bool

    Returns
    -------
    Facet or LeftOut
        What is left out has one value only.
    """
    has_missing = keep_missing and values.n_missing > 0
    kept, n_folded = _most_frequent(values, max(max_groups - int(has_missing), 2))
    if len(kept) + (n_folded > 0) + has_missing < 2:
        return nothing_to_compare(spec, f"every row has {value_text(values.levels[kept[0]])!r}")
    known: dict[Level, str] = {}
    groups: list[str] = []
    for at in kept:
        groups.append(free_name(_shown(values.levels[at]), groups))
        known[values.levels[at]] = groups[-1]
    key, other = values.key(), EXCLUDED
    if n_folded:
        other = len(groups)
        groups.append(free_name(OTHER, groups))
        key, known = _folding_key(values, known, groups[other])
    return column_facet(
        spec,
        values,
        how="values",
        why=f"{why}: each value is a group",
        key=key,
        known=known,
        groups=groups,
        keep_missing=keep_missing,
        other=other,
        rows_folded=values.n_values - int(values.n[kept].sum()),
        n_folded=n_folded,
    )


def _shown(level: Level) -> str:
    """Return the name of a value that can be seen: blank texts are called (blank)."""
    name = value_text(level)
    return name if name.strip() else BLANK


def _most_frequent(values: ColumnValues, max_groups: int) -> tuple[list[int], int]:
    """Return the places of the values that stay, in order, and how many are gathered."""
    n_levels = len(values.levels)
    n_beyond = values.n_distinct - n_levels
    if n_levels <= max_groups and not n_beyond:
        return list(range(n_levels)), 0
    ranked = np.lexsort((np.arange(n_levels), -values.n))
    kept = sorted(int(at) for at in ranked[: max_groups - 1])
    return kept, n_levels - len(kept) + n_beyond


def _folding_key(
    values: ColumnValues, known: dict[Level, str], other: str
) -> tuple[nw.Expr, dict[Level, str]]:
    """Return a key of few levels, so that the table stays small, and what its levels mean."""
    key = values.key()
    if values.column.storage not in LOOKED_UP:
        return key, {level: known.get(level, other) for level in values.levels}
    n = len(known)
    code = key.replace_strict(list(known), list(range(n)), default=n, return_dtype=nw.Int64)
    return nw.when(~key.is_null()).then(code), dict(enumerate([*known.values(), other]))


def listed_facet(spec: FacetSpec, values: ColumnValues, *, keep_missing: bool) -> Facet | LeftOut:
    """Return the facet of the rows with any listed value against the rest.

    Parameters
    ----------
    spec : FacetSpec
    values : ColumnValues
    keep_missing : bool

    Returns
    -------
    Facet or LeftOut

    Raises
    ------
    InputError
        If no row has any of the values.
    """
    found, absent = match_values(spec.values, values)
    name = ", ".join(value_text(level) for level in found)
    rest = f"not {name}"
    others = set(values.levels) - set(found)
    if not others and not values.n_unlisted and not (keep_missing and values.n_missing):
        return nothing_to_compare(spec, f"every row with a value has one of {name}")
    key = values.key()
    known: dict[Level, str] = {True: name, False: rest}
    if values.column.storage in LOOKED_UP:
        key = key.is_in(found)
    else:
        known = {level: name if level in found else rest for level in values.levels}
    return column_facet(
        spec,
        values,
        how="listed",
        why=f"no row has {', '.join(map(value_text, absent))}" if absent else "",
        key=key,
        known=known,
        groups=(name, rest),
        n_reported=1,
        keep_missing=keep_missing,
    )
