"""Equal opportunity difference: recall in each facet, under its fairness name."""

from assay.bias.arithmetic import RECALL
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def equal_opportunity_difference(split: Split) -> Measurement:
    """Rate of true positives in facet a less that in facet d: the recall difference (RD).

    Libraries that take it from the group's side, d - a, print the opposite sign.

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
    >>> round(equal_opportunity_difference(split).value, 5)
    0.18783
    """
    return difference_of_shares(split, RECALL, minuend="rest")


METRIC = BiasMetric(
    name="equal_opportunity_difference",
    title="Equal opportunity difference",
    acronym="EOD",
    stage="post_training",
    function=equal_opportunity_difference,
    needs="both",
    tolerated=None,  # the number of RD, which makes the finding
    positive_means="rows labelled {outcome} are found less often in {group} than in {rest}",
    negative_means="rows labelled {outcome} are found more often in {group} than in {rest}",
    help=(
        "Of the rows whose label is positive, the shares that the model finds, in two groups: "
        "the same number as RD.",
        "It trusts the labels, and says nothing of false alarms: a model that calls every "
        "member of one group positive reaches it.",
        "Equalised odds, which looks at false alarms as well.",
    ),
    reference="Hardt, Price and Srebro 2016, NeurIPS, arXiv:1610.02413.",
)
