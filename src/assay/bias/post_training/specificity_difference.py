"""Specificity difference (SD)."""

from assay.bias.arithmetic import SPECIFICITY
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def specificity_difference(split: Split) -> Measurement:
    """Specificity in facet d less that in facet a: TN/(TN + FP) in each.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Newcombe's interval; undefined when a facet has no row that is labelled
        negative.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(specificity_difference(split).value, 5)
    0.11594
    """
    return difference_of_shares(split, SPECIFICITY, minuend="group")


METRIC = BiasMetric(
    name="specificity_difference",
    title="Specificity difference",
    acronym="SD",
    stage="post_training",
    function=specificity_difference,
    needs="both",
    positive_means=(
        "rows not labelled {outcome} are wrongly predicted so less often in {group} than in {rest}"
    ),
    negative_means=(
        "rows not labelled {outcome} are wrongly predicted so more often in {group} than in {rest}"
    ),
    help=(
        "Of the rows whose label is negative, the shares that the model predicts negative, in "
        "two groups.",
        "Whether a higher specificity is good for a group depends on the outcome: fewer false "
        "alarms are fewer wrongly granted loans, and fewer wrongly suspected people.",
        "Recall beside it (RD), or both in one number: equalised odds.",
    ),
    reference="Amazon SageMaker Clarify, Specificity Difference (SD).",
    clarify=True,
)
