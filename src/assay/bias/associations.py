"""What is said of a facet as a whole, and of all rows: associations, and how even classes are."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import narwhals as nw
import numpy as np

from assay.bias.associations_catalogue import (
    ETA_FACET,
    ETA_LABEL,
    ETA_PREDICTION,
    IMBALANCE_IN_CLASS,
    LABEL_DIFFERENCE,
    PEARSON_LABEL,
    PEARSON_PREDICTION,
    SPEARMAN_LABEL,
    V_LABEL,
    V_PREDICTION,
    WHOLE,
)
from assay.bias.associations_classes import cramers_v, facet_imbalance_in_class
from assay.bias.associations_numbers import PAIR, POWERS, correlation_ratio, pearson
from assay.bias.associations_ranks import RankedRows, ranked_rows, spearman
from assay.bias.cells import KEY, LABEL, GroupCells
from assay.bias.facet import Facet
from assay.bias.group_numbers import by_group
from assay.bias.measurement import Measurement
from assay.bias.measuring import Measured
from assay.bias.metric import BiasMetric
from assay.bias.outcomes import Outcomes
from assay.bias.split import FacetTables, Split
from assay.data.dataset import Dataset
from assay.data.engines.protocol import Table
from assay.data.requests import GroupMomentsRequest, MomentsRequest, Request
from assay.tables.group_moments import GroupMoments
from assay.tables.moments import Moments

MAX_CLASSES = 20
"""Classes of a label for which the groups' sizes are told one by one."""
NUMERIC = ("condition", "bands", "quantiles")
_OF_LABEL, _OF_PREDICTION = "association_label", "association_prediction"
_BY_LABEL = "association_facet_by_label"
_PAIR_LABEL, _PAIR_PREDICTION = "association_pair_label", "association_pair_prediction"


def association_requests(
    facet: Facet,
    outcomes: Outcomes,
    *,
    weight: str | None = None,
    unit: str | None = None,
    unit_kind: str = "group",
) -> dict[str, Request]:
    """Return the tables that the associations of a facet need beside its cells.

    Nothing where label and prediction are classes and the facet is not a number with thresholds.

    Parameters
    ----------
    facet : Facet
    outcomes : Outcomes
    weight, unit : str or None
    unit_kind : str

    Returns
    -------
    dict
        `GroupMomentsRequest` of numbers by group, of the facet's number by label, and
        `MomentsRequest` of pairs of numbers. Hand the tables, under the same names, to
        `measure_associations`.
    """
    grouped = partial(GroupMomentsRequest, weight=weight, unit=unit, unit_kind=unit_kind)
    paired = partial(MomentsRequest, weight=weight, unit=unit, unit_kind=unit_kind)
    by = {KEY(place): key for place, key in enumerate(facet.keys)}
    x = facet_number(facet)
    requests: dict[str, Request] = {}
    for name, pair, number in (
        (_OF_LABEL, _PAIR_LABEL, outcomes.actual_number),
        (_OF_PREDICTION, _PAIR_PREDICTION, outcomes.predicted_number),
    ):
        if number is None:
            continue
        requests[name] = grouped(by=by, quantities=_powers(number))
        if x is not None:
            requests[pair] = paired(quantities=_pair(x, number))
    if x is not None and outcomes.label is not None:
        requests[_BY_LABEL] = grouped(by={LABEL: outcomes.label}, quantities=_powers(x))
    return requests


def facet_number(facet: Facet) -> nw.Expr | None:
    """Return the facet's column as a number, where its groups were made by thresholds."""
    if facet.how not in NUMERIC or len(facet.columns) != 1:
        return None
    return nw.col(facet.columns[0]).cast(nw.Float64)


def _powers(number: nw.Expr) -> dict[str, nw.Expr]:
    x = number.cast(nw.Float64)
    return dict(zip(POWERS, (x, x * x, x * x * x), strict=True))


def _pair(x: nw.Expr, number: nw.Expr) -> dict[str, nw.Expr]:
    y = number.cast(nw.Float64)
    return dict(zip(PAIR, (x, y, x * x, y * y, x * y), strict=True))


def association_rows(
    data: Dataset,
    facet: Facet,
    outcomes: Outcomes,
    *,
    weight: str | None = None,
    unit: str | None = None,
    unit_kind: str = "group",
    seed: int = 0,
) -> RankedRows | None:
    """Return the rows for Spearman's correlation; None unless facet and label are numbers.

    Parameters
    ----------
    data : Dataset
    facet : Facet
    outcomes : Outcomes
    weight, unit : str or None
    unit_kind : str
    seed : int
    """
    x = facet_number(facet)
    if x is None or outcomes.actual_number is None:
        return None
    y = outcomes.actual_number
    return ranked_rows(data, x, y, weight=weight, unit=unit, unit_kind=unit_kind, seed=seed)


def measure_associations(
    facet: Facet,
    tables: FacetTables,
    outcomes: Outcomes,
    made: Mapping[str, Table],
    *,
    rows: RankedRows | None = None,
) -> tuple[Measured, ...]:
    """Measure how a facet as a whole goes with the label and with the prediction.

    Parameters
    ----------
    facet : Facet
    tables : FacetTables
    outcomes : Outcomes
    made : mapping
        The tables of `association_requests`, under the same names.
    rows : RankedRows or None
        Of `association_rows`; None leaves Spearman's correlation out.

    Returns
    -------
    tuple of Measured
        Their `group` is "", but for the sizes of the groups in each class of the label.
    """
    cells = tables.cells
    found: list[tuple[BiasMetric, Measurement]] = []
    if cells.label is not None and len(outcomes.classes) > 1:
        found.append((V_LABEL, cramers_v(cells)))
    if cells.prediction is not None and len(outcomes.classes) > 1:
        found.append((V_PREDICTION, cramers_v(cells, predicted=True)))
    for name, metric in ((_OF_LABEL, ETA_LABEL), (_OF_PREDICTION, ETA_PREDICTION)):
        table = made.get(name)
        if isinstance(table, GroupMoments):
            group = facet.place(table.levels, table.codes)
            found.append((metric, correlation_ratio(by_group(table, group, facet.groups))))
    table = made.get(_BY_LABEL)
    if isinstance(table, GroupMoments):
        found.append((ETA_FACET, correlation_ratio(_labelled(table))))
    for name, metric in ((_PAIR_LABEL, PEARSON_LABEL), (_PAIR_PREDICTION, PEARSON_PREDICTION)):
        table = made.get(name)
        if isinstance(table, Moments):
            found.append((metric, pearson(table)))
    if rows is not None:
        found.append((SPEARMAN_LABEL, spearman(rows)))
    whole = tuple(
        Measured(metric=metric, facet=facet.name, group="", versus="", found=each)
        for metric, each in found
    )
    return (*whole, *_in_classes(facet, tables))


def _labelled(table: GroupMoments) -> GroupMoments:
    """Return the sums by class of the label, without the rows that have none."""
    classes = table.levels[0]
    has = np.array([level is not None for level in classes], dtype=bool)
    group = np.where(has[table.codes[:, 0]], table.codes[:, 0], -1)
    return by_group(table, group, tuple(str(level) for level in classes))


def _in_classes(facet: Facet, tables: FacetTables) -> tuple[Measured, ...]:
    """Return the imbalance of each reported group in each class of the label."""
    cells = tables.cells
    if cells.label is None:
        return ()
    places = np.unique(cells.label[cells.w > 0])
    if not 1 < len(places) <= MAX_CLASSES:
        return ()
    found: list[Measured] = []
    for place in places.tolist():
        metric = replace(
            IMBALANCE_IN_CLASS, title=f"{IMBALANCE_IN_CLASS.title} {cells.classes[place]}"
        )
        for at in facet.reported:
            group = facet.groups[at]
            each = facet_imbalance_in_class(Split.of(tables, group), place)
            found.append(Measured(metric=metric, facet=facet.name, group=group, found=each))
    return tuple(found)


def measure_whole(cells: GroupCells) -> tuple[tuple[BiasMetric, Measurement], ...]:
    """Measure how even the label's classes are over all rows, whatever their group.

    Parameters
    ----------
    cells : GroupCells
        Of any facet; rows that it leaves out are not counted.

    Returns
    -------
    tuple of (BiasMetric, Measurement)
        Nothing without a label; the difference of positive and negative labels only where there
        is a positive outcome and two classes.
    """
    if cells.label is None:
        return ()
    two = cells.positive is not None and len(np.unique(cells.label[cells.w > 0])) <= 2
    return tuple(
        (metric, metric.function(cells))
        for metric in WHOLE
        if metric is not LABEL_DIFFERENCE or two
    )
