"""A facet's tables in; for each metric the two groups that are furthest apart out."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from assay.bias.cells import GroupCells
from assay.bias.facet import Facet
from assay.bias.group_values import group_values
from assay.bias.measurement import Measurement
from assay.bias.measuring import Measured, as_measure
from assay.bias.metric import BiasMetric
from assay.bias.result import BiasMeasure
from assay.bias.settings import BiasSettings
from assay.bias.split import FacetTables, Split
from assay.stats.studentized_range import range_level

Floats = NDArray[np.float64]
_NEEDS = frozenset({"label", "prediction", "both", "scores", "numbers"})
_NOT_OF_PAIRS = ("facet_imbalance", "generalized_entropy")
"""Sizes of groups, and inequality over all rows: by them no pair is treated differently."""
_SHORTLISTED = 2
_N_NAMED = 5


def worst_pairs(
    facet: Facet,
    tables: FacetTables,
    measured: Sequence[Measured],
    *,
    settings: BiasSettings,
) -> tuple[BiasMeasure, ...]:
    """Return for each difference or ratio the two groups that are furthest apart.

    Of metrics of counts these are the groups with the smallest and the largest value; of others
    the furthest among the two highest and two lowest against the rest. Group and other group are
    put so that a difference is positive and a ratio at most 1, where the metric is not undefined.

    The interval is as wide as it must be to hold for all pairs at once, as the pair was chosen
    for being the furthest apart: by the studentised range, with declared units by Šidák.

    Parameters
    ----------
    facet : Facet
    tables : FacetTables
    measured : sequence of Measured
        The facet's numbers against the rest, as `measure_facet` returns them.
    settings : BiasSettings

    Returns
    -------
    tuple of BiasMeasure
        In the order of the metrics. Empty where fewer than three groups are reported, as the
        pair is then what was measured already. Groups of fewer rows than `settings.min_group` are
        left out and named in `reading`.
    """
    rows = tables.cells.group_rows
    judged = [at for at in facet.reported if rows[at] >= settings.min_group]
    if len(facet.reported) < 3 or len(judged) < 2:
        return ()
    small = [facet.groups[at] for at in facet.reported if at not in judged]
    level = _pair_level(tables.cells, len(judged), settings.level)
    found: list[BiasMeasure] = []
    for metric in dict.fromkeys(each.metric for each in measured):
        if metric.is_distance or metric.needs not in _NEEDS or _is_left_out(metric):
            continue
        against_rest = [each for each in measured if each.metric is metric]
        pair = _furthest(facet, tables, metric, judged, against_rest)
        if pair is not None:
            found.append(_as_measure(pair, level, settings, len(judged), small))
    return tuple(found)


def _is_left_out(metric: BiasMetric) -> bool:
    return metric.name.startswith(_NOT_OF_PAIRS)


def _pair_level(cells: GroupCells, n_groups: int, level: float) -> float:
    if cells.by_unit is None:
        return range_level(n_groups, level)
    return level ** (2 / (n_groups * (n_groups - 1)))


def _furthest(
    facet: Facet,
    tables: FacetTables,
    metric: BiasMetric,
    judged: Sequence[int],
    against_rest: Sequence[Measured],
) -> Measured | None:
    values = group_values(tables.cells, metric.name)
    many = 1
    if values is None:
        many = _SHORTLISTED
        values = np.full(len(facet.groups), np.nan)
        for each in against_rest:
            if each.found.value is not None:
                values[facet.groups.index(each.group)] = each.found.value
    known = [at for at in judged if isfinite(values[at])]
    if len(known) < 2:
        return None
    ranked = sorted(known, key=lambda at: values[at])
    pairs = [(a, b) for a, b in product(ranked[:many], ranked[-many:]) if a != b]
    found = [_measured(facet, tables, metric, *pair) for pair in pairs]
    found = [each for each in found if each.found.value is not None]
    return max(found, key=lambda each: _distance(each.found, metric), default=None)


def _measured(
    facet: Facet, tables: FacetTables, metric: BiasMetric, one: int, other: int
) -> Measured:
    """Measure a pair, the other way round where the value then lies on its usual side."""
    group, versus = facet.groups[one], facet.groups[other]
    found = metric.function(Split.of(tables, group, versus))
    if _is_turned(found, metric):
        turned = metric.function(Split.of(tables, versus, group))
        if turned.value is not None:
            group, versus, found = versus, group, turned
    return Measured(metric=metric, facet=facet.name, group=group, versus=versus, found=found)


def _is_turned(found: Measurement, metric: BiasMetric) -> bool:
    if found.value is None:
        return False
    return found.value > 1 if metric.parity == 1 else found.value < metric.parity


def _distance(found: Measurement, metric: BiasMetric) -> float:
    value = found.value if found.value is not None else metric.parity
    return abs(value - metric.parity)


def _as_measure(
    pair: Measured, level: float, settings: BiasSettings, n_groups: int, small: Sequence[str]
) -> BiasMeasure:
    """Return what is reported: every interval is the one that allows for the choice."""
    made = as_measure(pair, settings=settings, simultaneous_level=level)
    wide = pair.found.estimate(level)
    method = (
        f"{wide.method}, widened for the choice among {n_groups} groups" if wide.method else ""
    )
    reading = f"the two furthest apart of {n_groups} groups"
    if small:
        named = ", ".join(small[:_N_NAMED])
        more = f" and {len(small) - _N_NAMED} more" if len(small) > _N_NAMED else ""
        reading += f"; left out for having fewer than {settings.min_group} rows: {named}{more}"
    estimate = replace(wide, level=settings.level, method=method)
    return replace(made, estimate=estimate, reading=reading)
