"""What is said of a facet as a whole, and of all rows: associations, and how even classes are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import narwhals as nw
import numpy as np

from assay.bias.associations_classes import cramers_v, facet_imbalance_in_class
from assay.bias.associations_label import label_difference, label_imbalance, majority_share
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
        found.append((_V_LABEL, cramers_v(cells)))
    if cells.prediction is not None and len(outcomes.classes) > 1:
        found.append((_V_PREDICTION, cramers_v(cells, predicted=True)))
    for name, metric in ((_OF_LABEL, _ETA_LABEL), (_OF_PREDICTION, _ETA_PREDICTION)):
        table = made.get(name)
        if isinstance(table, GroupMoments):
            group = facet.place(table.levels, table.codes)
            found.append((metric, correlation_ratio(by_group(table, group, facet.groups))))
    table = made.get(_BY_LABEL)
    if isinstance(table, GroupMoments):
        found.append((_ETA_FACET, correlation_ratio(_labelled(table))))
    for name, metric in ((_PAIR_LABEL, _R_LABEL), (_PAIR_PREDICTION, _R_PREDICTION)):
        table = made.get(name)
        if isinstance(table, Moments):
            found.append((metric, pearson(table)))
    if rows is not None:
        found.append((_RHO_LABEL, spearman(rows)))
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
        metric = replace(_CI_IN_CLASS, title=f"{_CI_IN_CLASS.title} {cells.classes[place]}")
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
        (metric, metric.function(cells)) for metric in WHOLE if metric is not _DIFFERENCE or two
    )


def _association(
    name: str,
    title: str,
    function: Callable[..., Measurement],
    help_: tuple[str, str, str],
    *,
    prediction: bool = False,
    signed: bool = False,
    acronym: str = "",
    reference: str = "",
    numbers: bool = True,
) -> BiasMetric:
    """Return an entry of the catalogue; an association is never a finding by itself."""
    needs = "numbers" if numbers else "prediction" if prediction else "classes"
    return BiasMetric(
        name=name,
        title=title,
        acronym=acronym,
        stage="post_training" if prediction else "pre_training",
        function=function,
        needs=needs,
        tasks=("binary", "multiclass", "regression"),
        lower_bound=-1.0 if signed else 0.0,
        tolerated=None,
        is_distance=not signed,
        help=help_,
        reference=reference,
    )


_V_HELP = (
    "How strongly group and class go together over all groups at once: 0 as by chance, 1 where "
    "the one tells the other. What chance adds is taken off.",
    "To say which group is better off, or whether a gap is large: with a rare outcome it stays "
    "small even where one group gets it several times as often.",
    "The rates of each group, and DPL or DPPL for the gap of two.",
)
_V_LABEL = _association(
    "cramers_v_label",
    "Association of facet and label (Cramér's V)",
    cramers_v,
    _V_HELP,
    acronym="V",
    reference="Bergsma 2013",
    numbers=False,
)
_V_PREDICTION = _association(
    "cramers_v_prediction",
    "Association of facet and prediction (Cramér's V)",
    partial(cramers_v, predicted=True),
    _V_HELP,
    prediction=True,
    reference="Bergsma 2013",
    numbers=False,
)
_ETA_HELP = (
    "The root of the share of a number's variance that lies between groups: 0 where all have one "
    "mean, 1 where all rows of a group have one number. With two groups it is the size of the "
    "point-biserial correlation.",
    "Where groups differ in spread or in their tails alone: it looks at means.",
    "The mean of each group, and the gaps of quantiles.",
)
_ETA_LABEL = _association(
    "correlation_ratio_label",
    "Association of facet and target (correlation ratio η)",
    correlation_ratio,
    _ETA_HELP,
    acronym="η",
    reference="Pearson 1905",
)
_ETA_PREDICTION = _association(
    "correlation_ratio_prediction",
    "Association of facet and predicted number (correlation ratio η)",
    correlation_ratio,
    _ETA_HELP,
    prediction=True,
    reference="Pearson 1905",
)
_ETA_FACET = _association(
    "correlation_ratio_facet",
    "Association of the facet's number and the label's classes (correlation ratio η)",
    correlation_ratio,
    _ETA_HELP,
    reference="Pearson 1905",
)
_R_HELP = (
    "How closely the facet's number and the other one lie along a straight line.",
    "Where they go together along a curve, or a few rows far out decide it.",
    "Spearman's correlation, which looks at the order alone; the means by band of the facet.",
)
_R_LABEL = _association(
    "pearson_label",
    "Correlation of facet and target (Pearson)",
    pearson,
    _R_HELP,
    signed=True,
    acronym="r",
    reference="Fisher 1921",
)
_R_PREDICTION = _association(
    "pearson_prediction",
    "Correlation of facet and predicted number (Pearson)",
    pearson,
    _R_HELP,
    prediction=True,
    signed=True,
    reference="Fisher 1921",
)
_RHO_LABEL = _association(
    "spearman_label",
    "Correlation of the ranks of facet and target (Spearman)",
    spearman,
    (
        "Whether the target rises with the facet's number, by whatever curve; from the ranks of "
        "all rows, or of a sample of 100,000.",
        "Where it rises and falls again: that can give 0.",
        "The means by band of the facet.",
    ),
    signed=True,
    acronym="ρ",
    reference="Croux and Dehon 2010",
)
_CI_IN_CLASS = BiasMetric(
    name="facet_imbalance_in_class",
    title="Facet imbalance among the rows labelled",
    stage="pre_training",
    function=facet_imbalance_in_class,
    needs="classes",
    tasks=("binary", "multiclass"),
    tolerated=None,
    positive_means="{group} makes up less than half of the rows with this label",
    negative_means="{group} makes up more than half of the rows with this label",
    help=(
        "The share of {rest} among the rows with one label, less the share of {group}.",
        "As a sign of bias: groups may be of any size. It tells where examples are scarce.",
        "CI over all rows; DPL for whether labels differ between groups.",
    ),
)
ASSOCIATIONS = (
    _V_LABEL,
    _V_PREDICTION,
    _ETA_LABEL,
    _ETA_PREDICTION,
    _ETA_FACET,
    _R_LABEL,
    _R_PREDICTION,
    _RHO_LABEL,
    _CI_IN_CLASS,
)
"""Of a facet as a whole, in the order of the report."""

_DIFFERENCE = BiasMetric(
    name="label_difference",
    title="Positive less negative labels",
    stage="pre_training",
    function=label_difference,
    needs="label",
    tolerated=None,
    positive_means="more than half of all rows have {outcome}",
    negative_means="less than half of all rows have {outcome}",
    help=(
        "The share of rows with {outcome}, less the share of rows without it.",
        "As a sign of bias between groups: it knows no groups.",
        "DPL for the gap between groups.",
    ),
)
WHOLE = (
    BiasMetric(
        name="label_imbalance",
        title="Label imbalance",
        stage="pre_training",
        function=label_imbalance,
        needs="classes",
        tasks=("binary", "multiclass"),
        lower_bound=0.0,
        tolerated=None,
        is_distance=True,
        help=(
            "One less the entropy of the label's shares over its largest value: 0 where all "
            "classes are as frequent, near 1 where one is nearly all.",
            "As a sign of bias between groups: it knows no groups.",
            "The share of each class; macro averages when a model is evaluated.",
        ),
        reference="Shannon 1948",
    ),
    BiasMetric(
        name="majority_share",
        title="Share of the most frequent label",
        stage="pre_training",
        function=majority_share,
        needs="classes",
        tasks=("binary", "multiclass"),
        lower_bound=0.0,
        tolerated=None,
        help=(
            "The share of rows with the most frequent label: what always answering it gets right.",
            "As a sign of bias between groups: it knows no groups.",
            "Label imbalance, which looks at all classes.",
        ),
    ),
    _DIFFERENCE,
)
"""Of all rows, whatever their group; not Clarify's "class imbalance", which compares groups."""
