"""The questions that people ask about bias, each with the numbers of a result that answer it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from assay.result import Json

if TYPE_CHECKING:
    from assay.bias.result import BiasMeasure, BiasResult

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "label_imbalance": ("label_imbalance", "majority_share", "label_difference"),
    "facet_imbalance": ("facet_imbalance", "facet_imbalance_in_class"),
    "facet_correlation": (
        "cramers_v_label",
        "correlation_ratio_label",
        "correlation_ratio_facet",
        "pearson_label",
        "spearman_label",
    ),
    "disparate_impact": ("disparate_impact",),
    "demographic_parity": (
        "difference_in_positive_proportions_in_labels",
        "difference_in_positive_proportions_in_predicted_labels",
    ),
    "equal_opportunity_difference": ("equal_opportunity_difference",),
    "differential_validity": (
        "accuracy_difference",
        "recall_difference",
        "specificity_difference",
        "difference_in_acceptance_rates",
        "difference_in_rejection_rates",
        "auc_difference",
        "f1_difference",
        "rmse_difference",
        "mae_difference",
    ),
    "differential_prediction_bias": (
        "difference_in_positive_proportions_in_predicted_labels",
        "disparate_impact",
        "mean_score_difference",
        "mean_prediction_difference",
        "flip_test",
        "matched_prediction_gap",
        "conditional_demographic_disparity_in_predicted_labels",
        "flipped_facet_gap",
        "flipped_facet_number_gap",
        "calibration_gap",
    ),
}
"""Question → names of the metrics and associations that answer it."""
IMPORTANCE = "differential_feature_importance"


def numbers_by_question(result: "BiasResult") -> dict[str, Json]:
    """Return for each question where its numbers are; questions without any are left out.

    Parameters
    ----------
    result : BiasResult

    Returns
    -------
    dict
        Question → list of ``{name, facet, group, value, low, high, n, reason}``; under
        "differential_feature_importance" what attributions handed in gave.
    """
    found: dict[str, Json] = {}
    for question, names in QUESTIONS.items():
        several: list[Json] = [_number(each) for each in _all(result) if each.metric in names]
        if several:
            found[question] = several
    if "attributions" in result.options:
        found[IMPORTANCE] = result.options["attributions"].to_dict()
    return found


def _all(result: "BiasResult") -> Iterable["BiasMeasure"]:
    for facet in result.facets:
        yield from facet.measures
        yield from facet.associations
    yield from result.whole


def _number(measure: "BiasMeasure") -> dict[str, Json]:
    estimate = measure.estimate
    return {
        "name": measure.metric,
        "facet": measure.facet,
        "group": measure.group,
        "value": estimate.value if measure.limit is None else measure.limit,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "reason": estimate.reason,
    }
