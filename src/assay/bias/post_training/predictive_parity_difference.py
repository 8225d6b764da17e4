"""Predictive parity difference: precision in each facet, under its fairness name."""

from assay.bias.arithmetic import PRECISION
from assay.bias.arithmetic_differences import difference_of_shares
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def predictive_parity_difference(split: Split) -> Measurement:
    """Precision in facet a less that in facet d: the difference in acceptance rates (DAR).

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
    >>> round(predictive_parity_difference(split).value, 5)
    0.1
    """
    return difference_of_shares(split, PRECISION, minuend="rest")


METRIC = BiasMetric(
    name="predictive_parity_difference",
    title="Predictive parity difference",
    acronym="PPD",
    stage="post_training",
    function=predictive_parity_difference,
    needs="both",
    tolerated=None,  # the number of DAR, which makes the finding
    positive_means="predictions of {outcome} are right less often for {group} than for {rest}",
    negative_means="predictions of {outcome} are right more often for {group} than for {rest}",
    help=(
        "Of the rows predicted positive, the shares whose label is positive, in two groups: "
        "the same number as DAR.",
        "With base rates that differ it cannot hold together with equalised odds, unless the "
        "model makes no mistakes.",
        "Calibration by group where there are scores: parity at every score, not at one "
        "threshold.",
    ),
    reference="Chouldechova 2017, Big Data 5:153, doi:10.1089/big.2016.0047.",
)
