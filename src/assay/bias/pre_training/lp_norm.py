"""LP: the length of the difference of two groups' label shares."""

from math import sqrt

import numpy as np

from assay.bias.distances import Floats, gap_distance
from assay.bias.distances_classes import smooth_distance
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def lp_norm(split: Split) -> Measurement:
    """Euclidean distance (p = 2) of the shares of positive and negative labels in a and d.

    With two outcomes it is √2 · |DPL|.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, √2].

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[50, 50], [0, 100]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(lp_norm(split).value, 3)
    0.707
    """
    return gap_distance(split, factor=sqrt(2))


def lp_norm_multiclass(split: Split) -> Measurement:
    """Euclidean distance of the shares of the label's raw classes in a and in d.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, √2].
    """
    return smooth_distance(split, _squared, _slopes, _curvature, upper=2.0, root=True)


def _squared(rest: Floats, group: Floats) -> float:
    return float(np.sum((rest - group) ** 2))


def _slopes(rest: Floats, group: Floats) -> tuple[Floats, Floats]:
    return 2 * (rest - group), 2 * (group - rest)


def _curvature(rest: Floats, group: Floats) -> tuple[Floats, Floats]:
    two = np.full_like(rest, 2.0)
    return two, two


_HELP = (
    "The root of the sum of squared gaps between the shares of {group} and those of {rest}. "
    "With two outcomes it is 1.41 times the gap of the rates.",
    "Where its unit must mean something: it is neither a share of rows nor information.",
    "TVD, which is the share of rows whose label would have to change; DPL for who is better off.",
)
METRICS = (
    BiasMetric(
        name="lp_norm",
        title="L2 norm of the label gap",
        acronym="LP",
        stage="pre_training",
        function=lp_norm,
        needs="label",
        lower_bound=0.0,
        upper_bound=sqrt(2),
        tolerated=None,  # √2 · |DPL|: the same number, judged there
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
        clarify=True,
    ),
    BiasMetric(
        name="lp_norm_multiclass",
        title="L2 norm of the gaps of all classes",
        stage="pre_training",
        function=lp_norm_multiclass,
        needs="classes",
        tasks=("multiclass",),
        lower_bound=0.0,
        upper_bound=sqrt(2),
        tolerated=None,  # total variation judges the same gaps in units of rows
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
    ),
)
