"""TVD: the share of rows whose label would have to change for two groups to be alike."""

from assay.bias.distances import gap_distance
from assay.bias.distances_classes import contrast_distance
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def total_variation(split: Split) -> Measurement:
    """Total variation distance of the positive and negative labels of a and of d.

    ½ Σ |P_a - P_d|; with two outcomes it is |DPL|.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, 1].

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[50, 50], [0, 100]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> total_variation(split).value
    0.5
    """
    return gap_distance(split)


def total_variation_multiclass(split: Split) -> Measurement:
    """Total variation distance of the label's raw classes in a and in d.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, 1].
    """
    return contrast_distance(split, largest=False)


_HELP = (
    "The share of rows of {group} whose label would have to be another one for {group} to have "
    "the shares of {rest}. With two outcomes it is the size of DPL.",
    "To say which group is better off: it has no sign.",
    "DPL, which has one; the table of label shares by group for which classes differ.",
)
METRICS = (
    BiasMetric(
        name="total_variation",
        title="Total variation distance of labels",
        acronym="TVD",
        stage="pre_training",
        function=total_variation,
        needs="label",
        lower_bound=0.0,
        upper_bound=1.0,
        tolerated=None,  # |DPL|: the same number, judged there
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
        clarify=True,
    ),
    BiasMetric(
        name="total_variation_multiclass",
        title="Total variation distance of all classes",
        stage="pre_training",
        function=total_variation_multiclass,
        needs="classes",
        tasks=("multiclass",),
        lower_bound=0.0,
        upper_bound=1.0,
        tolerated=(0.0, 0.1),  # a gap of 0.1 between the rates of a set of classes, as for DPL
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
    ),
)
