"""Difference in positive proportions in predicted labels (DPPL): demographic parity."""

from assay.bias.arithmetic import PREDICTED
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def difference_in_positive_proportions_in_predicted_labels(split: Split) -> Measurement:
    """Share predicted positive in facet a less that in facet d: n̂_a¹/n_a - n̂_d¹/n_d.

    The demographic parity difference; libraries that take it from the group's side, d - a, print
    the opposite sign.

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
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(difference_in_positive_proportions_in_predicted_labels(split).value, 5)
    0.25
    """
    return difference_of_shares(split, PREDICTED, minuend="rest")


METRIC = BiasMetric(
    name="difference_in_positive_proportions_in_predicted_labels",
    title="Difference in positive proportions in predicted labels (demographic parity)",
    acronym="DPPL",
    stage="post_training",
    function=difference_in_positive_proportions_in_predicted_labels,
    needs="prediction",
    positive_means="{group} is predicted {outcome} less often than {rest}",
    negative_means="{group} is predicted {outcome} more often than {rest}",
    help=(
        "The shares of two groups that the model predicts positive.",
        "It never looks at the labels: a model may reach parity by errors, and a right model "
        "misses it wherever the base rates differ.",
        "Equal opportunity (RD) for who is passed over among those who qualify; CDDPL among "
        "comparable rows.",
    ),
    reference=(
        "Amazon SageMaker Clarify, Difference in Positive Proportions in Predicted Labels (DPPL)."
    ),
    clarify=True,
)
