"""Settled facets and how often their groups meet in, the facet of their combinations out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.bias.facet import EXCLUDED, Facet, FacetSpec
from assay.bias.facet_text import facet_name
from assay.bias.resolve_columns import OTHER
from assay.bias.resolve_groups import free_name, nothing_to_compare
from assay.bias.result import LeftOut
from assay.tables.cube import Cube

JOINT = " × "
MAX_COMBINED = 2_500
"""Above as many possible combinations the parts are made coarser."""


def part_groups(max_groups: int, n_parts: int) -> int:
    """Return how many groups a part may have: fewer the more parts there are.

    Examples
    --------
    >>> part_groups(200, 2), part_groups(200, 3)
    (50, 13)
    """
    return min(max_groups, max(3, int(MAX_COMBINED ** (1 / n_parts))))


def intersection_facet(
    spec: FacetSpec, parts: Sequence[Facet], cube: Cube, *, max_groups: int
) -> Facet | LeftOut:
    """Return the facet whose groups are the combinations that occur.

    Parameters
    ----------
    spec : FacetSpec
    parts : sequence of Facet
        Each of one key.
    cube : Cube
        Rows by the keys of the parts, in order.
    max_groups : int
        Most groups; rarer combinations are gathered in one.

    Returns
    -------
    Facet or LeftOut
    """
    places = [p.place((cube.levels[k],), cube.codes[:, [k]]) for k, p in enumerate(parts)]
    place = np.stack(places, axis=1)
    there = (place >= 0).all(axis=1)
    combos, at = np.unique(place[there], axis=0, return_inverse=True)
    counted = np.bincount(at.reshape(-1), weights=cube.n[there], minlength=len(combos))
    rows = counted.astype(np.int64)
    if len(combos) < 2:
        return nothing_to_compare(spec, _only(parts, combos))
    kept = _most_frequent(rows, max_groups)
    gathered = np.ones(len(combos), dtype=bool)
    gathered[kept] = False
    n_folded = int(gathered.sum()) + sum(part.n_folded for part in parts)
    others = np.array([part.other for part in parts])
    gathered |= ((combos == others) & (others >= 0)).any(axis=1)
    return _combined(
        spec,
        parts,
        combos[kept],
        is_whole=len(kept) == len(combos),
        rows_missing=int(cube.n[~there].sum()),
        rows_folded=int(rows[gathered].sum()),
        n_folded=n_folded,
    )


def _only(parts: Sequence[Facet], combos: NDArray[np.int64]) -> str:
    """Say in what all rows are alike; of no combination, that there is none."""
    if not len(combos):
        return "no row has a value in all columns"
    met = (part.groups[at] for part, at in zip(parts, combos[0], strict=True))
    return f"every row with a value in all columns has {JOINT.join(met)!r}"


def _combined(
    spec: FacetSpec,
    parts: Sequence[Facet],
    combos: NDArray[np.int64],
    *,
    is_whole: bool,
    rows_missing: int,
    rows_folded: int,
    n_folded: int,
) -> Facet:
    groups: list[str] = []
    places: dict[tuple[str, ...], int] = {}
    reported: list[int] = []
    for combo in combos.tolist():
        if all(at in part.reported for part, at in zip(parts, combo, strict=True)):
            reported.append(len(groups))
        names = tuple(part.groups[at] for part, at in zip(parts, combo, strict=True))
        places[names] = len(groups)
        groups.append(free_name(JOINT.join(names), groups))
    if not is_whole:
        reported.append(len(groups))
        groups.append(free_name(OTHER, groups))
    return Facet(
        name=facet_name(spec),
        columns=spec.columns,
        how="intersection",
        why="; ".join(f"{part.name}: {part.why}" for part in parts if part.why),
        keys=tuple(key for part in parts for key in part.keys),
        key_groups=tuple(known for part in parts for known in part.key_groups),
        groups=tuple(groups),
        places=places,
        reported=tuple(reported),
        other=EXCLUDED if is_whole else len(groups) - 1,
        keeps_missing=any(part.keeps_missing for part in parts),
        rows_missing=rows_missing,
        rows_folded=rows_folded,
        n_folded=n_folded,
    )


def _most_frequent(rows: NDArray[np.int64], max_groups: int) -> NDArray[np.intp]:
    if len(rows) <= max_groups:
        return np.arange(len(rows))
    ranked = np.lexsort((np.arange(len(rows)), -rows))
    return np.sort(ranked[: max(max_groups - 1, 1)])
