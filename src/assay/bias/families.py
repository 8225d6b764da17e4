"""Which disparity a metric tells of, and what is said of that disparity."""

from assay.bias.result import BiasMeasure
from assay.result import Finding

LABELS, SELECTION, ERRORS = "labels", "selection_rates", "error_rates"
RANKING, CALIBRATION = "ranking", "calibration"
PREDICTED_NUMBERS, NUMERIC_ERRORS = "predicted_numbers", "errors"
FACET_ITSELF = "facet_itself"

OF_FAMILY = {
    LABELS: (
        "conditional_demographic_disparity_in_labels",
        "difference_in_positive_proportions_in_labels",
        "jensen_shannon",
        "jensen_shannon_multiclass",
        "kolmogorov_smirnov",
        "kolmogorov_smirnov_multiclass",
        "kullback_leibler",
        "kullback_leibler_multiclass",
        "lp_norm",
        "lp_norm_multiclass",
        "mean_label_difference",
        "total_variation",
        "total_variation_multiclass",
    ),
    SELECTION: (
        "conditional_demographic_disparity_in_predicted_labels",
        "difference_in_positive_proportions_in_predicted_labels",
        "disparate_impact",
        "flip_test",
        "matched_prediction_gap",
        "mean_score_difference",
    ),
    PREDICTED_NUMBERS: (
        "mean_prediction_difference",
        "prediction_quantile_50_difference",
        "prediction_quantile_90_difference",
    ),
    FACET_ITSELF: (
        "flipped_facet_changes",
        "flipped_facet_gap",
        "flipped_facet_number_gap",
    ),
    RANKING: ("auc_difference",),
    CALIBRATION: ("calibration_gap", "calibration_within_groups"),
    ERRORS: (
        "accuracy_difference",
        "average_odds_difference",
        "balanced_accuracy_difference",
        "brier_difference",
        "difference_in_acceptance_rates",
        "difference_in_conditional_acceptance",
        "difference_in_conditional_rejection",
        "difference_in_rejection_rates",
        "equal_opportunity_difference",
        "equalized_odds_difference",
        "f1_difference",
        "false_positive_rate_difference",
        "negative_class_balance",
        "positive_class_balance",
        "predictive_parity_difference",
        "recall_difference",
        "specificity_difference",
        "treatment_equality",
    ),
    NUMERIC_ERRORS: (
        "mae_difference",
        "mean_error_difference",
        "residual_high_difference",
        "residual_median_difference",
        "rmse_difference",
    ),
}
BY_ANSWER = frozenset(
    {
        "accuracy_difference",
        "brier_difference",
        "difference_in_acceptance_rates",
        "difference_in_conditional_acceptance",
        "difference_in_conditional_rejection",
        "difference_in_rejection_rates",
        "f1_difference",
        "predictive_parity_difference",
        "treatment_equality",
    }
)
"""Differ by arithmetic alone where the base rates do, even with equal error rates."""

NOT_TREATMENT = frozenset(
    {
        "facet_imbalance",
        "facet_imbalance_among_negatives",
        "facet_imbalance_among_positives",
        "generalized_entropy",
    }
)
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
    FACET_ITSELF: Finding(
        rule="bias_from_facet_itself",
        severity="warning",
        message="",
        cause="The model reads the facet, and answers otherwise where nothing else is changed.",
        advice="Leave the facet out of the features and train again; then look at the other "
        "numbers, since other features may stand in for it.",
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


_FAMILY = {name: family for family, names in OF_FAMILY.items() for name in names}


def family_of(measure: BiasMeasure) -> str | None:
    """Return the kind of disparity that a number tells of; None where it tells of none.

    Parameters
    ----------
    measure : BiasMeasure

    Returns
    -------
    str or None
        Of a metric that is not listed here, what its stage suggests.

    Examples
    --------
    >>> from assay.result import Estimate
    >>> family_of(BiasMeasure(metric="auc_difference", title="", stage="post_training",
    ...                       estimate=Estimate(value=0.1)))
    'ranking'
    """
    if measure.metric in NOT_TREATMENT:
        return None
    return _FAMILY.get(measure.metric, LABELS if measure.stage == "pre_training" else ERRORS)
