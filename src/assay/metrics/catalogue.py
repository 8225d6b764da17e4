"""All metrics, by task and by name."""

from difflib import get_close_matches

from assay.errors import InputError
from assay.metrics.averages import (
    macro_f1,
    macro_precision,
    macro_recall,
    micro_f1,
    micro_precision,
    micro_recall,
    weighted_f1,
    weighted_precision,
    weighted_recall,
)
from assay.metrics.confusion import (
    accuracy,
    balanced_accuracy,
    cohen_kappa,
    f1,
    f_beta,
    g_mean,
    mcc,
    negative_predictive_value,
    precision,
    recall,
    specificity,
    top_k,
    youden_j,
)
from assay.metrics.metric import Metric, Task
from assay.metrics.multilabel import (
    coverage_error,
    hamming_loss,
    label_ranking_average_precision,
    macro_ranking,
    prevalence,
    ranking_loss,
    samples_f1,
    samples_jaccard,
    subset_accuracy,
)
from assay.metrics.multilabel import macro_f1 as macro_f1_of_labels
from assay.metrics.multilabel import macro_precision as macro_precision_of_labels
from assay.metrics.multilabel import macro_recall as macro_recall_of_labels
from assay.metrics.multilabel import micro_f1 as micro_f1_of_labels
from assay.metrics.multilabel import micro_precision as micro_precision_of_labels
from assay.metrics.multilabel import micro_recall as micro_recall_of_labels
from assay.metrics.multilabel import weighted_f1 as weighted_f1_of_labels
from assay.metrics.ranking.named import ranking_metric
from assay.metrics.regression import (
    adjusted_r2,
    d2,
    deviances,
    mae,
    mape,
    max_error,
    mean_error,
    median_absolute_error,
    mse,
    pearson,
    quantile_loss,
    r2,
    rmse,
    rmsle,
    smape,
    wape,
)
from assay.metrics.scores import (
    average_precision,
    average_precision_lift,
    brier,
    calibration_line,
    ece,
    gini,
    ks,
    lift,
    log_loss,
    mce,
    operating_points,
    roc_auc,
    roc_auc_ovr_macro,
    skill,
    spiegelhalter_z,
)

METRICS: tuple[Metric, ...] = (
    accuracy.METRIC,
    balanced_accuracy.METRIC,
    precision.METRIC,
    recall.METRIC,
    specificity.METRIC,
    negative_predictive_value.METRIC,
    f1.METRIC,
    f_beta.METRIC,
    mcc.METRIC,
    cohen_kappa.METRIC,
    youden_j.METRIC,
    g_mean.METRIC,
    macro_precision.METRIC,
    macro_recall.METRIC,
    macro_f1.METRIC,
    weighted_precision.METRIC,
    weighted_recall.METRIC,
    weighted_f1.METRIC,
    micro_precision.METRIC,
    micro_recall.METRIC,
    micro_f1.METRIC,
    *top_k.METRICS,
    roc_auc.METRIC,
    average_precision.METRIC,
    average_precision_lift.METRIC,
    log_loss.METRIC,
    brier.METRIC,
    brier.METRIC_OF_CLASSES,
    skill.LOG_LOSS_SKILL,
    skill.BRIER_SKILL,
    ece.METRIC,
    mce.METRIC,
    calibration_line.SLOPE,
    calibration_line.INTERCEPT,
    calibration_line.IN_THE_LARGE,
    spiegelhalter_z.METRIC,
    gini.METRIC,
    ks.METRIC,
    *lift.METRICS,
    operating_points.TPR_AT_FPR,
    operating_points.FPR_AT_TPR,
    roc_auc_ovr_macro.METRIC,
    macro_f1_of_labels.METRIC,
    micro_f1_of_labels.METRIC,
    weighted_f1_of_labels.METRIC,
    samples_f1.METRIC,
    macro_precision_of_labels.METRIC,
    macro_recall_of_labels.METRIC,
    micro_precision_of_labels.METRIC,
    micro_recall_of_labels.METRIC,
    subset_accuracy.METRIC,
    hamming_loss.METRIC,
    samples_jaccard.METRIC,
    macro_ranking.METRIC,
    macro_ranking.OF_PRECISION,
    label_ranking_average_precision.METRIC,
    ranking_loss.METRIC,
    coverage_error.METRIC,
    prevalence.METRIC,
    mse.METRIC,
    rmse.METRIC,
    mae.METRIC,
    mean_error.METRIC,
    median_absolute_error.METRIC,
    r2.METRIC,
    adjusted_r2.METRIC,
    mape.METRIC,
    wape.METRIC,
    max_error.METRIC,
    quantile_loss.PINBALL,
    quantile_loss.COVERAGE,
    d2.PINBALL,
    d2.ABSOLUTE_ERROR,
    pearson.METRIC,
    smape.METRIC,
    rmsle.METRIC,
    deviances.POISSON,
    deviances.TWEEDIE,
    deviances.GAMMA,
)


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """Return the metrics of a task, in the order of the catalogue.

    Examples
    --------
    >>> [metric.name for metric in metrics_for("regression")][:3]
    ['mse', 'rmse', 'mae']
    """
    return tuple(metric for metric in METRICS if task in metric.tasks)


def find_metric(name: str, *, task: Task) -> Metric:
    """Return a metric by its name or its acronym.

    Parameters
    ----------
    name : str
        Case does not matter. With several classes also ``top_<k>`` for any k; of a ranking
        ``ndcg@<k>`` and its kin.
    task : {"binary", "multiclass", "multilabel", "regression", "ranking"}

    Returns
    -------
    Metric

    Raises
    ------
    InputError
        If there is none, with the names nearest to it.

    Examples
    --------
    >>> find_metric("MCC", task="binary").title
    'Matthews correlation'
    """
    if task == "ranking":
        return ranking_metric(name).as_metric()
    known = metrics_for(task)
    if task == "multiclass" and (asked := top_k.top_k_named(name)) is not None:
        return asked
    for metric in known:
        if name.lower() in {metric.name, metric.acronym.lower()} - {""}:
            return metric
    names = [metric.name for metric in known]
    near = get_close_matches(name.lower(), names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(names)}"
    msg = f"there is no metric {name!r} for {task}; {hint}"
    raise InputError(msg)
