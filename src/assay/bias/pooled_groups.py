"""The cells of a facet in, each group's rates with strength lent by the other groups out."""

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import Flags, GroupCells
from assay.bias.facet import Facet
from assay.bias.group_table import rates_of
from assay.bias.pooling import PooledRates, pool_rates
from assay.metrics.few import MIN_ROWS, few_rows
from assay.metrics.rates import cell_rate
from assay.result import Estimate

Floats = NDArray[np.float64]
METHOD = "partial pooling towards {towards}, hierarchical logit"

MAX_EFFECTS = 50
"""Main effects above which groups are pooled towards one mean: their fit would take minutes."""


def pooled_group_rates(
    facet: Facet, cells: GroupCells, *, level: float = 0.95
) -> tuple[dict[str, Estimate], ...]:
    """Return for each group ``pooled_<rate>`` for every rate that the cells give.

    Of an intersection the groups are pooled towards what the main effects of its parts predict,
    of other facets (and of parts with very many values) towards the mean of all groups. Of
    weighted rows and declared units it counts how many independent rows would give the same
    precision.

    Parameters
    ----------
    facet : Facet
    cells : GroupCells
    level : float
        Coverage on average over groups, in (0, 1).

    Returns
    -------
    tuple of dict
        In the order of the groups; a rate that a group has no rows for is what is expected of it.
    """
    design = main_effects(facet)
    if design is not None and design.shape[1] > MAX_EFFECTS:
        design = None
    towards = "the mean of all groups" if design is None else "the main effects"
    found: list[dict[str, Estimate]] = [{} for _ in cells.groups]
    for name, (above, below, what, _) in rates_of(cells).items():
        successes, trials, rows = effective_counts(cells, above, below)
        if not rows.any():
            continue
        pooled = pool_rates(successes, trials, design, level=level)
        unit = "row" if cells.by_unit is None else cells.by_unit.kind
        plain = not cells.weighted and cells.by_unit is None
        for place, numbers in enumerate(found):
            numbers[f"pooled_{name}"] = _estimate(
                pooled,
                place,
                int(rows[place]),
                None if plain else float(trials[place]),
                unit=unit,
                method=METHOD.format(towards=towards),
                what=what,
            )
    return tuple(found)


def _estimate(
    pooled: PooledRates,
    place: int,
    n: int,
    n_effective: float | None,
    *,
    unit: str,
    method: str,
    what: str,
) -> Estimate:
    return Estimate(
        value=float(pooled.value[place]),
        low=float(pooled.low[place]),
        high=float(pooled.high[place]),
        level=pooled.level,
        n=n,
        n_effective=n_effective,
        unit=unit,
        method=method,
        conditional_on="the fitted model; coverage is on average over groups",
        warnings=few_rows(n, least=MIN_ROWS, what=what),
    )


def effective_counts(
    cells: GroupCells, above: Flags, below: Flags
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return successes, trials and rows of each group, shape (n_groups,) each.

    Parameters
    ----------
    cells : GroupCells
    above, below : ndarray of bool, shape (n_cells,)
        The cells of the numerator and of the denominator.

    Returns
    -------
    (ndarray of float, ndarray of float, ndarray of int)
        Trials are independent rows of equal weight with the precision of the group's rate.
    """
    n_groups = len(cells.groups)
    counted = np.bincount(cells.group[below], weights=cells.n[below], minlength=n_groups)
    rows = counted.astype(np.int64)
    if not cells.weighted and cells.by_unit is None:
        hits = above & below
        successes = np.bincount(cells.group[hits], weights=cells.n[hits], minlength=n_groups)
        return successes.astype(np.float64), rows.astype(np.float64), rows
    successes, trials = np.zeros(n_groups), np.zeros(n_groups)
    for place in np.flatnonzero(rows):
        inside = cells.group == place
        rate = cell_rate(cells, above & below & inside, below & inside)
        if rate is None:
            continue
        value, variance = rate.value, rate.spread.variance
        if 0 < value < 1 and variance > 0:
            trials[place] = value * (1 - value) / variance
        else:
            trials[place] = rate.n_effective or rate.n
        trials[place] = min(trials[place], float(rows[place]))
        successes[place] = value * trials[place]
    return successes, trials, rows


def main_effects(facet: Facet) -> Floats | None:
    """Return one column for each value of each part but its first; None for a single column.

    Parameters
    ----------
    facet : Facet

    Returns
    -------
    ndarray of float or None, shape (n_groups, n_columns)
        Of the group of gathered combinations the mean of the others.
    """
    if not facet.is_intersection:
        return None
    names = sorted(facet.places, key=lambda each: facet.places[each])
    columns: list[Floats] = []
    for part in range(len(names[0])):
        values = list(dict.fromkeys(each[part] for each in names))
        columns += [np.array([each[part] == v for each in names], float) for v in values[1:]]
    if not columns:
        return None
    design = np.zeros((len(facet.groups), len(columns)))
    placed = [facet.places[each] for each in names]
    design[:] = np.mean(columns, axis=1)
    design[placed] = np.stack(columns, axis=1)
    return design
