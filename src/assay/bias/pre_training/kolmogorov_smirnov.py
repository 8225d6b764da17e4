"""KS: the largest gap between two groups' shares of one class."""

from assay.bias.distances import gap_distance
from assay.bias.distances_classes import contrast_distance
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def kolmogorov_smirnov(split: Split) -> Measurement:
    """Largest absolute gap of the shares of positive and of negative labels in a and d.

    max |P_a - P_d| over the outcomes: of shares, not of cumulative sums, since classes have no
    order. With two outcomes it is |DPL|.

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
    >>> cells = GroupCells.from_counts(["a", "d"], [[20, 80], [70, 30]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(kolmogorov_smirnov(split).value, 3)
    0.5
    """
    return gap_distance(split)


def kolmogorov_smirnov_multiclass(split: Split) -> Measurement:
    """Largest absolute gap of the shares of one of the label's raw classes in a and in d.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [0, 1].
    """
    return contrast_distance(split, largest=True)


_HELP = (
    "The largest gap between {group} and {rest} in the share of one class. With two outcomes it "
    "is the size of DPL.",
    "As the Kolmogorov-Smirnov test of numbers: it looks at shares of classes, one by one. Many "
    "small gaps in many classes do not show in it.",
    "TVD, which adds all gaps up; DPL for who is better off.",
)
METRICS = (
    BiasMetric(
        name="kolmogorov_smirnov",
        title="Largest gap of label shares",
        acronym="KS",
        stage="pre_training",
        function=kolmogorov_smirnov,
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
        name="kolmogorov_smirnov_multiclass",
        title="Largest gap of the shares of all classes",
        stage="pre_training",
        function=kolmogorov_smirnov_multiclass,
        needs="classes",
        tasks=("multiclass",),
        lower_bound=0.0,
        upper_bound=1.0,
        tolerated=None,  # never above total variation, which judges the same gaps
        is_distance=True,
        positive_means="the labels of {group} and of {rest} differ",
        help=_HELP,
    ),
)
