"""F1 difference: differential validity in terms of F1."""

from assay.bias.arithmetic import JACCARD, Term, share_term
from assay.bias.arithmetic_cells import Side
from assay.bias.arithmetic_differences import difference
from assay.bias.arithmetic_ratios import mapped
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def f1_difference(split: Split) -> Measurement:
    """F1 in facet a less that in facet d: 2 TP/(2 TP + FP + FN) in each.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        In [-1, 1]; undefined when a facet has no row that is labelled or predicted positive. F1 is
        2 J/(1 + J) of the Jaccard index J = TP/(TP + FP + FN), whose Wilson intervals are carried
        over and joined by MOVER.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[20, 10], [5, 65]], [[18, 5], [7, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(f1_difference(split).value, 5)
    0.12732
    """
    method = "MOVER of Wilson scores of the Jaccard index"
    return difference(split, [_f1], minuend="rest", method=method, bounds=(-1.0, 1.0))


def _f1(split: Split, side: Side) -> Term:
    jaccard = share_term(split, JACCARD, side)
    return mapped(jaccard, _from_jaccard, slope=lambda index: 2 / (1 + index) ** 2)


def _from_jaccard(index: float) -> float:
    return 2 * index / (1 + index)


METRIC = BiasMetric(
    name="f1_difference",
    title="F1 difference",
    stage="post_training",
    function=f1_difference,
    needs="both",
    positive_means="the F1 of {outcome} is lower for {group} than for {rest}",
    negative_means="the F1 of {outcome} is higher for {group} than for {rest}",
    help=(
        "The harmonic means of precision and recall in two groups.",
        "F1 falls with the base rate alone: a group with fewer positives has the lower F1 "
        "under the same error rates.",
        "Recall and precision by group (RD, DAR); balanced accuracy, which base rates do not "
        "move.",
    ),
    reference=(
        "Van Rijsbergen 1979, Information Retrieval; the difference as differential validity."
    ),
)
