"""Average odds difference: the mean of the gaps in true and false positive rates."""

from assay.bias.arithmetic import FALSE_POSITIVES, RECALL
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def average_odds_difference(split: Split) -> Measurement:
    """Mean of true and false positive rate in facet a less that in facet d: (RD + SD)/2.

    AI Fairness 360 takes it from the group's side, d - a, and prints the opposite sign.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1], with a MOVER interval of Wilson scores; undefined when a facet has no row that
        is labelled positive, or none that is labelled negative.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(average_odds_difference(split).value, 5)
    0.15189
    """
    return difference_of_shares(split, RECALL, FALSE_POSITIVES, minuend="rest")


METRIC = BiasMetric(
    name="average_odds_difference",
    title="Average odds difference",
    acronym="AOD",
    stage="post_training",
    function=average_odds_difference,
    needs="both",
    positive_means=(
        "among rows of the same label {group} is predicted {outcome} less often than {rest}, "
        "on average"
    ),
    negative_means=(
        "among rows of the same label {group} is predicted {outcome} more often than {rest}, "
        "on average"
    ),
    help=(
        "How often two groups are predicted positive among rows of the same label, averaged "
        "over both labels.",
        "Gaps of opposite sign cancel: 0 does not mean that the error rates are equal.",
        "Equalised odds: the larger of the two gaps, which cannot cancel.",
    ),
    reference="Bellamy et al. 2018, AI Fairness 360, arXiv:1810.01943.",
)
