"""CDDL: whether d makes up more of the rejected than of the accepted, within subgroups."""

from assay.bias.conditional_disparity import conditional_disparity
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def conditional_demographic_disparity_in_labels(split: Split) -> Measurement:
    """Conditional demographic disparity of the labels.

    Σ (n_i / n) · DD_i over the subgroups i of the group variable, with DD_i = d's share of the
    negative labels in i less its share of the positive ones; a share of nobody counts as 0.

    Parameters
    ----------
    split : Split
        With strata.

    Returns
    -------
    Measurement
        In [-1, 1]; above 0 where d has more than its part of the negative labels. Undefined
        without a group variable, or where no label is positive or none is negative.

    References
    ----------
    Wachter, Mittelstadt and Russell 2021, Computer Law & Security Review 41:105567,
    doi:10.1016/j.clsr.2021.105567.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> n = np.array([60, 40, 20, 80, 10, 90, 5, 95])  # group, subgroup, label
    >>> group, stratum, label = np.indices((2, 2, 2)).reshape(3, -1)
    >>> cells = GroupCells(("a", "d"), group, n, n * 1.0, n * 1.0, positive=label == 1,
    ...                    stratum=stratum, n_strata=2)
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells, strata=cells), "d")
    >>> round(conditional_demographic_disparity_in_labels(split).value, 4)
    -0.4462
    """
    return conditional_disparity(split, lambda cells: cells.positive, what="label")


METRIC = BiasMetric(
    name="conditional_demographic_disparity_in_labels",
    title="Conditional demographic disparity in labels",
    acronym="CDDL",
    stage="pre_training",
    function=conditional_demographic_disparity_in_labels,
    needs="strata",
    positive_means="within the subgroups {group} makes up more of the rows without {outcome} "
    "than of those with it",
    negative_means="within the subgroups {group} makes up less of the rows without {outcome} "
    "than of those with it",
    help=(
        "The share of {group} among the rows without {outcome}, less its share among those with "
        "it, averaged over the subgroups of the group variable by their size.",
        "Where the group variable itself carries the bias, or subgroups are small: a subgroup in "
        "which all rows have one outcome counts as if it showed a difference.",
        "DPL for the gap without subgroups; the label rates in each subgroup.",
    ),
    reference="Wachter, Mittelstadt and Russell 2021",
    clarify=True,
)
