"""Difference in positive proportions in labels (DPL): how far the base rates are apart."""

from assay.bias.arithmetic import LABELLED
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def difference_in_positive_proportions_in_labels(split: Split) -> Measurement:
    """Share of positive labels in facet a less that in facet d: n_a¹/n_a - n_d¹/n_d.

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
    >>> cells = GroupCells.from_counts(["a", "d"], [[20, 80], [14, 6]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(difference_in_positive_proportions_in_labels(split).value, 5)
    0.5
    """
    return difference_of_shares(split, LABELLED, minuend="rest")


METRIC = BiasMetric(
    name="difference_in_positive_proportions_in_labels",
    title="Difference in positive proportions in labels",
    acronym="DPL",
    stage="pre_training",
    function=difference_in_positive_proportions_in_labels,
    needs="label",
    positive_means="{group} is labelled {outcome} less often than {rest}",
    negative_means="{group} is labelled {outcome} more often than {rest}",
    help=(
        "The shares of two groups that have the positive label, before any model.",
        "Labels record past decisions and the world alike; the number cannot say which, nor "
        "whether the groups are comparable in what the decision may rest on.",
        "The conditional disparity (CDDL) among comparable rows, with a group variable.",
    ),
    reference="Amazon SageMaker Clarify, Difference in Positive Proportions in Labels (DPL).",
    clarify=True,
)
