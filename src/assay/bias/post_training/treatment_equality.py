"""Treatment equality (TE): misses for each false alarm."""

from dataclasses import replace
from math import inf

from assay.bias.arithmetic import MISSES, Term, name_of, share_term
from assay.bias.arithmetic_cells import Side
from assay.bias.arithmetic_differences import difference
from assay.bias.arithmetic_ratios import mapped
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split


def treatment_equality(split: Split) -> Measurement:
    """Misses over false alarms in facet d less that in facet a: FN_d/FP_d - FN_a/FP_a.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Measurement
        Of any size; infinite where one facet alone has misses and no false alarm, undefined where
        both are so or a facet has no mistakes. The interval joins the odds of Wilson's ends of
        FN/(FN + FP) by MOVER.

    Examples
    --------
    >>> from assay.bias.cells import GroupCells
    >>> from assay.bias.split import FacetTables
    >>> cells = GroupCells.from_counts(["a", "d"], [[[26, 6], [8, 60]], [[23, 2], [5, 20]]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    >>> round(treatment_equality(split).value, 5)
    1.16667
    """
    return difference(split, [_odds], minuend="group", method="MOVER of odds of Wilson scores")


def _odds(split: Split, side: Side) -> Term:
    misses = share_term(split, MISSES, side)
    found = mapped(misses, _from_share, slope=lambda share: 1 / (1 - share) ** 2)
    if found.value != inf:
        return found
    alarms = f"0 of {found.n:,} wrong predictions in {name_of(split, side)} are false positives"
    return replace(found, reason=alarms)


def _from_share(share: float) -> float:
    return share / (1 - share) if share < 1 else inf


METRIC = BiasMetric(
    name="treatment_equality",
    title="Treatment equality",
    acronym="TE",
    stage="post_training",
    function=treatment_equality,
    needs="both",
    lower_bound=None,
    upper_bound=None,
    tolerated=None,  # no usual range: it moves with the threshold
    positive_means=(
        "for each wrongly predicted {outcome}, {group} has more missed ones than {rest}"
    ),
    negative_means=(
        "for each wrongly predicted {outcome}, {group} has fewer missed ones than {rest}"
    ),
    help=(
        "How many misses there are for each false alarm, in two groups.",
        "It never looks at how many mistakes there are, and base rates alone move it; with "
        "few false alarms it is very unsteady.",
        "Recall and specificity by group (RD, SD).",
    ),
    reference=(
        "Berk et al. 2021, Sociological Methods and Research 50:3, doi:10.1177/0049124118782533."
    ),
    clarify=True,
)
