"""Which disparity a metric tells of, and what is said of that disparity."""

from assay.bias.result import BiasMeasure
from assay.result import Finding

LABELS, SELECTION, ERRORS = "labels", "selection_rates", "error_rates"
RANKING, CALIBRATION = "ranking", "calibration"
PREDICTED_NUMBERS, NUMERIC_ERRORS = "predicted_numbers", "errors"

BY_ACRONYM = {
    "DPL": LABELS,
    "CDDL": LABELS,
    "KL": LABELS,
    "JS": LABELS,
    "LP": LABELS,
    "TVD": LABELS,
    "KS": LABELS,
    "DPPL": SELECTION,
    "DI": SELECTION,
    "CDDPL": SELECTION,
    "FT": SELECTION,
    "RD": ERRORS,
    "SD": ERRORS,
    "AD": ERRORS,
    "DAR": ERRORS,
    "DRR": ERRORS,
    "DCA": ERRORS,
    "DCR": ERRORS,
    "TE": ERRORS,
}
BY_ANSWER = frozenset({"DAR", "DRR", "DCA", "DCR", "TE", "AD"})
"""Differ by arithmetic alone where the base rates do, even with equal error rates."""

NOT_TREATMENT = frozenset({"CI", "GE"})
"""Sizes of groups, and inequality over all rows: nobody is treated differently by them."""

FAMILIES = {
    LABELS: Finding(
        rule="bias_in_labels",
        severity="warning",
        message="",
        cause="The groups' base rates differ in the labels themselves: by who was recorded, by "
        "who decided, or in the world. A model that learns from these labels carries it on.",
        advice="Find out how the labels came about. With --group-variable COLUMN see whether the "
        "difference stays among comparable rows.",
    ),
    SELECTION: Finding(
        rule="bias_in_selection_rates",
        severity="warning",
        message="",
        cause="The model gives the groups the positive answer at different rates.",
        advice="See under error rates whether the labels bear that out, and with --group-variable "
        "COLUMN whether it stays among comparable rows; then decide which parity is owed "
        "here.",
    ),
    PREDICTED_NUMBERS: Finding(
        rule="bias_in_predicted_numbers",
        severity="warning",
        message="",
        cause="The model predicts other numbers for this group.",
        advice="See under errors whether the true numbers bear that out.",
    ),
    RANKING: Finding(
        rule="bias_in_ranking",
        severity="warning",
        message="",
        cause="The scores tell good from bad less well in one group: its features say less, or it "
        "had fewer rows to learn from.",
        advice="Look for features that matter to this group, and train on more of its rows; no "
        "threshold repairs a ranking.",
    ),
    CALIBRATION: Finding(
        rule="bias_in_calibration",
        severity="warning",
        message="",
        cause="The same score stands for another chance in this group.",
        advice="Do not use one threshold on these scores before they are recalibrated; check "
        "which feature means something else in this group.",
    ),
    ERRORS: Finding(
        rule="bias_in_error_rates",
        severity="warning",
        message="",
        cause="The model's mistakes fall on one group more than on the other: its features say "
        "less about that group, or it had fewer rows of it to learn from.",
        advice="See in the group table which mistake it is and whom it costs; look for features "
        "that are missing or noisier for this group, and train on more of its rows.",
    ),
    NUMERIC_ERRORS: Finding(
        rule="bias_in_errors",
        severity="warning",
        message="",
        cause="The predictions are further off, or lean more to one side, in one group.",
        advice="Plot the residuals of this group; look for features that are missing or mean "
        "something else there, and train on more of its rows.",
    ),
}
"""For each kind its finding, still without the numbers; causes before what follows from them."""
ORDER = tuple(FAMILIES)


def family_of(measure: BiasMeasure) -> str | None:
    """Return the kind of disparity that a number tells of; None where it tells of none.

    Parameters
    ----------
    measure : BiasMeasure

    Examples
    --------
    >>> from assay.result import Estimate
    >>> family_of(BiasMeasure(metric="dpl", title="", acronym="DPL", stage="pre_training",
    ...                       estimate=Estimate(value=0.1)))
    'labels'
    """
    if measure.acronym in NOT_TREATMENT:
        return None
    if measure.acronym in BY_ACRONYM:
        return BY_ACRONYM[measure.acronym]
    if measure.stage == "pre_training":
        return LABELS
    for family, words in BY_WORD.items():
        if any(word in measure.metric for word in words):
            return family
    return ERRORS


BY_WORD = {
    CALIBRATION: ("calibration",),
    RANKING: ("auc", "average_precision"),
    PREDICTED_NUMBERS: ("mean_prediction", "quantile"),
    NUMERIC_ERRORS: ("mean_error", "absolute_error", "squared_error", "rmse", "mae", "residual"),
    SELECTION: ("mean_score", "selection", "parity", "four_fifths", "flip"),
}
