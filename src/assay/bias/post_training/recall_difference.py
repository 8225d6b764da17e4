"""Recall difference (RD): equal opportunity."""

from assay.bias.arithmetic import RECALL
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def recall_difference(split: Split) -> Measurement:
    """Recall in facet a less that in facet d: TP/(TP + FN) in each.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Newcombe's interval; undefined when a facet has no row that is labelled
        positive.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(recall_difference(split).value, 5)
    0.18783
    """
    return difference_of_shares(split, RECALL, minuend="rest")


METRIC = BiasMetric(
    name="recall_difference",
    title="Recall difference",
    acronym="RD",
    stage="post_training",
    function=recall_difference,
    needs="both",
    positive_means="rows labelled {outcome} are found less often in {group} than in {rest}",
    negative_means="rows labelled {outcome} are found more often in {group} than in {rest}",
    help=(
        "Of the rows whose label is positive, the shares that the model finds, in two groups.",
        "It trusts the labels: where a group was wrongly denied the label in the past, its "
        "misses are not seen. It says nothing of false alarms.",
        "The false positive rate beside it (SD), or both in one number: equalised odds.",
    ),
    reference="Amazon SageMaker Clarify, Recall Difference (RD).",
    clarify=True,
)
