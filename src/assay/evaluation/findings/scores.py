"""Rules about scores."""

from assay.evaluation.facts import Facts
from assay.result import Finding

MATERIAL_ERROR = 0.02
REJECTED = 0.01
SPREAD_SLOPE = 0.1
FEW_ROWS = 1_000


def constant_scores(facts: Facts) -> Finding | None:
    """Say that every row has the same score."""
    if facts.score_levels != 1:
        return None
    return Finding(
        rule="constant_scores",
        severity="warning",
        message="Every row has the same score.",
        evidence={"distinct_scores": 1, "rows": facts.n},
        cause="The model has learned nothing, or the features do not reach it in the form that it "
        "was fitted on.",
        advice="Look at a few rows as the model gets them, and at the model's training.",
    )


def miscalibrated(facts: Facts) -> Finding | None:
    """Say that scores are not the probabilities that they claim to be.

    Only where a test rejects calibration at 1 % (the expected calibration error lies above what
    it would be for calibrated scores) and the error is above 0.02, so that it matters.
    """
    error, p_value = facts.get("ece"), facts.numbers.get("calibration_p_value", 1.0)
    if error is None or error.value is None or error.value <= MATERIAL_ERROR:
        return None
    if p_value >= REJECTED:
        return None
    evidence = {"ece": error.value, "low": error.low, "high": error.high, "p_value": p_value}
    evidence["ece_by_chance"] = facts.numbers.get("calibration_error_by_chance")
    slope, offset = facts.get("calibration_slope"), facts.get("calibration_in_the_large")
    said, advice = "", "Recalibrate on rows that were not used for fitting"
    if offset is not None and offset.low is not None and offset.high is not None:
        evidence["calibration_in_the_large"] = offset.value
        if offset.high < 0:
            said = " Overall they are too high."
        elif offset.low > 0:
            said = " Overall they are too low."
    if slope is not None and slope.value is not None and slope.low is not None:
        evidence["slope"] = slope.value
        if slope.high is not None and slope.high < 1 - SPREAD_SLOPE:
            said += " They are over-confident: too close to 0 and 1."
        elif slope.low > 1 + SPREAD_SLOPE:
            said += " They are under-confident: too far from 0 and 1."
    how, shares = "isotonic regression", "another share of positives"
    if facts.task == "multiclass":
        how, shares = "temperature scaling", "other shares of the classes"
    elif facts.n < FEW_ROWS:
        how = "Platt's method"
    return Finding(
        rule="miscalibrated",
        severity="warning",
        message=(
            f"The scores are not well calibrated: they are off by {error.value:.3f} on average "
            f"({error.low:.3f} to {error.high:.3f}).{said}"
        ),
        evidence=dict(evidence),
        cause=f"Class weights, resampling, an over-fitted model, or {shares} than in training.",
        advice=f"{advice}, for example with {how}; that keeps the order of the scores.",
    )


def binned_scores(facts: Facts) -> Finding | None:
    """Say that ranks were counted in bins, and how far that can move the result."""
    if facts.exact_scores:
        return None
    bound = facts.numbers.get("auc_bin_bound", 0.0)
    return Finding(
        rule="binned_scores",
        severity="info",
        message=(
            f"Scores were counted in {facts.score_levels:,} bins, not one by one: ROC AUC can be "
            f"off by at most {bound:.1e}."
        ),
        evidence={"bins": facts.score_levels, "bound": bound, "rows": facts.n},
        cause="Above 5 million rows bins keep the memory within bounds.",
        advice="Nothing to do: the bound is printed.",
    )


SCORE_RULES = (constant_scores, miscalibrated, binned_scores)
