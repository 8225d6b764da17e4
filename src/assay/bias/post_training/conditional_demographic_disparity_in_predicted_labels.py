"""CDDPL: whether d makes up more of those predicted negative, within subgroups."""

from assay.bias.conditional_disparity import conditional_disparity
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def conditional_demographic_disparity_in_predicted_labels(split: Split) -> Measurement:
    """Conditional demographic disparity of the predicted labels.

    Σ (n_i / n) · DD_i over the subgroups i of the group variable, with DD_i = d's share of those
    predicted negative in i less its share of those predicted positive; a share of nobody counts
    as 0.

    Parameters
    ----------
    split : Split
        With strata and predictions.

    Returns
    -------
    Measurement
        In [-1, 1]; above 0 where d has more than its part of the negative predictions. Undefined
        without a group variable, or where no prediction is positive or none is negative.

    References
    ----------
    Wachter, Mittelstadt and Russell 2021, Computer Law & Security Review 41:105567,
    doi:10.1016/j.clsr.2021.105567.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> n = np.array([50, 50, 80, 20])  # group, prediction
    >>> group, predicted = np.indices((2, 2)).reshape(2, -1)
    >>> cells = GroupCells(("a", "d"), group, n, n * 1.0, n * 1.0, predicted=predicted == 1,
    ...                    stratum=np.zeros(4, dtype=np.int64), n_strata=1)
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells, strata=cells), "d")
    >>> round(conditional_demographic_disparity_in_predicted_labels(split).value, 4)
    0.3297
    """
    return conditional_disparity(split, lambda cells: cells.predicted, what="predicted label")


METRIC = BiasMetric(
    name="conditional_demographic_disparity_in_predicted_labels",
    title="Conditional demographic disparity in predicted labels",
    acronym="CDDPL",
    stage="post_training",
    function=conditional_demographic_disparity_in_predicted_labels,
    needs="strata",
    positive_means="within the subgroups {group} makes up more of the rows that are not "
    "predicted {outcome} than of those that are",
    negative_means="within the subgroups {group} makes up less of the rows that are not "
    "predicted {outcome} than of those that are",
    help=(
        "The share of {group} among the rows not predicted {outcome}, less its share among those "
        "that are, averaged over the subgroups of the group variable by their size.",
        "Where the group variable itself carries the bias, or subgroups are small: a subgroup in "
        "which all rows have one outcome counts as if it showed a difference.",
        "DPPL for the gap without subgroups; the selection rates in each subgroup.",
    ),
    reference="Wachter, Mittelstadt and Russell 2021",
    clarify=True,
)
