"""Difference in acceptance rates (DAR): precision in each facet."""

from assay.bias.arithmetic import PRECISION
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def difference_in_acceptance_rates(split: Split) -> Measurement:
    """Precision in facet a less that in facet d: TP/(TP + FP) in each.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with Newcombe's interval; undefined when a facet has no row that is predicted
        positive.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[30, 35], [0, 35]], [[0, 60], [0, 40]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(difference_in_acceptance_rates(split).value, 5)
    0.1
    """
    return difference_of_shares(split, PRECISION, minuend="rest")


METRIC = BiasMetric(
    name="difference_in_acceptance_rates",
    title="Difference in acceptance rates",
    acronym="DAR",
    stage="post_training",
    function=difference_in_acceptance_rates,
    needs="both",
    positive_means="predictions of {outcome} are right less often for {group} than for {rest}",
    negative_means="predictions of {outcome} are right more often for {group} than for {rest}",
    help=(
        "Of the rows predicted positive, the shares whose label is positive, in two groups.",
        "It follows the base rates: with equal error rates the group with fewer positives has "
        "the lower precision, and both cannot be equal unless the base rates are.",
        "Calibration by group where there are scores; equalised odds for the error rates.",
    ),
    reference="Amazon SageMaker Clarify, Difference in Acceptance Rates (DAR).",
    clarify=True,
)
