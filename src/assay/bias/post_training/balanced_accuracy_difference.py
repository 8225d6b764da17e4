"""Balanced accuracy difference: differential validity that base rates do not move."""

from assay.bias.arithmetic import RECALL, SPECIFICITY
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def balanced_accuracy_difference(split: Split) -> Measurement:
    """Mean of recall and specificity in facet a less that in facet d: (RD - SD)/2.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with a MOVER interval of Wilson scores; undefined when a facet has no row that
        is labelled positive, or none that is labelled negative.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(balanced_accuracy_difference(split).value, 5)
    0.03594
    """
    return difference_of_shares(split, RECALL, SPECIFICITY, minuend="rest")


METRIC = BiasMetric(
    name="balanced_accuracy_difference",
    title="Balanced accuracy difference",
    stage="post_training",
    function=balanced_accuracy_difference,
    needs="both",
    positive_means="balanced accuracy is lower for {group} than for {rest}",
    negative_means="balanced accuracy is higher for {group} than for {rest}",
    help=(
        "The mean of recall and specificity in two groups: how well the model tells the "
        "labels apart in each.",
        "A gap in recall and one in specificity can cancel: a harsher threshold for one group "
        "is not seen.",
        "Recall and specificity by group (RD, SD); the gap in AUC where there are scores.",
    ),
    reference="Brodersen et al. 2010, ICPR, doi:10.1109/ICPR.2010.764.",
)
