"""Difference in conditional rejection (DCR): labels for each prediction against the outcome."""

from functools import partial

from assay.bias.arithmetic_cells import FN, FP, TN
from assay.bias.arithmetic_differences import difference
from assay.bias.arithmetic_ratios import count_ratio_term
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def difference_in_conditional_rejection(split: Split) -> Measurement:
    """Labelled over predicted negatives in facet d less that in facet a: n_d⁰/n̂_d⁰ - n_a⁰/n̂_a⁰.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        Of any size; infinite where one facet alone has no row that is predicted negative,
        undefined where both have none or the ratio is 0/0. Bonett and Price's intervals of the two
        paired ratios are joined by MOVER.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[50, 0], [10, 40]], [[30, 10], [0, 10]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(difference_in_conditional_rejection(split).value, 5)
    0.5
    """
    ratio = partial(
        count_ratio_term,
        above=(TN, FP),
        below=(TN, FN),
        words=("labelled negative", "predicted negative"),
    )
    return difference(split, [ratio], minuend="group", method="MOVER of Bonett-Price ratios")


METRIC = BiasMetric(
    name="difference_in_conditional_rejection",
    title="Difference in conditional rejection",
    acronym="DCR",
    stage="post_training",
    function=difference_in_conditional_rejection,
    needs="both",
    lower_bound=None,
    upper_bound=None,
    tolerated=None,  # a difference of ratios of counts: no usual range
    positive_means=(
        "measured against the labels, the model answers no to {outcome} less often for "
        "{group} than for {rest}"
    ),
    negative_means=(
        "measured against the labels, the model answers no to {outcome} more often for "
        "{group} than for {rest}"
    ),
    help=(
        "How many rows are labelled negative for each one predicted negative, in two groups: "
        "above 1 the model rejects less than the labels did.",
        "It compares totals, not people: right numbers of rejections may go to the wrong rows.",
        "Specificity and the rejection rates by group (SD, DRR), which follow each row.",
    ),
    reference="Amazon SageMaker Clarify, Difference in Conditional Rejection (DCR).",
    clarify=True,
)
