"""A task in; which metrics a ladder shows beside the one that it compares by, out."""

from assay.evaluation.comparison import heading
from assay.evaluation.judged import Answers

BESIDE = {
    "binary": ("accuracy", "f1", "roc_auc", "log_loss"),
    "multiclass": ("macro_f1", "accuracy", "log_loss"),
    "multilabel": ("macro_f1", "micro_f1", "macro_average_precision"),
    "regression": ("rmse", "mae", "r2"),
}
"""Shown beside the metric that decides."""
OF_ORDER = {**heading.OF_ORDER, "regression": "r2"}
"""What says, free of thresholds, whether anything was learnt."""
CHANCE = {"binary": 0.5, "multiclass": 0.5, "multilabel": 0.5, "regression": 0.0}
OF_LABELS = frozenset(
    {"accuracy", "f1", "macro_f1", "micro_f1", "mcc", "balanced_accuracy", "subset_accuracy"}
)


def metrics_beside(task: str, metric: str, answers: Answers) -> tuple[str, ...]:
    """Return the metrics to show of a rung: the deciding one first, and what its answers allow."""
    found = []
    for name in dict.fromkeys((metric, *BESIDE[task])):
        if name in OF_LABELS and answers.labels is None:
            continue
        if name == "log_loss" and (answers.scores is None or not answers.as_probabilities):
            continue
        if ("auc" in name or "precision" in name) and answers.scores is None:
            continue
        found.append(name)
    return tuple(found)
