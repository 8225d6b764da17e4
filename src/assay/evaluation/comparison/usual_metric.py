"""The rows and what is answered in; the metric that a comparison is made by out."""

import numpy as np

from assay.evaluation.facts import Facts
from assay.evaluation.heads import FAR_ERROR, KURTOSIS
from assay.evaluation.judged import Answers, JudgedRows
from assay.stats.sums import sums_by


def usual_metric(rows: JudgedRows, *answers: Answers) -> str:
    """Return the metric that heads a report of such rows, where the user states nothing.

    ===========================================  =============================
    rows and answers                             metric
    ===========================================  =============================
    binary with labels, balanced                 accuracy
    binary with labels, a class below 20 %       f1
    multiclass with labels                       macro_f1
    multilabel with labels                       macro_f1
    scores alone, read as probabilities          log_loss
    scores alone, else                           roc_auc, roc_auc_ovr_macro
    multilabel with scores alone                 macro_average_precision
    numbers                                      rmse; mae where few rows rule
    a forecast                                   mae
    a ranking                                    ndcg@10
    ===========================================  =============================

    Parameters
    ----------
    rows : JudgedRows
    *answers : Answers
        Of all that are compared: labels count only where all have them.

    Returns
    -------
    str
    """
    if rows.task == "ranking":
        return "ndcg@10"
    if rows.task == "forecasting":
        return "mae"
    if rows.task == "regression":
        return "mae" if any(few_rows_rule(rows, each) for each in answers) else "rmse"
    labels = all(each.labels is not None for each in answers)
    if rows.task == "multilabel":
        return "macro_f1" if labels else "macro_average_precision"
    if not labels:
        if all(each.as_probabilities for each in answers):
            return "log_loss"
        return "roc_auc" if rows.task == "binary" else "roc_auc_ovr_macro"
    if rows.task == "multiclass":
        return "macro_f1"
    return "f1" if imbalanced(rows) else "accuracy"


def imbalanced(rows: JudgedRows) -> bool:
    """Whether accuracy says little because classes differ in size (`Facts.imbalanced`)."""
    code, k = rows.truth.astype(np.int64), len(rows.classes)
    counts = np.bincount(code, minlength=k)
    if not rows.n:
        return False
    weight = np.ones(rows.n) if rows.weight is None else rows.weight
    shares = sums_by(code, weight, k) / weight.sum()
    return Facts(
        task=rows.task,
        classes=rows.classes,
        class_rows=tuple(counts.tolist()),
        class_shares=tuple(shares.tolist()),
    ).imbalanced


def few_rows_rule(rows: JudgedRows, answers: Answers) -> bool:
    """Whether few rows rule the squared error: heavy tails, or one error far beyond the rest."""
    if answers.values is None or not rows.n:
        return False
    error = answers.values - rows.truth.astype(np.float64)
    away = np.abs(error)
    median = float(np.median(away))
    if median > 0 and float(away.max()) > FAR_ERROR * median:
        return True
    centred = error - error.mean()
    variance = float((centred**2).mean())
    return variance > 0 and float((centred**4).mean()) / variance**2 > KURTOSIS
