"""A plan in; the parts of an evaluation that the data do not give, and what turns them on, out."""

from assay.evaluation.plan import EvaluationPlan
from assay.evaluation.requests_classification import MAX_RANKED_CLASSES
from assay.evaluation.requests_multilabel import MAX_RANKED_LABELS
from assay.evaluation.result import NotComputed


def list_not_computed(plan: EvaluationPlan) -> tuple[NotComputed, ...]:
    """Return what was left out, each with its reason and the flag that gives it.

    Parameters
    ----------
    plan : EvaluationPlan

    Returns
    -------
    tuple of NotComputed
    """
    if plan.target.task == "regression":
        return ()
    found: list[NotComputed] = []
    if not plan.scores:
        found.append(
            NotComputed(
                "Ranking, calibration and probability metrics",
                "there are no scores, only predicted classes",
                "--score COLUMN (y_score=... in Python)",
            )
        )
    elif plan.use == "ranking":
        found.append(
            NotComputed(
                "Calibration and probability metrics",
                "the scores are used only for their order",
                "--use probability, with scores in [0, 1]",
            )
        )
    if plan.target.task == "multilabel":
        return (*found, *_of_labels(plan))
    if "outcomes" not in plan.requests:
        found.append(
            NotComputed(
                "Confusion matrix and the metrics made from it",
                "there are neither predicted classes nor a threshold for the scores",
                "--threshold T or --prediction COLUMN",
            )
        )
    if plan.target.task == "multiclass" and len(plan.scores) > MAX_RANKED_CLASSES:
        found.append(
            NotComputed(
                "Ranking of each class against the rest",
                f"there are more than {MAX_RANKED_CLASSES} classes",
            )
        )
    return tuple(found)


def _of_labels(plan: EvaluationPlan) -> list[NotComputed]:
    found: list[NotComputed] = []
    if "label_sums" not in plan.requests:
        found.append(
            NotComputed(
                "Exact match, precision, recall and F1 of the labels",
                "there are neither given labels nor a threshold for the scores",
                "--threshold T or --prediction COLUMN",
            )
        )
    if len(plan.scores) > MAX_RANKED_LABELS:
        found.append(
            NotComputed(
                "Ranking of the rows by the scores of each label",
                f"there are more than {MAX_RANKED_LABELS} labels",
            )
        )
    return found
