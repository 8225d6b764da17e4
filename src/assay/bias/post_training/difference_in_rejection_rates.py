"""Difference in rejection rates (DRR): negative predictive value in each facet."""

from assay.bias.arithmetic import NEGATIVE_PRECISION
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def difference_in_rejection_rates(split: Split) -> Measurement:
    """Negative predictive value in facet d less that in facet a: TN/(TN + FN) in each.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Newcombe's interval; undefined when a facet has no row that is predicted
        negative.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[80, 0], [20, 10]], [[40, 0], [10, 10]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(difference_in_rejection_rates(split).value, 5)
    0.0
    """
    return difference_of_shares(split, NEGATIVE_PRECISION, minuend="group")


METRIC = BiasMetric(
    name="difference_in_rejection_rates",
    title="Difference in rejection rates",
    acronym="DRR",
    stage="post_training",
    function=difference_in_rejection_rates,
    needs="both",
    positive_means=(
        "predictions against {outcome} are right more often for {group} than for {rest}"
    ),
    negative_means=(
        "predictions against {outcome} are right less often for {group} than for {rest}"
    ),
    help=(
        "Of the rows predicted negative, the shares whose label is negative, in two groups.",
        "It follows the base rates: with equal error rates the group with more positives has "
        "the lower share.",
        "Recall by group (RD): how many of those who qualify are passed over.",
    ),
    reference="Amazon SageMaker Clarify, Difference in Rejection Rates (DRR).",
    clarify=True,
)
