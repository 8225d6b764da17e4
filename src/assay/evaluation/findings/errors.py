"""Rules about predicted numbers."""

from statistics import NormalDist

from assay.evaluation.facts import Facts
from assay.evaluation.heads import adjusted_gap, heavy_tail, too_many
from assay.result import Finding

NORMAL = NormalDist()
MATERIAL_BIAS = 0.1
SMALLER_SIDE = 0.1
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
    if facts.quantile is not None:
        return _no_better_than_quantile(facts)
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


def _no_better_than_quantile(facts: Facts) -> Finding | None:
    """Say that D² of the pinball loss is not shown to be above 0."""
    saved = facts.get("d2_pinball")
    if saved is None or saved.value is None or saved.low is None or saved.low > 0:
        return None
    worse = saved.high is not None and saved.high < 0
    said = "is worse than" if worse else "is not shown to be better than"
    return Finding(
        rule="no_better_than_constant",
        severity="warning",
        message=(
            f"The predicted {facts.quantile:g} quantile {said} a constant: D² of the pinball loss "
            f"{saved.value:.3f} ({saved.low:.3f} to {saved.high:.3f})."
        ),
        evidence={"d2_pinball": saved.value, "low": saved.low, "high": saved.high},
        cause="The predictions are another quantile or a mean, or the features say little about "
        "the target.",
        advice="Check which quantile the model was fitted for (quantile=...), and the features.",
    )


def quantile_not_covered(facts: Facts) -> Finding | None:
    """Say that another share of the targets than the quantile lies up to the predictions.

    Only where a 99 % interval of that share excludes the quantile, and the gap is a tenth of the
    smaller side or more.
    """
    share, wanted = facts.get("quantile_coverage"), facts.quantile
    if share is None or wanted is None or share.value is None:
        return None
    if share.low is None or share.high is None:
        return None
    gap = share.value - wanted
    half = share.value - share.low if gap > 0 else share.high - share.value
    if abs(gap) <= _wider(share.level) * half or abs(gap) < SMALLER_SIDE * min(wanted, 1 - wanted):
        return None
    side = "high" if gap > 0 else "low"
    return Finding(
        rule="quantile_not_covered",
        severity="warning",
        message=(
            f"The predicted {wanted:g} quantile is too {side}: {share.value:.3f} of the targets "
            f"({share.low:.3f} to {share.high:.3f}) lie at or below it."
        ),
        evidence={"share": share.value, "low": share.low, "high": share.high, "quantile": wanted},
        cause="The target has shifted since the training, the model is over-fitted, or its "
        "predictions are another quantile.",
        advice="Move the predictions by a quantile of the residuals on validation rows (conformal "
        "prediction), or fit the model on more rows.",
    )


def _wider(level: float) -> float:
    """Return how much wider a 99 % interval is than one of another level."""
    return NORMAL.inv_cdf(0.995) / NORMAL.inv_cdf(0.5 + level / 2)


def systematic_error(facts: Facts) -> Finding | None:
    """Say in which tenths of the predictions they are too high or too low on average."""
    if not facts.leans:
        return None
    worst = max(facts.leans, key=lambda each: abs(each.error))
    high = [each.error > 0 for each in facts.leans]
    side = "too high" if all(high) else "too high or too low" if any(high) else "too low"
    several = len(facts.leans) > 1
    where = ", ".join(str(each.number) for each in facts.leans)
    return Finding(
        rule="systematic_error",
        severity="warning",
        message=(
            f"Predictions are {side} in {'tenths' if several else 'tenth'} {where} of ten (1: the "
            f"lowest predictions). The largest mean error, {worst.error:.4g} ({worst.low:.4g} to "
            f"{worst.high:.4g}), is where they are about {worst.predicted:.4g}."
        ),
        evidence={"tenths": [each.to_dict() for each in facts.leans]},
        cause="The model is over-fitted (its highest predictions are too high, its lowest too "
        "low), held back too much, misses a curve, or predicts another quantity than the mean.",
        advice="Recalibrate on validation rows, for example with isotonic regression of the "
        "target on the prediction; look at the mean error by predicted value.",
    )


def biased_predictions(facts: Facts) -> Finding | None:
    """Say that predictions are too high or low on the whole, by a tenth of the RMSE.

    Only where the mean error lies so far from 0 that a 99 % interval would exclude it: with 95 %
    one report in twenty on few rows would be a false alarm.
    """
    bias, size = facts.get("mean_error"), facts.get("rmse")
    if facts.quantile is not None:
        return None  # a quantile is above or below the mean on purpose
    if bias is None or size is None or bias.value is None or not size.value:
        return None
    if bias.low is None or bias.high is None:
        return None
    half = bias.value - bias.low if bias.value > 0 else bias.high - bias.value
    if abs(bias.value) <= _wider(bias.level) * half:
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
    """Say that large errors are far more frequent than in a normal law.

    Not of quantiles: the squared error does not judge them.
    """
    said = heavy_tail(facts)
    if not said or facts.quantile is not None or few_rows_rule(facts) is not None:
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
    quantile_not_covered,
    systematic_error,
    few_rows_rule,
    heavy_tailed_residuals,
    too_many_features,
)
