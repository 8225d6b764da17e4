"""False positive rate difference, from facet a to facet d."""

from assay.bias.arithmetic import FALSE_POSITIVES
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def false_positive_rate_difference(split: Split) -> Measurement:
    """Rate of false positives in facet a less that in facet d: FP/(FP + TN) in each.

    It equals the specificity difference (SD), which is written from d to a.

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
    >>> round(false_positive_rate_difference(split).value, 5)
    0.11594
    """
    return difference_of_shares(split, FALSE_POSITIVES, minuend="rest")


METRIC = BiasMetric(
    name="false_positive_rate_difference",
    title="False positive rate difference",
    acronym="FPRD",
    stage="post_training",
    function=false_positive_rate_difference,
    needs="both",
    tolerated=None,  # the number of SD, which makes the finding
    positive_means=(
        "rows not labelled {outcome} are wrongly predicted so less often in {group} than in {rest}"
    ),
    negative_means=(
        "rows not labelled {outcome} are wrongly predicted so more often in {group} than in {rest}"
    ),
    help=(
        "Of the rows whose label is negative, the shares that the model predicts positive, in "
        "two groups: the same number as SD.",
        "Where the positive outcome is a favour, a false positive is a windfall; where it is "
        "a suspicion, a harm. The sign does not know which.",
        "Equalised odds, which looks at recall as well.",
    ),
    reference="Hardt, Price and Srebro 2016, NeurIPS, arXiv:1610.02413.",
)
