"""The numbers of an evaluation in; which of them stand at the top, and why, out."""

from collections.abc import Sequence
from typing import Literal

from assay.evaluation.checks import Use
from assay.evaluation.facts import Facts
from assay.evaluation.goal import Costs, Goal, stated_goal
from assay.evaluation.result import Head
from assay.result import Estimate

Costly = Literal["false_positive", "false_negative"]
Choice = tuple[tuple[str, ...], str, tuple[str, ...]]  # metrics, name of the rule, sentences
FEW_POSITIVES = 30
RARE = 0.05
KURTOSIS = 5.0
NORMAL_KURTOSIS = 3
FAR_ERROR = 10.0
ADJUSTED_GAP = 0.02
MANY_FEATURES = 0.1
LABEL_GAP = 0.1


def choose_head(
    facts: Facts,
    *,
    costs: Costs | None = None,
    costly: Costly | None = None,
    use: Use | None = None,
) -> Head:
    """Decide by fixed rules which metrics head the report.

    What the user stated comes first: costs, the dearer mistake, the goal that the threshold was
    chosen for, the use of the scores. Where nothing was stated the sizes of the classes decide. A
    threshold given as a number states nothing.

    Parameters
    ----------
    facts : Facts
    costs : Costs or None
    costly : {"false_positive", "false_negative"} or None
        The mistake that costs more, where costs are not known.
    use : {"probability", "ranking"} or None
        What scores are used for.

    Returns
    -------
    Head
        Only metrics that have a value; each sentence cites numbers of the result.
    """
    if facts.task == "regression":
        return _regression(facts) if facts.quantile is None else _quantile(facts)
    if facts.task == "multilabel":
        return _labels(facts, use)
    names, rule, sentences = _by_wish(facts, costs, costly) or _by_use(use) or _by_shares(facts)
    last = ("accuracy",) if rule == "imbalanced" else ()
    if use == "probability" and rule != "probability":
        names = (*names, "log_loss", "brier")
    if use == "probability":
        sentences = (*sentences, "The scores are used as probabilities: see the calibration too.")
    if rule in {"balanced", "imbalanced"}:
        sentences = (*sentences, *_accuracy_and_constant(facts, rule))
    kept = tuple(dict.fromkeys(name for name in names if facts.get(name)))
    fallback = ("roc_auc", "average_precision", "accuracy")
    kept = kept or tuple(name for name in fallback if facts.get(name))
    return Head(kept, rule, (*sentences, *_few_rows(facts)), last)


def _by_wish(facts: Facts, costs: Costs | None, costly: Costly | None) -> Choice | None:
    if costs is not None and (cost := facts.get("expected_cost")):
        said = f"Costs were given: a row costs {_with_interval(cost)} on average."
        return ("expected_cost", "precision", "recall"), "costs", (said,)
    if costly == "false_positive":
        said = "False alarms cost more: precision comes first, with recall at that point."
        return ("precision", "recall"), "false_positive_costly", (said,)
    if costly == "false_negative":
        said = "Missed cases cost more: recall comes first, with precision at that point."
        return ("recall", "f2", "precision"), "false_negative_costly", (said,)
    goal = None if facts.threshold is None else stated_goal(facts.threshold.goal)
    if goal is not None and facts.threshold is not None and facts.get(goal.metrics[0]):
        return (*goal.metrics, "roc_auc"), "goal", _goal_kept(facts, goal)
    return None


def _goal_kept(facts: Facts, goal: Goal) -> tuple[str, ...]:
    """Say what the threshold was chosen for, and how a bound is kept on these rows."""
    said = f"The threshold was chosen for the {goal.words}: the metrics of that goal come first."
    found = facts.get("recall" if goal.kind == "recall" else "specificity")
    if goal.bound is None or found is None or found.value is None:
        return (said,)
    name = "recall" if goal.kind == "recall" else "specificity (1 - false positive rate)"
    return said, f"On these rows {name} is {_with_interval(found)}."


def _by_use(use: Use | None) -> Choice | None:
    if use == "ranking":
        said = "Only the order of the scores matters, so the ranking metrics come first."
        return ("roc_auc", "average_precision"), "ranking", (said,)
    if use == "probability":
        return ("log_loss", "brier", "roc_auc"), "probability", ()
    return None


def _by_shares(facts: Facts) -> Choice:
    """Decide by the sizes of the classes, where the user said nothing."""
    binary = facts.task == "binary"
    if facts.imbalanced:
        names = ("f1", "average_precision", "mcc")
        return names if binary else ("macro_f1", "balanced_accuracy", "mcc"), "imbalanced", ()
    return ("accuracy", "f1", "roc_auc") if binary else ("macro_f1", "accuracy"), "balanced", ()


def _accuracy_and_constant(facts: Facts, rule: str) -> tuple[str, ...]:
    """Hold accuracy against the most frequent class, where it says little or is not above."""
    value, share = facts.majority
    accuracy, always = facts.get("accuracy"), f"always answering {value!r}"
    if rule == "imbalanced":
        own = f"; the accuracy here is {_with_interval(accuracy)}" if accuracy else ""
        said = f"Accuracy misleads here: {always} scores {share:.3f}{own}."
        rarest, least, _ = facts.rarest
        if facts.task == "binary" and least < RARE:
            said += (
                f" With only {least:.1%} of {rarest!r} the ROC curve flatters: false alarms among "
                "so many others hardly show in it."
            )
        return (said,)
    if accuracy is None or accuracy.low is None or accuracy.high is None:
        return ()
    if accuracy.low > share or accuracy.high < share:  # a finding says that it is below
        return ()
    said = f"Accuracy, {_with_interval(accuracy)}, is not shown to be above that of {always}"
    return (f"{said}, {share:.3f}.",)


def _few_rows(facts: Facts) -> tuple[str, ...]:
    rarest, _, rows = facts.rarest
    if facts.task != "binary" or rows >= FEW_POSITIVES:
        return ()
    said = (
        f"There are only {rows} rows of {rarest!r}: read the intervals before the values; "
        f"{FEW_POSITIVES} rows cannot tell 0.80 from 0.93."
    )
    return (said,)


def _quantile(facts: Facts) -> Head:
    """Put the numbers of a quantile first, and those of a mean last."""
    names = ("pinball_loss", "quantile_coverage", "d2_pinball")
    said = f"The predictions are judged as the {facts.quantile:g} quantile of the target."
    last = ("mse", "rmse", "mean_error", "r2", "adjusted_r2")
    kept = tuple(name for name in names if facts.get(name))
    return Head(kept, "quantile", (said,), tuple(name for name in last if facts.get(name)))


def _regression(facts: Facts) -> Head:
    sentences: list[str] = []
    names: Sequence[str] = ("rmse", "mae", "r2")
    rule = "regression"
    if heavy := heavy_tail(facts):
        names, rule = ("mae", "median_absolute_error", "rmse", "r2"), "heavy_tailed"
        sentences.append(heavy)
    r2, adjusted = facts.get("r2"), facts.get("adjusted_r2")
    if r2 and r2.value is not None and r2.value < 0:
        sentences.append(
            f"R² is {_with_interval(r2)}: worse than predicting the mean of these rows."
        )
    if r2 and adjusted and too_many(facts):
        sentences.append(
            f"R² falls from {r2.value:.3f} to {adjusted.value:.3f} when adjusted for "
            f"{facts.n_features} features: too many features for {facts.n:,} rows."
        )
    return Head(tuple(name for name in names if facts.get(name)), rule, tuple(sentences))


def heavy_tail(facts: Facts) -> str:
    """Return a sentence when a few rows rule the squared error, else ""."""
    kurtosis = facts.numbers.get("residual_kurtosis", 0.0)
    largest, median = (facts.numbers.get(name, 0.0) for name in ("max_error", "median_error"))
    if kurtosis <= KURTOSIS and (median <= 0 or largest <= FAR_ERROR * median):
        return ""
    said = (
        f"A few rows dominate the squared error: the kurtosis of the residuals is {kurtosis:.1f} "
        f"({NORMAL_KURTOSIS} for a normal distribution)"
    )
    if median > 0:
        said += f", the largest error {largest / median:.0f} times the median one"
    half = facts.numbers.get("rows_of_half_squared_error")
    if half is not None:
        said += f"; {half:,.0f} of {facts.n:,} rows make up half of it"
    return said + "."


def too_many(facts: Facts) -> bool:
    """Whether there are more than a tenth as many features as rows, and R² suffers from it."""
    features = facts.n_features or 0
    return features > MANY_FEATURES * facts.n and adjusted_gap(facts) > ADJUSTED_GAP


def adjusted_gap(facts: Facts) -> float:
    """Return how far R² falls when adjusted for the number of features; 0 where unknown."""
    r2, adjusted = facts.get("r2"), facts.get("adjusted_r2")
    if r2 is None or adjusted is None or r2.value is None or adjusted.value is None:
        return 0.0
    return r2.value - adjusted.value


def _labels(facts: Facts, use: Use | None) -> Head:
    """Decide for rows that may have many labels: by the answers, else by the order of scores."""
    names: Sequence[str] = ("macro_f1", "micro_f1", "subset_accuracy")
    rule, sentences = "labels", ()
    if use == "ranking" or not facts.given_rows:
        names, rule = ("macro_average_precision", "macro_roc_auc"), "ranking"
        names = (*names, "label_ranking_average_precision")
        sentences = ("Only the order of the scores matters, so the ranking metrics come first.",)
    else:
        sentences = _macro_and_micro(facts)
    return Head(tuple(name for name in names if facts.get(name)), rule, sentences)


def _macro_and_micro(facts: Facts) -> tuple[str, ...]:
    """Say why there are two averages where common labels do better than rare ones, or worse."""
    macro, micro = facts.get("macro_f1"), facts.get("micro_f1")
    if macro is None or micro is None or macro.value is None or micro.value is None:
        return ()
    if abs(macro.value - micro.value) <= LABEL_GAP:
        return ()
    better, worse = ("common", "rare") if micro.value > macro.value else ("rare", "common")
    return (
        f"Macro F1, {_with_interval(macro)}, counts every label the same; micro F1, "
        f"{_with_interval(micro)}, by how common it is: {better} labels do better than {worse} "
        "ones.",
    )


def _with_interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
