"""What the user stated and the rows in; the metric that a comparison is made by out."""

from assay.evaluation.checks import Use
from assay.evaluation.comparison.comparers import COMPARERS
from assay.evaluation.comparison.usual_metric import usual_metric
from assay.evaluation.goal import stated_goal
from assay.evaluation.judged import Answers, JudgedRows
from assay.evaluation.threshold import Threshold

OF_ORDER = {
    "binary": "roc_auc",
    "multiclass": "roc_auc_ovr_macro",
    "multilabel": "macro_roc_auc",
}
"""What says how good the order of scores is, whatever the threshold."""


def heading_metric(
    rows: JudgedRows,
    *answers: Answers,
    use: Use | None = None,
    threshold: Threshold | None = None,
) -> str:
    """Return the metric that heads a report of such rows, as far as candidates compare by it.

    The goal that the threshold was chosen for comes first (F1, the Matthews correlation, balanced
    accuracy), then what the scores are used for, then the usual one (`usual_metric`).

    Parameters
    ----------
    rows : JudgedRows
    *answers : Answers
        Of all that are compared.
    use : {"probability", "ranking"} or None
    threshold : Threshold or None

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> rows = JudgedRows(task="binary", truth=np.array([0, 1, 1, 0]), classes=(0, 1))
    >>> one = Answers(name="m", labels=rows.truth, scores=rows.truth * 0.5)
    >>> heading_metric(rows, one), heading_metric(rows, one, use="ranking")
    ('accuracy', 'roc_auc')
    >>> chosen = Threshold(value=0.3, chosen_on="validation", goal="f1")
    >>> heading_metric(rows, one, threshold=chosen)
    'f1'
    """
    labelled = all(each.labels is not None for each in answers)
    goal = None if threshold is None else stated_goal(threshold.goal)
    if goal is not None and labelled and goal.metrics[0] in COMPARERS.get(rows.task, {}):
        return goal.metrics[0]
    scored = all(each.scores is not None for each in answers)
    if use == "ranking" and scored and rows.task in OF_ORDER:
        return OF_ORDER[rows.task]
    if use == "probability" and scored and rows.task in ("binary", "multiclass"):
        return "log_loss"
    return usual_metric(rows, *answers)
