"""Accuracy difference (AD)."""

from assay.bias.arithmetic import ACCURACY
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def accuracy_difference(split: Split) -> Measurement:
    """Accuracy in facet a less that in facet d.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Newcombe's interval; undefined when a facet has no rows.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[10, 10], [20, 60]], [[10, 10], [40, 40]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(accuracy_difference(split).value, 5)
    0.2
    """
    return difference_of_shares(split, ACCURACY, minuend="rest")


METRIC = BiasMetric(
    name="accuracy_difference",
    title="Accuracy difference",
    acronym="AD",
    stage="post_training",
    function=accuracy_difference,
    needs="both",
    positive_means="predictions are right less often for {group} than for {rest}",
    negative_means="predictions are right more often for {group} than for {rest}",
    help=(
        "The shares of right predictions in two groups.",
        "A group whose outcome is rarer is easier to be right about by saying no to everyone; "
        "both kinds of mistake count the same.",
        "Recall and specificity by group (RD, SD): they say which mistake it is.",
    ),
    reference="Amazon SageMaker Clarify, Accuracy Difference (AD).",
    clarify=True,
)
