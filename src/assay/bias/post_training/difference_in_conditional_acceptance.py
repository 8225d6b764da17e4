"""Difference in conditional acceptance (DCA): labels for each prediction of the outcome."""

from functools import partial

from assay.bias.arithmetic_cells import FN, FP, TP
from assay.bias.arithmetic_differences import difference
from assay.bias.arithmetic_ratios import count_ratio_term
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def difference_in_conditional_acceptance(split: Split) -> Measurement:
    """Labelled over predicted positives in facet a less that in facet d: n_a¹/n̂_a¹ - n_d¹/n̂_d¹.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        Of any size; infinite where one facet alone has no row that is predicted positive,
        undefined where both have none or the ratio is 0/0. Bonett and Price's intervals of the two
        paired ratios are joined by MOVER.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[30, 0], [10, 60]], [[20, 10], [0, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(difference_in_conditional_acceptance(split).value, 5)
    0.5
    """
    ratio = partial(
        count_ratio_term,
        above=(FN, TP),
        below=(FP, TP),
        words=("labelled positive", "predicted positive"),
    )
    return difference(split, [ratio], minuend="rest", method="MOVER of Bonett-Price ratios")


METRIC = BiasMetric(
    name="difference_in_conditional_acceptance",
    title="Difference in conditional acceptance",
    acronym="DCA",
    stage="post_training",
    function=difference_in_conditional_acceptance,
    needs="both",
    lower_bound=None,
    upper_bound=None,
    tolerated=None,  # a difference of ratios of counts: no usual range
    positive_means=(
        "measured against the labels, the model is more generous with {outcome} to {group} "
        "than to {rest}"
    ),
    negative_means=(
        "measured against the labels, the model is less generous with {outcome} to {group} "
        "than to {rest}"
    ),
    help=(
        "How many rows are labelled positive for each one predicted positive, in two groups: "
        "above 1 the model gives less than the labels did.",
        "It compares totals, not people: right numbers of positives may go to the wrong rows.",
        "Recall and precision by group (RD, DAR), which follow each row.",
    ),
    reference="Amazon SageMaker Clarify, Difference in Conditional Acceptance (DCA).",
    clarify=True,
)
