"""Names of groups and the key they come from in, the facet out."""

from collections.abc import Collection, Sequence

import narwhals as nw

from assay.bias.facet import EXCLUDED, Facet, FacetSpec, How, Span
from assay.bias.facet_text import facet_name
from assay.bias.resolve_columns import ColumnValues
from assay.bias.result import LeftOut
from assay.tables.cube import Level

MISSING = "(missing)"


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, numbered where another group has it already.

    Examples
    --------
    >>> free_name("(missing)", ["a", "(missing)"])
    '(missing) 2'
    """
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def nothing_to_compare(spec: FacetSpec, reason: str) -> LeftOut:
    """Return the entry of a facet that has fewer than two groups."""
    return LeftOut(
        title=f"facet {facet_name(spec)}",
        reason=f"{reason}: there is nothing to compare",
        turn_on="name a column, values or a threshold that part the rows",
    )


def column_facet(
    spec: FacetSpec,
    values: ColumnValues,
    *,
    how: How,
    why: str,
    key: nw.Expr,
    known: dict[Level, str],
    groups: Sequence[str],
    n_reported: int | None = None,
    spans: Sequence[Span] = (),
    keep_missing: bool = False,
    other: int = EXCLUDED,
    rows_folded: int = 0,
    n_folded: int = 0,
) -> Facet:
    """Return the facet of one column.

    Parameters
    ----------
    spec : FacetSpec
    values : ColumnValues
    how, why : str
    key : narwhals.Expr
    known : dict
        Level of the key → name of its group.
    groups : sequence of str
        In order; missing values come behind them.
    n_reported : int or None
        How many of the first groups are compared with the rest; None for all, missing included.
    spans : sequence of Span
    keep_missing : bool
    other, rows_folded, n_folded : int

    Returns
    -------
    Facet
    """
    names = list(groups)
    places = {(name,): place for place, name in enumerate(names)}
    has_missing = keep_missing and values.n_missing > 0
    if has_missing:
        known = {**known, None: free_name(MISSING, names)}
        places[known[None],] = len(names)
        names.append(known[None])
    padded = (*spans, *(None for _ in names[len(spans) :])) if spans else ()
    return Facet(
        name=facet_name(spec),
        columns=spec.columns,
        how=how,
        why=why,
        keys=(key,),
        key_groups=(known,),
        groups=tuple(names),
        places=places,
        reported=tuple(range(len(names) if n_reported is None else n_reported)),
        other=other,
        spans=padded,
        keeps_missing=keep_missing,
        rows_missing=0 if has_missing else values.n_missing,
        rows_folded=rows_folded,
        n_folded=n_folded,
    )
