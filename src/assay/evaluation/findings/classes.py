"""Rules about classes and predicted classes."""

import numpy as np

from assay.evaluation.facts import Facts
from assay.evaluation.goal import stated_goal
from assay.result import Estimate, Finding

MIN_CLASS_ROWS = 30


def no_better_than_constant(facts: Facts) -> Finding | None:
    """Nothing shows that the model knows more than the most frequent class.

    With scores: the interval of ROC AUC holds 0.5. Without: that of the Matthews correlation
    holds 0, and accuracy is not shown to be above the share of the most frequent class.
    """
    value, share = facts.majority
    area = facts.get("roc_auc")
    if area is not None and area.low is not None and area.high is not None:
        if area.low > 0.5:
            return None
        evidence = {"roc_auc": area.value, "low": area.low, "high": area.high}
        said = f"The scores are not shown to rank better than chance: ROC AUC {_ends(area)}."
        if area.high < 0.5:
            said = f"The scores rank worse than chance: ROC AUC {_ends(area)}."
        return _no_better(said, evidence, reverse=area.high < 0.5)
    matthews, accuracy = facts.get("mcc"), facts.get("accuracy")
    if not (matthews and accuracy) or matthews.low is None or accuracy.low is None:
        return None
    if matthews.low > 0 or accuracy.low > share:
        return None
    evidence = {
        "mcc": matthews.value,
        "mcc_low": matthews.low,
        "accuracy": accuracy.value,
        "accuracy_low": accuracy.low,
        "majority_share": share,
    }
    said = (
        f"The answers are not shown to beat always answering {str(value)!r}: accuracy "
        f"{_ends(accuracy)} against {share:.3f}, Matthews correlation {_ends(matthews)}."
    )
    return _no_better(said, evidence, reverse=matthews.high is not None and matthews.high < 0)


def _no_better(said: str, evidence: dict[str, float | None], *, reverse: bool) -> Finding:
    cause = "The features do not tell the classes apart, or there are too few rows to see it."
    advice = "Check the label and the features, or judge the model on more rows."
    if reverse:
        cause = "The positive answer, or the order of the classes, is probably reversed."
        advice = "Check --positive, and which class the scores are of."
    return Finding(
        rule="no_better_than_constant",
        severity="warning",
        message=said,
        evidence=dict(evidence),
        cause=cause,
        advice=advice,
    )


def accuracy_misleads(facts: Facts) -> Finding | None:
    """Say that one class is so frequent that accuracy is high whatever the model does."""
    if not facts.imbalanced or facts.get("accuracy") is None:
        return None
    value, share = facts.majority
    rarest, least, rows = facts.rarest
    return Finding(
        rule="accuracy_misleads",
        severity="info",
        message=f"Accuracy misleads: always answering {str(value)!r} scores {share:.3f}.",
        where={"classes": [str(value), str(rarest)]},
        evidence={"majority_share": share, "smallest_share": least, "smallest_rows": rows},
        cause="The classes differ in size.",
        advice="Look at F1, Matthews correlation and average precision first.",
    )


def accuracy_below_constant(facts: Facts) -> Finding | None:
    """Say that the constant answer would be right more often, with certainty."""
    accuracy = facts.get("accuracy")
    value, share = facts.majority
    if accuracy is None or accuracy.high is None or accuracy.high >= share:
        return None
    chosen = facts.threshold is not None and bool(facts.threshold.goal)
    return Finding(
        rule="accuracy_below_constant",
        severity="info" if chosen or facts.imbalanced else "warning",
        message=(
            f"Always answering {str(value)!r} is right more often: accuracy {share:.3f} against "
            f"{_ends(accuracy)}."
        ),
        evidence={"accuracy": accuracy.value, "high": accuracy.high, "majority_share": share},
        cause=_why_below(facts, chosen=chosen),
        advice=(
            "Nothing, if that aim is the right one: judge by the metrics that head the report."
            if chosen
            else "Choose the threshold on validation rows, for a goal (--threshold) or by what "
            "the two mistakes cost (--cost-fp, --cost-fn)."
        )
        if facts.task == "binary"
        else "Look in the confusion matrix which classes are mixed up.",
    )


def _why_below(facts: Facts, *, chosen: bool) -> str:
    if chosen:
        return "The threshold was chosen for another aim than accuracy."
    if facts.threshold is not None:
        return "The threshold does not fit these scores, or this share of the classes."
    return "The model answers the rarer classes too often to be right."


def goal_not_kept(facts: Facts) -> Finding | None:
    """Say that the threshold does not keep its bound on the judged rows, with certainty."""
    goal = None if facts.threshold is None else stated_goal(facts.threshold.goal)
    if goal is None or goal.bound is None:
        return None
    found = facts.get("recall" if goal.kind == "recall" else "specificity")
    if found is None or found.value is None or found.low is None or found.high is None:
        return None
    value, low, high = found.value, found.low, found.high
    wish, name = "at least", "recall"
    if goal.kind != "recall":
        value, low, high = 1 - value, 1 - high, 1 - low
        wish, name = "at most", "false positive rate"
    if (high >= goal.bound) if goal.kind == "recall" else (low <= goal.bound):
        return None
    return Finding(
        rule="goal_not_kept",
        severity="warning",
        message=(
            f"The threshold was chosen for a {name} of {wish} {goal.bound:g}; on these rows it "
            f"is {value:.3f} ({low:.3f} to {high:.3f})."
        ),
        evidence={name.replace(" ", "_"): value, "low": low, "high": high, "bound": goal.bound},
        cause="The validation rows differ from these rows, or they were too few.",
        advice="Choose the threshold on more, or more recent, validation rows, or ask for a "
        "stricter bound.",
    )


def too_few_positives(facts: Facts) -> Finding | None:
    """Say that the rarer of two classes has fewer than 30 rows."""
    if facts.task != "binary":
        return None
    rarest, _, rows = facts.rarest
    if rows >= MIN_CLASS_ROWS:
        return None
    return Finding(
        rule="too_few_positives",
        severity="warning",
        message=f"Only {rows} rows of {str(rarest)!r}: the numbers about them are uncertain.",
        where={"classes": [str(rarest)]},
        evidence={"rows": rows, "needed": MIN_CLASS_ROWS},
        cause="The table is small or the class is rare.",
        advice="Decide by the intervals, not by the values; judge on more rows of this class.",
    )


def one_class_predicted(facts: Facts) -> Finding | None:
    """Say that every row gets the same answer."""
    if facts.confusion is None:
        return None
    predicted = facts.confusion.counts.sum(axis=0)
    if np.count_nonzero(predicted) != 1:
        return None
    only = facts.confusion.labels[int(np.argmax(predicted))]
    at = None if facts.threshold is None else facts.threshold.value
    return Finding(
        rule="one_class_predicted",
        severity="warning",
        message=f"Every row gets the same answer, {only!r}.",
        where={"classes": [only]},
        evidence={"rows": int(predicted.sum()), "threshold": at},
        cause=(
            "No score crosses the threshold."
            if facts.threshold is not None
            else "The model has learned only how frequent the classes are."
        ),
        advice="Choose the threshold on validation rows, or check that the features reach the "
        "model in the form that it was fitted on.",
    )


def class_never_predicted(facts: Facts) -> Finding | None:
    """Say which classes with 30 rows or more are never the answer."""
    if facts.confusion is None or facts.task != "multiclass":
        return None
    predicted = facts.confusion.counts.sum(axis=0)
    if np.count_nonzero(predicted) == 1:
        return None  # one_class_predicted says it
    rows = facts.confusion.counts.sum(axis=1)
    never = np.flatnonzero((predicted == 0) & (rows >= MIN_CLASS_ROWS))
    if not len(never):
        return None
    names = [facts.confusion.labels[at] for at in never]
    return Finding(
        rule="class_never_predicted",
        severity="warning",
        message=f"The model never answers {', '.join(names)}.",
        where={"classes": list(names)},
        evidence={name: int(rows[at]) for name, at in zip(names, never, strict=True)},
        cause="The model does not know these classes, or always prefers another one.",
        advice="See in the confusion matrix how these rows are answered; check that the classes "
        "were among the training rows and are written the same way.",
    )


def unknown_class_predicted(facts: Facts) -> Finding | None:
    """Say which answers are classes that no row has, when more than 1 % of the rows get one."""
    if facts.confusion is None or facts.task != "multiclass":
        return None
    predicted = facts.confusion.counts.sum(axis=0)
    strange = np.flatnonzero((facts.confusion.counts.sum(axis=1) == 0) & (predicted > 0))
    rows = int(predicted[strange].sum())
    if not len(strange) or rows <= 0.01 * predicted.sum():
        return None
    names = [facts.confusion.labels[at] for at in strange]
    return Finding(
        rule="unknown_class_predicted",
        severity="warning",
        message=f"{rows:,} rows are answered with a class that no row has: {', '.join(names)}.",
        where={"classes": list(names)},
        evidence={"rows": rows, "share": rows / int(predicted.sum())},
        cause="The class is missing from this table, or written in another way.",
        advice="Compare the words of the label and of the predictions.",
    )


def _ends(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


CLASS_RULES = (
    no_better_than_constant,
    one_class_predicted,
    class_never_predicted,
    unknown_class_predicted,
    too_few_positives,
    goal_not_kept,
    accuracy_below_constant,
    accuracy_misleads,
)
