"""KL: how surprised one is by the labels of a who expects those of d."""

import numpy as np
from scipy.special import rel_entr

from assay.bias.distances import Floats, TwoShares, gated, rates_distance
from assay.bias.distances_classes import smooth_distance
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.stats.interval import Interval
from assay.stats.rate_region import distance_over_region


def kullback_leibler(split: Split) -> Measurement:
    """Kullback-Leibler divergence of the positive and negative labels of a from those of d.

    Σ P_a ln(P_a / P_d) in nats, over the union of both groups' outcomes.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        At least 0; infinite where d lacks an outcome that a has.

    References
    ----------
    Kullback and Leibler 1951, Annals of Mathematical Statistics 22:79.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[20, 80], [70, 30]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(kullback_leibler(split).value, 5)
    0.53411
    """
    return rates_distance(split, divergence, _slopes)


def kullback_leibler_multiclass(split: Split) -> Measurement:
    """Kullback-Leibler divergence of the label's raw classes in a from those in d.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        At least 0, in nats; infinite where d lacks a class that a has. The lower end is then
        that of the class which a has most of among those, against all others.
    """
    return smooth_distance(split, _divergence, _class_slopes, _curvature, infinite=_coarser)


def divergence(rest: Floats, group: Floats) -> Floats:
    """Return the divergence of two outcomes whose rates are `rest` and `group`.

    Examples
    --------
    >>> divergence(np.array([0.5]), np.array([1.0])).tolist()
    [inf]
    """
    return np.maximum(rel_entr(rest, group) + rel_entr(1 - rest, 1 - group), 0.0)


def _slopes(rest: float, group: float) -> tuple[float, float]:
    with np.errstate(divide="ignore"):
        odds = [np.log(rate) - np.log1p(-rate) for rate in (rest, group)]
    spread = group * (1 - group)
    by_rest = float(odds[0] - odds[1]) if np.isfinite(odds).all() else 0.0
    return by_rest, (group - rest) / spread if spread > 0 else 0.0


def _divergence(rest: Floats, group: Floats) -> float:
    return max(0.0, float(rel_entr(rest, group).sum()))


def _class_slopes(rest: Floats, group: Floats) -> tuple[Floats, Floats]:
    held = (rest > 0) & (group > 0)
    ratio = np.divide(rest, group, out=np.ones_like(rest), where=held)
    return np.log(ratio), np.where(held, -ratio, 0.0)


def _curvature(rest: Floats, group: Floats) -> tuple[Floats, Floats]:
    by_rest = np.divide(1.0, rest, out=np.zeros_like(rest), where=rest > 0)
    return by_rest, np.divide(rest, group**2, out=np.zeros_like(rest), where=group > 0)


def _coarser(shares: TwoShares, level: float) -> Interval:
    ends = distance_over_region(divergence, shares.region(level))
    return gated(ends, float("inf"), shares.p_value, level)


_HELP = (
    "How unlike the labels of {group} are to those of {rest}: 0 where both have the same shares. "
    "A gap of 0.1 between two rates gives 0.02 or more.",
    "Where an outcome is rare in {group}: it grows without bound, and is infinite where "
    "{group} lacks an outcome. It does not say which group is better off, and it changes when "
    "the groups change places.",
    "JS, which is the same both ways and has an upper end; DPL for who is better off.",
)
_REFERENCE = "Kullback and Leibler 1951"
METRICS = (
    BiasMetric(
        name="kullback_leibler",
        title="Kullback-Leibler divergence of labels",
        acronym="KL",
        stage="pre_training",
        function=kullback_leibler,
        needs="label",
        lower_bound=0.0,
        upper_bound=None,
        tolerated=None,  # a function of the two rates that DPL judges
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
        reference=_REFERENCE,
        clarify=True,
    ),
    BiasMetric(
        name="kullback_leibler_multiclass",
        title="Kullback-Leibler divergence of all classes",
        stage="pre_training",
        function=kullback_leibler_multiclass,
        needs="classes",
        tasks=("multiclass",),
        lower_bound=0.0,
        upper_bound=None,
        tolerated=None,  # total variation judges the same gaps in units of rows
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
        reference=_REFERENCE,
    ),
)
