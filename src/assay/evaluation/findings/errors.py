"""Rules about predicted numbers."""

from statistics import NormalDist

from assay.evaluation.facts import Facts
from assay.evaluation.heads import adjusted_gap, heavy_tail, too_many
from assay.result import Finding

NORMAL = NormalDist()
MATERIAL_BIAS = 0.1
FEW_ROWS_SHARE = 0.01
HEAVY_TAIL_NUMBERS = (
    "residual_kurtosis",
    "max_error",
    "median_error",
    "max_over_median_error",
    "rows_of_half_squared_error",
)
MIN_ROWS = 100


def no_better_than_mean(facts: Facts) -> Finding | None:
    """Say that R² is not shown to be above 0: the mean of these rows does as well."""
    r2 = facts.get("r2")
    if r2 is None or r2.value is None or r2.low is None or r2.low > 0:
        return None
    worse = r2.high is not None and r2.high < 0
    said = "are worse than" if worse else "are not shown to be better than"
    return Finding(
        rule="no_better_than_constant",
        severity="warning",
        message=(
            f"The predictions {said} the mean: R² {r2.value:.3f} ({r2.low:.3f} to {r2.high:.3f})."
        ),
        evidence={"r2": r2.value, "low": r2.low, "high": r2.high},
        cause=(
            "Predictions and target differ in unit or transformation, or these rows are unlike "
            "those that the model was fitted on."
            if worse
            else "The features say little about the target, or there are too few rows to see it."
        ),
        advice=(
            "Compare a few predictions with the target side by side."
            if worse
            else "Check the target and the features, or judge the model on more rows."
        ),
    )


def biased_predictions(facts: Facts) -> Finding | None:
    """Say that predictions are too high or low on the whole, by a tenth of the RMSE.

    Only where the mean error lies so far from 0 that a 99 % interval would exclude it: with 95 %
    one report in twenty on few rows would be a false alarm.
    """
    bias, size = facts.get("mean_error"), facts.get("rmse")
    if bias is None or size is None or bias.value is None or not size.value:
        return None
    if bias.low is None or bias.high is None:
        return None
    half = bias.value - bias.low if bias.value > 0 else bias.high - bias.value
    if abs(bias.value) <= NORMAL.inv_cdf(0.995) / NORMAL.inv_cdf(0.5 + bias.level / 2) * half:
        return None
    if abs(bias.value) < MATERIAL_BIAS * size.value:
        return None
    side = "high" if bias.value > 0 else "low"
    return Finding(
        rule="biased_predictions",
        severity="warning",
        message=(
            f"Predictions are too {side} overall: by {abs(bias.value):.4g} on average "
            f"({bias.low:.4g} to {bias.high:.4g})."
        ),
        evidence={
            "mean_error": bias.value,
            "low": bias.low,
            "high": bias.high,
            "rmse": size.value,
        },
        cause="The target has shifted since the training, or the model was fitted to another "
        "quantity, such as the median or a transformed target.",
        advice="Compare the target of training and evaluation rows; correct the level if the "
        "difference persists.",
    )


def few_rows_rule(facts: Facts) -> Finding | None:
    """Say that at most 1 % of the rows make half of the squared error."""
    half = facts.numbers.get("rows_of_half_squared_error")
    if half is None or facts.n < MIN_ROWS or half > max(1, FEW_ROWS_SHARE * facts.n):
        return None
    return Finding(
        rule="few_rows_rule_the_error",
        severity="info",
        message=f"{half:,.0f} of {facts.n:,} rows make up half of the squared error.",
        evidence={
            "rows": half,
            "share": half / facts.n,
            "max_error": facts.numbers.get("max_error"),
        },
        cause="Outliers in the target, or rows of another kind than the rest.",
        advice="Look at these rows; judge by the mean or median absolute error as well.",
    )


def heavy_tailed_residuals(facts: Facts) -> Finding | None:
    """Say that large errors are far more frequent than in a normal law."""
    said = heavy_tail(facts)
    if not said or few_rows_rule(facts) is not None:
        return None
    return Finding(
        rule="heavy_tailed_residuals",
        severity="info",
        message=said,
        evidence={name: facts.numbers.get(name) for name in HEAVY_TAIL_NUMBERS},
        cause="The target has a long tail, or some rows are of another kind than the rest.",
        advice="Judge by the mean or median absolute error beside the RMSE.",
    )


def too_many_features(facts: Facts) -> Finding | None:
    """Say that there are so many features that R² must be read with care."""
    if not too_many(facts):
        return None
    r2, adjusted = facts.get("r2"), facts.get("adjusted_r2")
    return Finding(
        rule="too_many_features",
        severity="warning",
        message=f"{facts.n_features} features for {facts.n:,} rows: R² falls from "
        f"{r2.value if r2 else None:.3f} to {adjusted.value if adjusted else None:.3f} when "
        "adjusted for their number.",
        evidence={"features": facts.n_features, "rows": facts.n, "gap": adjusted_gap(facts)},
        cause="With many features a model fits in part by chance.",
        advice="Judge on more rows, or leave features out. On rows that the model has not seen, "
        "the adjusted R² is only a penalised reading.",
    )


ERROR_RULES = (
    no_better_than_mean,
    biased_predictions,
    few_rows_rule,
    heavy_tailed_residuals,
    too_many_features,
)
