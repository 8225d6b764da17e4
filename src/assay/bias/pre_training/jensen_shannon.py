"""JS: how well one row's label tells which of two groups it is from."""

from math import log

import numpy as np
from scipy.special import rel_entr

from assay.bias.distances import Floats, rates_distance
from assay.bias.distances_classes import smooth_distance
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def jensen_shannon(split: Split) -> Measurement:
    """Jensen-Shannon divergence of the positive and negative labels of a and of d.

    ½ [KL(P_a ‖ P) + KL(P_d ‖ P)] in nats, with P = ½ (P_a + P_d). It is the divergence itself;
    some libraries return its root.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, ln 2]; always finite.

    References
    ----------
    Lin 1991, IEEE Transactions on Information Theory 37:145, doi:10.1109/18.61115.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[50, 50], [0, 100]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(jensen_shannon(split).value, 3)
    0.216
    """
    return rates_distance(split, divergence, _slopes)


def jensen_shannon_multiclass(split: Split) -> Measurement:
    """Jensen-Shannon divergence of the label's raw classes in a and in d.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, ln 2].
    """
    return smooth_distance(split, _divergence, _class_slopes, _curvature, upper=log(2))


def divergence(rest: Floats, group: Floats) -> Floats:
    """Return the divergence of two outcomes whose rates are `rest` and `group`.

    Examples
    --------
    >>> divergence(np.array([0.0]), np.array([1.0])).round(4).tolist()
    [0.6931]
    """
    middle = (rest + group) / 2
    found = rel_entr(rest, middle) + rel_entr(1 - rest, 1 - middle)
    found = found + rel_entr(group, middle) + rel_entr(1 - group, 1 - middle)
    return np.clip(found / 2, 0.0, log(2))


def _slopes(rest: float, group: float) -> tuple[float, float]:
    return _slope(rest, group), _slope(group, rest)


def _slope(own: float, other: float) -> float:
    """Return the derivative by one rate; its sampling error is 0 where the rate is 0 or 1."""
    if not 0 < own < 1:
        return 0.0
    middle = (own + other) / 2
    return (log(own / middle) - log((1 - own) / (1 - middle))) / 2


def _divergence(rest: Floats, group: Floats) -> float:
    middle = (rest + group) / 2
    found = float(rel_entr(rest, middle).sum() + rel_entr(group, middle).sum()) / 2
    return min(max(found, 0.0), log(2))


def _class_slopes(rest: Floats, group: Floats) -> tuple[Floats, Floats]:
    return _class_slope(rest, group), _class_slope(group, rest)


def _class_slope(own: Floats, other: Floats) -> Floats:
    middle = (own + other) / 2
    return np.log(np.divide(own, middle, out=np.ones_like(own), where=own > 0)) / 2


def _curvature(rest: Floats, group: Floats) -> tuple[Floats, Floats]:
    both = 1 / (rest + group)
    by_rest, by_group = (
        (np.divide(1.0, own, out=both.copy(), where=own > 0) - both) / 2 for own in (rest, group)
    )
    return by_rest, by_group


_HELP = (
    "How well one row's label tells whether it is from {group} or from {rest}: 0 where both have "
    "the same shares, 0.693 (ln 2) where they have no outcome in common. A gap of 0.1 between "
    "two rates gives 0.005 or more.",
    "To say how many people are concerned: its unit is information, and it does not say which "
    "group is better off.",
    "TVD, whose unit is a share of rows; DPL for who is better off.",
)
_REFERENCE = "Lin 1991"
METRICS = (
    BiasMetric(
        name="jensen_shannon",
        title="Jensen-Shannon divergence of labels",
        acronym="JS",
        stage="pre_training",
        function=jensen_shannon,
        needs="label",
        lower_bound=0.0,
        upper_bound=log(2),
        tolerated=None,  # a function of the two rates that DPL judges
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
        reference=_REFERENCE,
        clarify=True,
    ),
    BiasMetric(
        name="jensen_shannon_multiclass",
        title="Jensen-Shannon divergence of all classes",
        stage="pre_training",
        function=jensen_shannon_multiclass,
        needs="classes",
        tasks=("multiclass",),
        lower_bound=0.0,
        upper_bound=log(2),
        tolerated=None,  # total variation judges the same gaps in units of rows
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
        reference=_REFERENCE,
    ),
)
